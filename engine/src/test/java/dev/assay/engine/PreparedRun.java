package dev.assay.engine;

/** A run that a test may begin and stop. */
record PreparedRun(Study study, Objective objective, RunSettings settings, RunListener listener) {
  RunResult run() {
    return study.optimize(objective, settings, listener);
  }

  void stop() {
    study.stop();
  }
}
