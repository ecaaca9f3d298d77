package dev.assay.engine;

/** Evaluations for tests. */
final class Evaluations {
  private Evaluations() {}

  /** One that came to this value and nothing else. */
  static Evaluation valued(double value) {
    return Evaluation.of(value);
  }
}
