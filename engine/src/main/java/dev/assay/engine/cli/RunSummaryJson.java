package dev.assay.engine.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.Summary;
import dev.assay.engine.RunResult;
import dev.assay.engine.ValidationStage;
import dev.assay.storage.Store;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last line of {@code run --json}. */
final class RunSummaryJson {
  private RunSummaryJson() {}

  /**
   * One line: what {@code summary --json} says of the study, and beside it {@code study}, {@code
   * store}, {@code run_directory}, {@code states} (trials by state), {@code this_run {trials,
   * complete, failed, interrupted, seconds, seed, workers, end}}, {@code duplicates}, {@code
   * exhausted}, {@code interrupted} and {@code files_written}; after a validation {@code
   * validation}, as {@link RunValidation#json} has it.
   */
  static String of(
      Store store,
      StudyRecord study,
      RunResult result,
      int workers,
      ValidationStage.@Nullable Result validation) {
    ObjectNode node = summary(store, study);
    node.put("study", study.name());
    node.put("store", store.directory().toAbsolutePath().normalize().toString());
    node.put("run_directory", store.runDirectory(study).toAbsolutePath().normalize().toString());
    StudyCounts counts = store.counts(study.id());
    node.putObject("states")
        .put("COMPLETE", counts.complete())
        .put("PRUNED", counts.pruned())
        .put("FAIL", counts.fail())
        .put("RUNNING", counts.running());
    node.putObject("this_run")
        .put("trials", result.trials())
        .put("complete", result.complete())
        .put("pruned", result.pruned())
        .put("failed", result.failed())
        .put("interrupted", result.interrupted())
        .put("seconds", result.seconds())
        .put("seed", result.seed())
        .put("workers", workers)
        .put("end", result.end().name().toLowerCase(Locale.ROOT));
    node.put("duplicates", result.duplicates());
    node.put("exhausted", result.end() == RunResult.End.EXHAUSTED);
    node.put("interrupted", result.end() == RunResult.End.INTERRUPTED);
    node.put("files_written", store.statistics().filesWritten());
    if (validation != null) {
      node.set(
          "validation", RunValidation.json(store.runDirectory(validation.study()), validation));
    }
    return CanonicalJson.compact(node);
  }

  private static ObjectNode summary(Store store, StudyRecord study) {
    try (Analytics analytics = Analytics.open(store)) {
      String text = analytics.summary(study.name(), Summary.DEFAULT_TOP).toJsonText();
      return (ObjectNode) Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the summary is not JSON: " + e.getMessage(), e);
    }
  }
}
