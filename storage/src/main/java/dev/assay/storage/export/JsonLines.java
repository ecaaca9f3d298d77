package dev.assay.storage.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialJson;
import dev.assay.storage.json.CanonicalJson;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A study as JSON lines: each trial's lossless record and the directions of the study, in the order
 * of their numbers. NaN and infinities are Python's literals.
 */
public final class JsonLines {
  private JsonLines() {}

  /**
   * Writes a new file.
   *
   * @param file not there yet
   * @param written hears of each trial once it is written
   * @throws StoreException where the file cannot be written, or the store not be read
   */
  public static void write(
      ReadableStore store, StudyRecord study, Path file, Consumer<FrozenTrial> written) {
    try (OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        Stream<FrozenTrial> trials = store.trials(study.id())) {
      for (Iterator<FrozenTrial> each = trials.iterator(); each.hasNext(); ) {
        FrozenTrial trial = each.next();
        ObjectNode line = TrialJson.toJson(trial);
        ArrayNode directions = line.putArray(TrialJson.DIRECTIONS);
        study.directions().forEach(direction -> directions.add(direction.name()));
        CanonicalJson.compactTo(out, line);
        out.write('\n');
        written.accept(trial);
      }
    } catch (IOException e) {
      throw new StoreException("cannot write %s: %s".formatted(file, e), e);
    }
  }
}
