package dev.assay.engine.pruner;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Hyperband: brackets of successive halving, made when the steps of a trial are known. */
final class HyperbandPruner implements Pruner {
  private final HyperbandSettings settings;
  private final String study;
  private @Nullable Brackets brackets;

  HyperbandPruner(HyperbandSettings settings, String study) {
    this.settings = settings;
    this.study = study;
  }

  @Override
  public boolean prunes(Curves curves, Curve trial) {
    Brackets made = brackets(curves);
    return made != null && made.pruners.get(made.of(trial.number())).prunes(curves, trial);
  }

  private synchronized @Nullable Brackets brackets(Curves curves) {
    if (brackets == null) {
      Long most = settings.maxResource();
      long steps = most == null ? curves.longest() + 1 : most;
      if (steps >= settings.minResource()) {
        brackets = new Brackets(steps);
      }
    }
    return brackets;
  }

  /** The brackets of a study. Immutable but for what the pruners remember. */
  private final class Brackets {
    final List<SuccessiveHalvingPruner> pruners;

    /** The share of trials that each bracket gets, in whole numbers. */
    private final long[] budgets;

    private final long budget;

    Brackets(long steps) {
      // In doubles, as Optuna has it: 243 steps with a factor of 3 are 5 brackets, not 6.
      double most = Math.log((double) steps / settings.minResource());
      int count = (int) Math.floor(most / Math.log((double) settings.reductionFactor())) + 1;
      this.budgets =
          IntStream.range(0, count).mapToLong(i -> budget(count, count - 1 - i)).toArray();
      this.budget = LongStream.of(budgets).sum();
      this.pruners = IntStream.range(0, count).mapToObj(this::bracket).toList();
    }

    private long budget(int count, int others) {
      return (long)
          Math.ceil(count * Math.pow((double) settings.reductionFactor(), others) / (others + 1));
    }

    private SuccessiveHalvingPruner bracket(int index) {
      return new SuccessiveHalvingPruner(
          new SuccessiveHalvingSettings(
              settings.minResource(), settings.reductionFactor(), index, settings.bootstrapCount()),
          number -> of(number) == index);
    }

    /** The bracket of the trial with that number. */
    int of(long number) {
      CRC32 hash = new CRC32();
      hash.update("%s_%d".formatted(study, number).getBytes(StandardCharsets.UTF_8));
      long left = hash.getValue() % budget;
      int bracket = 0;
      while (left >= budgets[bracket]) {
        left -= budgets[bracket++];
      }
      return bracket;
    }
  }
}
