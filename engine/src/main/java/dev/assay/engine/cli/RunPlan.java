package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Component;
import dev.assay.engine.Objective;
import dev.assay.engine.RunSettings;
import dev.assay.engine.Study;
import dev.assay.engine.StudyFile;
import dev.assay.engine.StudyFileReader;
import dev.assay.engine.Validation;
import dev.assay.engine.objective.PreparedObjective;
import dev.assay.engine.pruner.PrunerSettings;
import dev.assay.engine.pruner.Pruners;
import dev.assay.engine.sampler.BootstrapSettings;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run needs but the store: made before the store is opened, so that a bad study
 * file leaves nothing behind.
 *
 * @param builder of the study, which lacks its store
 * @param validation what evaluates the best trials again; null where nothing does
 * @param notHonoured keys of the study file that have no effect
 */
record RunPlan(
    StudyFile study,
    Study.Builder builder,
    Objective objective,
    @Nullable Objective validation,
    RunSettings settings,
    List<String> notHonoured) {
  private static final int MAX_STREAK = 1_000_000;

  /** Reads the study file and adds what the user and the environment say. */
  static RunPlan of(RunRequest request, Console console) {
    StudyFile study = StudyFileReader.read(request.file());
    List<String> notHonoured = new ArrayList<>(study.notHonoured());
    Component chosen =
        request.sampler() == null ? study.sampler() : Component.named(request.sampler());
    long seed = seed(request, study);
    SamplerSettings sampler = chosen.make(Samplers::named, notHonoured);
    StudyFile.Bootstrap bootstrap = study.bootstrap();
    if (bootstrap != null) {
      sampler = new BootstrapSettings(bootstrap.trials(), bootstrap.seed(), sampler);
    }
    // What the sampler cannot search is to be said before there is a study.
    sampler.create(study.space(), study.directions(), seed);
    Integer streak = Numbers.variable(console, "OPTUNA_MAX_DUPLICATE_STREAK", MAX_STREAK);
    Study.Builder builder =
        Study.builder(study.space())
            .sampler(sampler)
            .pruner(pruner(study, notHonoured))
            .seed(seed)
            .onDuplicate(study.onDuplicate())
            .retries(study.retries());
    if (streak != null) {
      builder.duplicateStreak(streak);
    }
    PreparedObjective objective =
        objective(request, study, Json.object(), study.constraints(), study.settings());
    notHonoured.addAll(objective.notHonoured());
    return new RunPlan(
        study,
        builder,
        objective.objective(),
        validation(request, study, notHonoured),
        settings(request, study, console),
        notHonoured);
  }

  private static PrunerSettings pruner(StudyFile study, List<String> notHonoured) {
    Component component = study.pruner();
    PrunerSettings pruner =
        component == null ? Pruners.NONE : component.make(Pruners::named, notHonoured);
    if (study.directions().size() > 1 && !pruner.equals(Pruners.NONE)) {
      throw new UsageException(
          "study file %s: it has %d directions and a pruner, expected one direction, or no pruner"
              .formatted(study.file(), study.directions().size()));
    }
    return pruner;
  }

  private static @Nullable Objective validation(
      RunRequest request, StudyFile study, List<String> notHonoured) {
    Validation validation = study.validation();
    if (validation == null) {
      return null;
    }
    PreparedObjective objective =
        objective(
            request,
            study,
            validation.objective(),
            validation.constraints(),
            validation.settings());
    if (!validation.constraints().equals(study.constraints())) {
      objective.notHonoured().forEach(key -> notHonoured.add(validation.path() + "." + key));
    }
    return objective.objective();
  }

  /**
   * @param instead members in place of those of the file's objective
   */
  private static PreparedObjective objective(
      RunRequest request,
      StudyFile study,
      ObjectNode instead,
      ObjectNode constraints,
      ObjectNode settings) {
    ObjectNode sample = study.space().example();
    if (request.objective() != null) {
      return PreparedObjective.ofCommand(
          request.objective(), constraints, sample, settings, Path.of(""));
    }
    if (study.objective() == null) {
      throw new UsageException(
          "study file %s: it has no objective, expected an objective: block such as {builtin: branin} or {command: ...}, or the option --objective 'python backtest.py --params {params_file} --out {result_file}'"
              .formatted(study.file()));
    }
    ObjectNode block = study.objective().deepCopy().setAll(instead);
    return PreparedObjective.ofStudy(block, constraints, sample, settings, study.file());
  }

  private static RunSettings settings(RunRequest request, StudyFile study, Console console) {
    Long limit = request.trials() == null ? study.maxTrials() : request.trials();
    return new RunSettings(
        workers(request, study, console),
        limit,
        request.timeout() == null ? study.timeout() : request.timeout());
  }

  private static int workers(RunRequest request, StudyFile study, Console console) {
    if (request.workers() != null) {
      return request.workers();
    }
    // As the legacy optimizer has it: for quick changes without touching the file.
    Integer variable = Numbers.variable(console, "GENESIS_MAX_CONCURRENT", RunSettings.MAX_WORKERS);
    Integer workers = variable == null ? study.workers() : variable;
    return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
  }

  private static long seed(RunRequest request, StudyFile study) {
    @Nullable Long seed = request.seed() == null ? study.seed() : request.seed();
    // A seed that people can type, where nobody has chosen one.
    return seed == null ? ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : seed;
  }
}
