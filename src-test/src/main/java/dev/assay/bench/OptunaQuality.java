package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
      String python, QualityFunction function, List<String> samplers, int seeds)
      throws IOException {
    Process process =
        new ProcessBuilder(
                python,
                "-",
                function.label(),
                CanonicalJson.compact(function.space()),
                String.join(",", samplers),
                Integer.toString(seeds),
                Integer.toString(function.early()),
                Integer.toString(function.late()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream in = process.getOutputStream();
        InputStream script = OptunaQuality.class.getResourceAsStream(SCRIPT)) {
      if (script == null) {
        throw new IOException("there is no " + SCRIPT);
      }
      script.transferTo(in);
    }
    Map<String, List<SamplerQuality.Outcome>> outcomes = new HashMap<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = Json.parse(line);
        outcomes
            .computeIfAbsent(node.path(0).asText(), any -> new ArrayList<>())
            .add(new SamplerQuality.Outcome(node.path(1).asDouble(), node.path(2).asDouble()));
      }
    }
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s ended with exit code %d".formatted(python, process.exitValue()));
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    return outcomes;
  }
}
