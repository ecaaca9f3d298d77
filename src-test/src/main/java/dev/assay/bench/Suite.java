package dev.assay.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.RunnerException;

/** A named benchmark. */
interface Suite {
  List<Suite> ALL =
      List.of(
          new LegacyTable(),
          new SignatureKeys(),
          new SpaceDraws(),
          new OptimizerSpeed(),
          new LargeTrials(),
          new LargeStudy(),
          new LakeSize(),
          new LargeReading(),
          new LargeMigration(),
          new LargeLake(),
          new TrialsTable(),
          new StoreWrites(),
          new OptunaServerSpeed());

  String name();

  /** What it measures, in one line. */
  String description();

  /**
   * Measures, and hands over each figure as soon as it is there.
   *
   * @param peers what other systems need for the same
   * @throws RunnerException when a benchmark fails
   */
  void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException, RunnerException;
}
