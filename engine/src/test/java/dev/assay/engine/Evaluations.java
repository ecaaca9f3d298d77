package dev.assay.engine;

import dev.assay.engine.objective.Evaluation;
import dev.assay.storage.json.Json;
import java.util.List;

/** Evaluations for tests. */
final class Evaluations {
  private Evaluations() {}

  /** One that came to this value and nothing else. */
  static Evaluation valued(double value) {
    return new Evaluation(value, Json.object(), null, List.of(), List.of(), null, Json.object());
  }
}
