package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Studies with the importances that Optuna 5.0.0 gives them, as importances.py made them. */
final class OptunaStudies {
  private OptunaStudies() {}

  static JsonNode read() throws IOException {
    try (InputStream in = OptunaStudies.class.getResourceAsStream("importances.json")) {
      if (in == null) {
        throw new IllegalStateException("there is no importances.json");
      }
      return Json.parse(in.readAllBytes());
    }
  }

  /** Imports a study under its name. */
  static void add(Store store, JsonNode study) {
    List<Direction> directions = new ArrayList<>();
    study
        .path("directions")
        .forEach(each -> directions.add(Direction.valueOf(each.asText().toUpperCase(Locale.ROOT))));
    StudySettings settings =
        new StudySettings(
            study.path("name").asText(), directions, Json.object(), Json.object(), null);
    try (StudyImport adding = store.beginImport(settings)) {
      long number = 0;
      for (JsonNode trial : study.path("trials")) {
        JsonNode distributions =
            study.path("distributions").path(trial.path("distributions").intValue());
        List<Double> values = new ArrayList<>();
        // An infinite one is a text.
        trial
            .path("values")
            .forEach(v -> values.add(v.isTextual() ? Double.POSITIVE_INFINITY : v.doubleValue()));
        adding.addTrial(
            FrozenTrial.builder()
                .number(number++)
                .state(TrialState.valueOf(trial.path("state").asText()))
                .values(values)
                .params((ObjectNode) trial.path("params"))
                .distributions((ObjectNode) distributions)
                .build());
      }
      adding.commit();
    }
  }
}
