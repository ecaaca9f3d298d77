package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.StudyFile;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.TpeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a study's settings give reason to warn of; most of it the legacy optimizer's. */
final class SettingsWarnings {
  private static final int FEW_STARTUP_TRIALS = 15;
  private static final int SHORT_STREAK = 5;
  private static final int MAX_STREAK = 1_000_000;

  private final StudyFile study;
  private final SamplerSettings sampler;
  private final int workers;
  private final Console console;
  private final JsonNode runs;
  private final List<StudyWarning> warnings = new ArrayList<>();

  SettingsWarnings(StudyFile study, SamplerSettings sampler, int workers, Console console) {
    this.study = study;
    this.sampler = sampler;
    this.workers = workers;
    this.console = console;
    this.runs = study.meta().path("runs");
  }

  List<StudyWarning> list() {
    if (sampler instanceof TpeSettings tpe) {
      startup(tpe);
      if (workers > 1 && !tpe.constantLiar()) {
        warn(
            "constant-liar",
            "constant_liar is false with %d workers: they will propose much the same; leave it out"
                .formatted(workers));
      }
    }
    bootstrap();
    end();
    streak();
    if (runs.isObject()) {
      dates();
    }
    return warnings;
  }

  private void startup(TpeSettings tpe) {
    int startup = tpe.startupTrials();
    Long trials = study.maxTrials();
    if (trials != null && startup >= trials) {
      warn(
          "startup-trials",
          "n_startup_trials is %d of %d trials: all are drawn by chance; lower it or ask for more trials"
              .formatted(startup, trials));
    } else if (startup < FEW_STARTUP_TRIALS) {
      warn(
          "startup-trials",
          "n_startup_trials is %d%s: tpe may settle too early; %d or more explore better"
              .formatted(
                  startup,
                  study.sampler().options().has("n_startup_trials") ? "" : " where it is left out",
                  FEW_STARTUP_TRIALS));
    }
  }

  private void bootstrap() {
    Long trials = study.maxTrials();
    long bootstrap =
        Stream.of(runs, runs.path("optuna"))
            .mapToLong(section -> section.path("bootstrap_random_trials").asLong())
            .max()
            .orElse(0);
    if (trials != null && bootstrap >= trials) {
      warn(
          "bootstrap-trials",
          "bootstrap_random_trials is %d of %d trials: nothing is left for the sampler; lower it or ask for more trials"
              .formatted(bootstrap, trials));
    }
  }

  private void end() {
    if (study.timeout() != null) {
      return;
    }
    if (study.maxTrials() != null) {
      boolean command = study.objective() == null || study.objective().has("command");
      if (command) {
        warn("no-timeout", "there is no timeout: only the number of trials ends the run");
      }
    } else if (study.space().size() != null) {
      warn("no-end", "neither trials nor a timeout is set: the run ends with the last combination");
    } else {
      warn("no-end", "neither trials nor a timeout is set: the run does not end by itself");
    }
  }

  private void streak() {
    Integer streak = Numbers.variable(console, "OPTUNA_MAX_DUPLICATE_STREAK", MAX_STREAK);
    if (streak != null && streak < SHORT_STREAK) {
      warn(
          "duplicate-streak",
          "OPTUNA_MAX_DUPLICATE_STREAK is %d: the run may end early; %d or more is safer"
              .formatted(streak, SHORT_STREAK));
    }
  }

  /** From which candles a legacy study runs its backtests. */
  private void dates() {
    JsonNode meta = study.meta();
    if (meta.has("use_sample_range") && !runs.has("use_sample_range")) {
      warn(
          "sample-range",
          "use_sample_range stands under meta, where the legacy optimizer does not look: move it and the dates to meta.runs");
    }
    if (!runs.path("use_sample_range").asBoolean(false)
        && meta.path("snapshot_id").asText("").isBlank()) {
      warn(
          "sample-range",
          "there is neither use_sample_range nor a snapshot_id: the backtest has no dates");
    }
  }

  private void warn(String code, String message) {
    warnings.add(new StudyWarning(code, message));
  }
}
