package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Views;
import dev.assay.engine.RunResult;
import dev.assay.engine.Study;
import dev.assay.engine.StudyFile;
import dev.assay.engine.ValidationStage;
import dev.assay.storage.Durability;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** One {@code assay run}: opens the store, runs, and tells how it ended. */
final class RunSession {
  private final RunRequest request;
  private final Console console;

  RunSession(RunRequest request, Console console) {
    this.request = request;
    this.console = console;
  }

  /** Runs the study; returns the exit code. */
  int run() {
    RunPlan plan = RunPlan.of(request, console);
    if (!plan.notHonoured().isEmpty()) {
      console.note(
          "%s: without effect: %s"
              .formatted(plan.study().file(), String.join(", ", plan.notHonoured())));
    }
    Signatures.shared().resize(request.cacheKeys(), request.cacheSignatures());
    try (Store store = Store.open(request.store(), options(plan.study()))) {
      Views.publish(store.directory());
      StudyRecord study = open(store, plan.study());
      RunResult result = run(store, study, plan);
      store.seal(study.id());
      ValidationStage.Result validation =
          result.end() == RunResult.End.INTERRUPTED
              ? null
              : new RunValidation(request, console, plan).run(store, study, result.seed());
      store.flush();
      RunEnd end = new RunEnd(request, console, store, study, plan.study());
      if (request.verbose() || request.talk() != RunRequest.Talk.QUIET) {
        end.statistics().forEach(console::note);
      }
      result.warnings().forEach(console::note);
      if (request.json()) {
        int workers = plan.settings().workers();
        console.out().println(RunSummaryJson.of(store, study, result, workers, validation));
      } else {
        end.lines(result, plan.settings(), validation).forEach(console.out()::println);
      }
      return validation != null && validation.run().end() == RunResult.End.INTERRUPTED
          ? ExitCode.INTERRUPTED
          : exitCode(result);
    }
  }

  private StoreOptions options(StudyFile file) {
    Durability durability = request.durability();
    if (durability == null) {
      durability = file.durability();
    }
    return durability == null
        ? StoreOptions.DEFAULT
        : StoreOptions.DEFAULT.withDurability(durability);
  }

  private StudyRecord open(Store store, StudyFile file) {
    ObjectNode attributes = Json.object();
    attributes.put("source", file.file().toAbsolutePath().normalize().toString());
    attributes.put("source_kind", "study-file");
    attributes.set("raw_meta", file.meta());
    file.space().describe(attributes);
    TrialFiles trialFiles = request.trialFiles();
    StudyRecord study =
        store.openStudy(
            new StudySettings(
                file.name(),
                file.directions(),
                Json.object(),
                attributes,
                trialFiles == null ? file.trialFiles() : trialFiles));
    if (!file.space().isDescribedBy(study.systemAttrs())) {
      console.note(
          "study '%s' began with another search space; it goes on with the one of %s"
              .formatted(study.name(), file.file()));
    }
    return study;
  }

  private RunResult run(Store store, StudyRecord study, RunPlan plan) {
    StudyCounts counts = store.counts(study.id());
    if (counts.finished() > 0) {
      console.note(
          "going on with study '%s', which has %d trials%s"
              .formatted(
                  study.name(),
                  counts.finished(),
                  Boolean.FALSE.equals(plan.study().resume())
                      ? " (the file says resume: false; give it another name to begin anew)"
                      : ""));
    }
    FrozenTrial best = store.bestTrial(study.id());
    RunReporter.Span span =
        new RunReporter.Span(counts.finished(), total(plan), best == null ? null : best.value());
    try (RunReporter reporter =
        new RunReporter(console, request, study.directions().get(0), span)) {
      StudyRecord earlier = new EarlierStudy(store, plan.study(), console).find(study);
      if (earlier != null) {
        plan.builder().earlier(store, earlier);
      }
      Study optimized = plan.builder().open(store, study);
      return Signals.during(
          () -> optimized.optimize(plan.objective(), plan.settings(), reporter),
          () -> stop(optimized, reporter));
    }
  }

  private static void stop(Study study, RunReporter reporter) {
    reporter.note("stopping: trials under way are given up (again to stop at once)");
    study.stop();
  }

  private static @Nullable Long total(RunPlan plan) {
    Long limit = plan.settings().limit();
    BigInteger size = plan.study().space().size();
    if (size == null || size.bitLength() > Integer.SIZE) {
      return limit;
    }
    return limit == null ? size.longValue() : Long.valueOf(Math.min(limit, size.longValue()));
  }

  private static int exitCode(RunResult result) {
    if (result.end() == RunResult.End.INTERRUPTED) {
      return ExitCode.INTERRUPTED;
    }
    return result.complete() + result.pruned() == 0 && result.failed() > 0
        ? ExitCode.FAILURE
        : ExitCode.OK;
  }
}
