package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The legacy system's own answers, for parameter sets chosen to be hard. */
@Tag("performance")
class SignatureVectorsTest {
  @Test
  void everyVectorIsReproducedToTheByte() throws IOException {
    Path file = LegacyData.directory().resolve("signature_vectors.jsonl");
    assumeThat(file).as("the legacy signature vectors").exists();
    Signatures uncached = new Signatures(0, 0);
    Signatures cached = new Signatures(100, 100);
    List<String> lines = Files.readAllLines(file);
    for (String line : lines) {
      JsonNode vector = Json.parse(line);
      ObjectNode params = (ObjectNode) vector.get("params");
      String key = vector.get("trial_key").textValue();
      String signature = vector.get("param_signature").textValue();
      assertThat(CanonicalJson.sorted(params)).isEqualTo(vector.get("canonical").textValue());
      assertThat(CanonicalJson.normalized(params)).isEqualTo(vector.get("normalized").textValue());
      assertThat(uncached.trialKey(params)).isEqualTo(key);
      assertThat(uncached.parameterSignature(params)).isEqualTo(signature);
      for (int pass = 0; pass < 2; pass++) {
        assertThat(cached.trialKey(params)).isEqualTo(key);
        assertThat(cached.parameterSignature(params)).isEqualTo(signature);
      }
    }
    assertThat(lines).hasSizeGreaterThanOrEqualTo(607);
  }
}
