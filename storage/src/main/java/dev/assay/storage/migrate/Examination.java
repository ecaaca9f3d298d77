package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.SummaryCounter;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Nowhere, but with a look at what would be taken. Not safe to share between threads. */
final class Examination implements RunTarget {
  /** Causes beyond these are counted together. */
  private static final int MAX_CAUSES = 1000;

  private static final String OTHER_CAUSES = "other causes";
  private static final int CAUSE_LENGTH = 120;
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
  private static final double NANOS = 1e9;

  /** What a trial's row takes in the lake, about, beside its archived files. */
  private static final int ROW_BYTES = 400;

  private final SummaryCounter counter;
  private final StorageSample sample;
  private final long begin = System.nanoTime();
  private final Map<String, Long> errors = new HashMap<>();
  private final Set<String> signatures = new HashSet<>();
  private long trials;
  private long duplicates;
  private long interrupted;
  private long cachedOnly;
  private long expiredClaims;

  /**
   * @param bytes how large the run's files are together
   */
  Examination(String study, Direction direction, ObjectNode systemAttrs, long bytes) {
    List<Direction> directions = List.of(direction);
    counter =
        new SummaryCounter(
            new StudyRecord(0, study, directions, Json.object(), systemAttrs, TrialFiles.KEEP), 1);
    sample = new StorageSample(bytes);
  }

  @Override
  public String addFile(String path, @Nullable String trialFile, byte[] content) {
    sample.add(content);
    return Fingerprint.sha256(content);
  }

  /** No file of a run comes this way: it is read, and is not part of the sample. */
  @Override
  public String addFile(String path, @Nullable String trialFile, Path file) {
    try {
      return Fingerprint.ofContent(file);
    } catch (IOException e) {
      throw new StoreException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Override
  public void addTrial(FrozenTrial trial) {
    trials++;
    counter.add(trial);
    if (trial.trialFile() == null) {
      if (trial.state() == TrialState.FAIL) {
        interrupted++;
      } else {
        cachedOnly++;
      }
      return;
    }
    String signature = trial.signature();
    if (signature != null && !signatures.add(signature)) {
      duplicates++;
    }
    String cause = cause(trial);
    if (cause != null) {
      boolean kept = errors.containsKey(cause) || errors.size() < MAX_CAUSES;
      errors.merge(kept ? cause : OTHER_CAUSES, 1L, Long::sum);
    }
  }

  /** The first line of the error, or why the trial was skipped, with # for each number. */
  private static @Nullable String cause(FrozenTrial trial) {
    String text = trial.error();
    if (text == null && trial.state() == TrialState.PRUNED) {
      text = "skipped: " + trial.userAttrs().path("reason").asText("no reason");
    }
    if (text == null) {
      return null;
    }
    String line = text.strip().lines().findFirst().orElse("");
    String cause = NUMBER.matcher(line).replaceAll("#");
    return cause.length() <= CAUSE_LENGTH ? cause : cause.substring(0, CAUSE_LENGTH) + "…";
  }

  @Override
  public void addSignatures(Collection<String> signatures) {
    expiredClaims += signatures.size();
  }

  @Override
  public void quarantine(String path, byte[] content, Path source, String reason) {}

  @Override
  public long commit(ObjectNode lateAttrs) {
    return 0;
  }

  /** What was found, once all was read. */
  RunExamination result(SourceReport report) {
    SummaryCounter.Best best = counter.best();
    return new RunExamination(
        report,
        errors,
        duplicates,
        interrupted,
        cachedOnly,
        expiredClaims,
        best,
        counter.scoreVersions(),
        (System.nanoTime() - begin) / NANOS + sample.secondsLeft(),
        sample.archived() + trials * ROW_BYTES);
  }

  @Override
  public void close() {
    sample.close();
  }
}
