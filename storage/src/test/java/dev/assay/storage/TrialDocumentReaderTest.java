package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrialDocumentReaderTest {
  private static ObjectNode json(String text) throws IOException {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  /** The trial is what it was, but for what a document does not have. */
  private static void assertComesBack(FrozenTrial.Builder built) throws IOException {
    FrozenTrial trial = built.number(6).trialFile("trial_007.json").build();
    String document = CanonicalJson.compact(TrialDocument.toJson(trial));

    FrozenTrial read =
        TrialDocumentReader.read((ObjectNode) Json.parse(document), "trial_007.json");

    assertThat(read).isEqualTo(trial);
    assertThat(CanonicalJson.compact(TrialDocument.toJson(read))).isEqualTo(document);
  }

  @Test
  void aCompleteTrialComesBack() throws IOException {
    assertComesBack(
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(0.25)
            .params(json("{'b': {'c': 1.0}, 'a': 2}"))
            .metrics(json("{'num_trades': 23}"))
            .constraintsOk(false)
            .attempts(2)
            .durationSeconds(43.5)
            .start(Instant.parse("2026-01-15T09:13:11Z"))
            .complete(Instant.parse("2026-01-15T09:13:54.000012Z"))
            .trialKey("k")
            .signature("s")
            .legacyTrialId(IntNode.valueOf(7))
            .userAttrs(
                json(
                    "{'mine': [1], 'results_path': 'r.json', 'score_version': 'v2', "
                        + "'score_baseline': 0.5, 'constraint_reasons': ['few trades'], "
                        + "'hard_failures': ['x'], 'abort_reason': 'slow', 'trial_id': 'x', "
                        + "'score': 9, 'score_metrics': 8, 'state': 'FAIL'}")));
  }

  @Test
  void trialsThatFailedOrWerePrunedComeBack() throws IOException {
    assertComesBack(FrozenTrial.builder().state(TrialState.FAIL).error("no"));
    assertComesBack(
        FrozenTrial.builder()
            .state(TrialState.PRUNED)
            .intermediateValues(new TreeMap<>(Map.of(10L, Double.NaN, 2L, 1.5))));
    assertComesBack(
        FrozenTrial.builder().state(TrialState.PRUNED).userAttrs(json("{'skipped': true}")));
    assertComesBack(FrozenTrial.builder().state(TrialState.COMPLETE).values(List.of(1.0, -2.5)));
    assertComesBack(FrozenTrial.builder().state(TrialState.FAIL).value(Double.NEGATIVE_INFINITY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'state': 'FAIL'}; number is missing, expected a number from 0",
        "{'number': -1, 'state': 'FAIL'}; number is -1, expected a number from 0",
        "{'number': 1.5, 'state': 'FAIL'}; number is 1.5, expected a number from 0",
        "{'number': 1, 'state': 'RUNNING'}; state is \"RUNNING\", expected COMPLETE, PRUNED or FAIL",
        "{'number': 1, 'state': 'FAIL', 'score': 3}; score is 3, expected an object",
        "{'number': 1, 'state': 'FAIL', 'intermediate_values': {'a': 1}}; expected values by their"
      })
  void whatIsNoDocumentOfAFinishedTrialIsRefused(String document, String message) {
    assertThatThrownBy(
            () -> TrialDocumentReader.read(json(document.replace("\\", "")), "trial_001.json"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
