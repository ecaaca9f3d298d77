package dev.assay.bench;

import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.RunResult;
import dev.assay.engine.Study;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.SearchSpace;
import dev.assay.engine.space.SearchSpaceBuilder;
import dev.assay.storage.Direction;
import java.io.IOException;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whole studies of an objective that costs nothing: what is left is the optimizer's own time. */
@State(Scope.Benchmark)
public class OneStudy {
  private static final int FEW = 5;
  private static final int MANY = 40;

  /** Floats from -5 to 5. */
  static SearchSpace floats(int count) {
    SearchSpaceBuilder space = SearchSpace.builder();
    for (int i = 0; i < count; i++) {
      space.floating("x" + i, -5, 5);
    }
    return space.build();
  }

  /** The squared distance of a few parameters from 1, and from -1 as the second objective. */
  static Objective objective(int objectives) {
    return trial -> {
      double[] values = new double[objectives];
      for (int i = 0; i < FEW; i++) {
        double x = trial.real("x" + i);
        values[0] += (x - 1) * (x - 1);
        values[objectives - 1] += objectives == 1 ? 0 : (x + 1) * (x + 1);
      }
      return Evaluation.of(values);
    };
  }

  private static Study.Builder study(int parameters, String sampler, int objectives) {
    SamplerSettings settings = Samplers.named(sampler);
    Direction[] directions = new Direction[objectives];
    Arrays.fill(directions, Direction.MINIMIZE);
    return Study.builder(floats(parameters)).directions(directions).sampler(settings).seed(1);
  }

  private static RunResult run(int parameters, String sampler, int objectives, long trials) {
    return study(parameters, sampler, objectives)
        .inMemory()
        .optimize(objective(objectives), trials, 1);
  }

  /** 1,000 trials of 5 parameters in memory. */
  @Benchmark
  public RunResult random() {
    return run(FEW, "random", 1, 1000);
  }

  /** 1,000 trials of 5 parameters in memory. */
  @Benchmark
  public RunResult tpe() {
    return run(FEW, "tpe", 1, 1000);
  }

  /** 1,000 trials of 5 parameters in a new store. */
  @Benchmark
  public RunResult randomInStore() throws IOException {
    return inStore("random");
  }

  /** 1,000 trials of 5 parameters in a new store. */
  @Benchmark
  public RunResult tpeInStore() throws IOException {
    return inStore("tpe");
  }

  private static RunResult inStore(String sampler) throws IOException {
    try (BenchStore bench = new BenchStore()) {
      return study(FEW, sampler, 1)
          .name("study")
          .open(bench.store())
          .optimize(objective(1), 1000, 1);
    }
  }

  /** 1,000 trials of 40 parameters. */
  @Benchmark
  public RunResult tpeWide() {
    return run(MANY, "tpe", 1, 1000);
  }

  /** 1,000 trials of 40 parameters with two objectives. */
  @Benchmark
  public RunResult tpeWidePareto() {
    return run(MANY, "tpe", 2, 1000);
  }

  /** 100,000 trials of 40 parameters. */
  @Benchmark
  public RunResult cmaesLong() {
    return run(MANY, "cmaes", 1, 100_000);
  }

  /** 100,000 trials of 40 parameters with two objectives. */
  @Benchmark
  public RunResult nsga2Long() {
    return run(MANY, "nsga2", 2, 100_000);
  }
}
