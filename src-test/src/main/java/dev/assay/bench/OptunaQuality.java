package dev.assay.bench;

import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The same studies, run by a real Optuna. */
final class OptunaQuality {
  private static final String SCRIPT = "optuna_quality.py";

  private OptunaQuality() {}

  /**
   * @param samplers those that Optuna does not have are passed over
   * @return by sampler, an outcome for each seed
   */
  static Map<String, List<SamplerQuality.Outcome>> run(
      Python python, QualityFunction function, List<String> samplers, int seeds)
      throws IOException {
    Map<String, List<SamplerQuality.Outcome>> outcomes = new HashMap<>();
    python.run(
        SCRIPT,
        line ->
            outcomes
                .computeIfAbsent(line.path(0).asText(), any -> new ArrayList<>())
                .add(new SamplerQuality.Outcome(line.path(1).asDouble(), line.path(2).asDouble())),
        function.label(),
        CanonicalJson.compact(function.space()),
        String.join(",", samplers),
        Integer.toString(seeds),
        Integer.toString(function.early()),
        Integer.toString(function.late()));
    return outcomes;
  }
}
