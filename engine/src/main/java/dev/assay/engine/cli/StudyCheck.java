package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Component;
import dev.assay.engine.RunSettings;
import dev.assay.engine.StudyFile;
import dev.assay.engine.StudyFileReader;
import dev.assay.engine.objective.ObjectiveSetupException;
import dev.assay.engine.objective.PreparedObjective;
import dev.assay.engine.pruner.Pruners;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a study before it runs. Nothing is run and no store is opened.
 *
 * @param sampler what its settings come to
 * @param workers how many trials would run at once
 * @param objectiveProblem why the objective cannot be run; null where it can
 * @param notHonoured keys of the study file that have no effect
 */
record StudyCheck(
    StudyFile study,
    SamplerSettings sampler,
    int workers,
    @Nullable String objectiveProblem,
    List<String> notHonoured,
    List<StudyWarning> warnings) {

  /** Reads the study file and looks at what a run of it would look at first. */
  static StudyCheck of(Path file, Console console) {
    StudyFile study = StudyFileReader.read(file);
    List<String> notHonoured = new ArrayList<>(study.notHonoured());
    SamplerSettings sampler = study.sampler().make(Samplers::named, notHonoured);
    // The seed is of no account: what the sampler cannot search, it cannot with any.
    sampler.create(study.space(), study.directions(), 0);
    Component pruner = study.pruner();
    if (pruner != null) {
      pruner.make(Pruners::named, notHonoured);
    }
    int workers = workers(study, console);
    String problem = objectiveProblem(study, notHonoured);
    List<StudyWarning> warnings = new ArrayList<>();
    warnings.addAll(new SpaceWarnings(study).list());
    warnings.addAll(new SettingsWarnings(study, sampler, workers, console).list());
    if (problem != null) {
      warnings.add(new StudyWarning("objective", problem));
    }
    return new StudyCheck(study, sampler, workers, problem, notHonoured, warnings);
  }

  private static int workers(StudyFile study, Console console) {
    Integer variable = Numbers.variable(console, "GENESIS_MAX_CONCURRENT", RunSettings.MAX_WORKERS);
    Integer workers = variable == null ? study.workers() : variable;
    return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
  }

  private static @Nullable String objectiveProblem(StudyFile study, List<String> notHonoured) {
    ObjectNode objective = study.objective();
    if (objective == null) {
      return "the file has no objective: add an objective: block, or run with --objective 'COMMAND'";
    }
    try {
      ObjectNode sample = study.space().example();
      PreparedObjective prepared =
          PreparedObjective.ofStudy(
              objective, study.constraints(), sample, study.settings(), study.file());
      notHonoured.addAll(prepared.notHonoured());
      return null;
    } catch (ObjectiveSetupException e) {
      return e.getMessage();
    }
  }
}
