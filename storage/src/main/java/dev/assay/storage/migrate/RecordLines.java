package dev.assay.storage.migrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialJson;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * JSON lines as {@code assay export} writes them: the whole record of a trial in each, and the
 * directions of its study. Trials get new ids, and the numbers of their lines.
 */
final class RecordLines implements TrialTable {
  private static final int LINES_A_STEP = 1000;
  private static final int FINDINGS_KEPT = 100;

  private final Path file;
  private final List<Direction> directions;

  private RecordLines(Path file, List<Direction> directions) {
    this.file = file;
    this.directions = directions;
  }

  /**
   * The records in a file.
   *
   * @param file its real path
   * @param mapping may say directions that lines do not
   * @return null where its first line is no record
   */
  static @Nullable RecordLines open(Path file, TableMapping mapping) throws IOException {
    try (InputStream in = TableFile.open(file);
        BoundedLines lines = new BoundedLines(in, FileReading.maxFileSize())) {
      BoundedLines.Line first = lines.next();
      return first != null
              && first.content() != null
              && Json.parse(first.content()) instanceof ObjectNode record
              && isRecord(record)
          ? new RecordLines(file, directions(record, mapping))
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static boolean isRecord(ObjectNode line) {
    return line.path("trial_id").isIntegralNumber()
        && line.path("number").isIntegralNumber()
        && line.path("params").isObject()
        && state(line) != null;
  }

  private static @Nullable TrialState state(ObjectNode line) {
    String word = line.path("state").textValue();
    for (TrialState state : TrialState.values()) {
      if (state.name().equals(word)) {
        return state;
      }
    }
    return null;
  }

  private static List<Direction> directions(ObjectNode record, TableMapping mapping) {
    List<Direction> told = new ArrayList<>();
    for (JsonNode word : record.path(TrialJson.DIRECTIONS)) {
      told.add("MAXIMIZE".equals(word.textValue()) ? Direction.MAXIMIZE : Direction.MINIMIZE);
    }
    if (!told.isEmpty()) {
      return told;
    }
    int values = Math.max(1, record.path("values").size());
    return mapping.directions().size() == values
        ? mapping.directions()
        : Collections.nCopies(
            values,
            mapping.directions().isEmpty() ? Direction.MINIMIZE : mapping.directions().get(0));
  }

  @Override
  public String kind() {
    return "assay-records";
  }

  @Override
  public String meaning() {
    return kind() + directions;
  }

  @Override
  public List<Direction> directions() {
    return directions;
  }

  @Override
  public void describe(ObjectNode systemAttrs) {}

  @Override
  public List<Finding> notes() {
    return List.of();
  }

  @Override
  public TableContent read(Consumer<FrozenTrial> taker, LongConsumer progress) throws IOException {
    Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
    List<Finding> findings = new ArrayList<>();
    long taken = 0;
    long rejected = 0;
    try (InputStream in = TableFile.open(file);
        BoundedLines lines = new BoundedLines(in, FileReading.maxFileSize())) {
      for (BoundedLines.Line line = lines.next(); line != null; line = lines.next()) {
        try {
          FrozenTrial trial = trial(line);
          taker.accept(trial);
          states.merge(trial.state(), 1L, Long::sum);
          taken++;
        } catch (UnreadableDocumentException e) {
          rejected++;
          if (rejected <= FINDINGS_KEPT) {
            findings.add(
                new Finding(
                    Finding.Kind.QUARANTINED,
                    "%s line %d".formatted(FolderListing.nameOf(file), line.number()),
                    e.reason()));
          }
        }
        if (line.number() % LINES_A_STEP == 0) {
          progress.accept(lines.bytes());
        }
      }
    }
    if (rejected > FINDINGS_KEPT) {
      findings.add(
          new Finding(
              Finding.Kind.QUARANTINED,
              FolderListing.nameOf(file),
              "%d more lines like these".formatted(rejected - FINDINGS_KEPT)));
    }
    return new TableContent(taken, taken, rejected, states, findings);
  }

  private FrozenTrial trial(BoundedLines.Line line) throws UnreadableDocumentException {
    byte[] content = line.content();
    if (content == null) {
      throw new UnreadableDocumentException(
          "%s is more than the %s that fit into this JVM; give it more memory (-Xmx)"
              .formatted(Sizes.text(line.bytes()), Sizes.text(FileReading.maxFileSize())));
    }
    try {
      if (!(Json.parse(content) instanceof ObjectNode record) || !isRecord(record)) {
        throw new UnreadableDocumentException(
            "no record of a trial, expected trial_id, number, state and params as in the first"
                + " line");
      }
      FrozenTrial trial = TrialJson.fromJson(record);
      if (!trial.values().isEmpty() && trial.values().size() != directions.size()) {
        throw new UnreadableDocumentException(
            "found %d values, expected %d as in the first line"
                .formatted(trial.values().size(), directions.size()));
      }
      return trial;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new UnreadableDocumentException("cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() {}
}
