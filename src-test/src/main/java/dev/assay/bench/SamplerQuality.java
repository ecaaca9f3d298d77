package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Objective;
import dev.assay.engine.RunListener;
import dev.assay.engine.RunSettings;
import dev.assay.engine.Study;
import dev.assay.engine.objective.PreparedObjective;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best value that a sampler has found after 100 and after 200 trials of a function with one
 * worker, over several seeds; of two objectives the hypervolume after 1,000 and 5,000 trials.
 */
final class SamplerQuality {
  private static final Path NOWHERE = Path.of("bench.yaml");

  private final QualityFunction function;
  private final SearchSpace space;
  private final Objective objective;

  /**
   * What one study came to.
   *
   * @param early after half the trials or fewer, as the function has it
   * @param late after all trials
   */
  record Outcome(double early, double late) {}

  SamplerQuality(QualityFunction function) {
    this.function = function;
    this.space = SearchSpace.of(function.space());
    ObjectNode sample = space.draw(TrialRandom.stream(0, 0, 0));
    ObjectNode block = Json.object().put("builtin", function.builtin());
    this.objective = PreparedObjective.ofStudy(block, Json.object(), sample, NOWHERE).objective();
  }

  /** One study for each seed, from 0. */
  List<Outcome> run(SamplerSettings sampler, int seeds) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      outcomes.add(study(sampler, seed));
    }
    return outcomes;
  }

  private Outcome study(SamplerSettings sampler, long seed) {
    Direction[] directions = new Direction[function.objectives()];
    Arrays.fill(directions, Direction.MINIMIZE);
    Study study =
        Study.builder(space).directions(directions).sampler(sampler).seed(seed).inMemory();
    Progress progress = new Progress();
    study.optimize(objective, new RunSettings(1, (long) function.late(), null), progress);
    return new Outcome(progress.early, progress.late());
  }

  /** Keeps what was best. */
  private final class Progress implements RunListener {
    private final List<double[]> points = new ArrayList<>();
    private double best = Double.POSITIVE_INFINITY;
    private double early = Double.NaN;

    @Override
    public void finished(FrozenTrial trial, long duplicates) {
      points.add(trial.values().stream().mapToDouble(Double::doubleValue).toArray());
      best = Math.min(best, trial.values().get(0));
      if (points.size() == function.early()) {
        early = late();
      }
    }

    @Override
    public void note(String message) {
      throw new IllegalStateException(message);
    }

    double late() {
      return function.objectives() == 1 ? best : Hypervolume.of(points);
    }
  }
}
