package example;

import dev.assay.engine.Evaluation;
import dev.assay.engine.RunResult;
import dev.assay.engine.Study;
import dev.assay.engine.Trial;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds the minimum of Branin's function, 0.397887, in a store that goes on when run again. */
public final class Branin {
  private Branin() {}

  /** The store's directory may be given; {@code assay-store} else. */
  public static void main(String[] args) {
    SearchSpace space = SearchSpace.builder().floating("x", -5, 10).floating("y", 0, 15).build();
    try (Store store = Store.open(Path.of(args.length > 0 ? args[0] : "assay-store"))) {
      Study study = Study.builder(space).name("branin").seed(1).open(store);

      // Assay evaluates: 30 trials on two threads.
      RunResult result =
          study.optimize(
              trial -> Evaluation.of(branin(trial.real("x"), trial.real("y"))), 30, 2);
      System.out.println(result.complete() + " trials were evaluated");

      // Or the caller evaluates: null where the space is exhausted.
      Trial asked = study.ask();
      if (asked != null) {
        study.tell(asked, branin(asked.real("x"), asked.real("y")));
      }

      FrozenTrial best = study.best();
      try (Stream<FrozenTrial> trials = study.trials()) {
        System.out.println("the study has " + trials.count() + " trials");
      }
      System.out.println(best == null ? "no trial" : best.value() + " at " + best.params());
    }
  }

  static double branin(double x, double y) {
    double valley = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
    return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  }
}
