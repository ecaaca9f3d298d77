package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LegacyTrialTest {
  private static FrozenTrial read(String json) throws Exception {
    return LegacyTrial.fromJson((ObjectNode) Json.parse(json), "trial_001.json");
  }

  @Test
  void wholeDocumentIsMapped() throws Exception {
    FrozenTrial trial =
        read(
            """
            {"trial_id": 7, "parameters": {"b": 2, "a": {"x": 0.1}}, "results_path": "r.json",
             "score": {"score": 1.5, "metrics": {"sharpe": 2.0}, "hard_failures": [],
                       "score_version": "v1", "extra": true},
             "constraints": {"ok": true, "reasons": []}, "log": "trial_001.log", "attempts": 2,
             "duration_seconds": 3.25, "attempt_durations": [1.0, 2.25],
             "merged_config": {"big": 1}, "runtime_version": 59, "config_path": "c.json"}""");

    assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
    assertThat(trial.values()).containsExactly(1.5);
    assertThat(trial.params()).isEqualTo(Json.parse("{\"b\": 2, \"a\": {\"x\": 0.1}}"));
    assertThat(trial.metrics()).isEqualTo(Json.parse("{\"sharpe\": 2.0}"));
    assertThat(trial.constraintsOk()).isTrue();
    assertThat(trial.durationSeconds()).isEqualTo(3.25);
    assertThat(trial.attempts()).isEqualTo(2);
    assertThat(trial.error()).isNull();
    assertThat(trial.start()).isNull();
    assertThat(trial.complete()).isNull();
    assertThat(trial.trialFile()).isEqualTo("trial_001.json");
    assertThat(trial.legacyTrialId()).isEqualTo(Json.parse("7"));
    assertThat(CanonicalJson.sorted(trial.userAttrs()))
        .isEqualTo(
            "{\"attempt_durations\":[1.0,2.25],\"config_path\":\"c.json\",\"log\":\"trial_001.log\","
                + "\"results_path\":\"r.json\",\"runtime_version\":59,\"score_extra\":true,"
                + "\"score_version\":\"v1\"}");
    assertThat(CanonicalJson.sorted(trial.systemAttrs()))
        .isEqualTo("{\"archived_members\":[\"merged_config\"]}");
    assertThat(trial.trialKey()).isEqualTo(Signatures.shared().trialKey(trial.params()));
    assertThat(trial.signature()).isEqualTo(Signatures.shared().parameterSignature(trial.params()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"error\": \"boom\"} | FAIL | boom",
        "{\"error\": \"pruned\"} | PRUNED | pruned",
        "{\"error\": {\"code\": 1}} | FAIL | {\"code\":1}",
        "{\"error\": NaN} | FAIL | NaN",
        "{\"error\": null} | COMPLETE |",
        "{\"error\": \"\"} | COMPLETE |",
        "{\"error\": false} | COMPLETE |",
        "{\"error\": 0.0} | COMPLETE |",
        "{\"error\": []} | COMPLETE |",
        "{\"skipped\": true, \"reason\": \"duplicate\"} | PRUNED |",
        "{\"skipped\": \"\"} | COMPLETE |",
        "{\"skipped\": true, \"error\": \"boom\"} | FAIL | boom",
        "{\"abort_reason\": \"few trades\"} | COMPLETE |",
        "{\"from_cache\": true} | COMPLETE |",
        "{} | COMPLETE |",
      })
  void stateFollowsWhatPythonTakesForTrue(String json, TrialState state, String error)
      throws Exception {
    FrozenTrial trial = read(json);
    assertThat(trial.state()).isEqualTo(state);
    assertThat(trial.error()).isEqualTo(error);
  }

  @Test
  void skipReasonCacheMarkAndAbortAreKept() throws Exception {
    assertThat(read("{\"skipped\": 1, \"reason\": \"duplicate\"}").userAttrs())
        .isEqualTo(Json.parse("{\"skipped\": true, \"reason\": \"duplicate\"}"));
    assertThat(read("{\"skipped\": false}").userAttrs()).isEmpty();
    assertThat(read("{\"from_cache\": true}").userAttrs())
        .isEqualTo(Json.parse("{\"from_cache\": true}"));
    FrozenTrial aborted =
        read(
            "{\"abort_reason\": \"few\", \"abort_details\": \"2\", \"constraints\": {\"ok\": true}}");
    assertThat(aborted.constraintsOk()).isFalse();
    assertThat(aborted.userAttrs())
        .isEqualTo(Json.parse("{\"abort_reason\": \"few\", \"abort_details\": \"2\"}"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.0",
    "-0.0, -0.0",
    "NaN, NaN",
    "-Infinity, -Infinity",
    "1e999, Infinity",
    "true, 1.0",
    "'\" 1_000.5 \"', 1000.5",
    "'\"-inf\"', -Infinity",
    "'\"NaN\"', NaN",
  })
  void scoreIsWhatPythonsFloatMakesOfIt(String score, double expected) throws Exception {
    assertThat(read("{\"score\": {\"score\": %s}}".formatted(score)).values())
        .containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"abc\"", "\"1.5f\"", "\"0x10\"", "\"\"", "[1]"})
  void scoreThatIsNoNumberStaysAnAttribute(String score) throws Exception {
    FrozenTrial trial = read("{\"score\": {\"score\": %s}}".formatted(score));
    assertThat(trial.values()).isEmpty();
    assertThat(trial.userAttrs().get("score_score")).isEqualTo(Json.parse(score));
  }

  @Test
  void nullScoreIsNoValue() throws Exception {
    FrozenTrial trial =
        read("{\"score\": {\"score\": null}, \"trial_id\": null, \"reason\": null}");
    assertThat(trial.values()).isEmpty();
    assertThat(trial.userAttrs()).isEmpty();
    assertThat(trial.legacyTrialId()).isNull();
  }

  @Test
  void trialIdMayBeText() throws Exception {
    assertThat(read("{\"trial_id\": \"trial_007\"}").legacyTrialId())
        .isEqualTo(Json.parse("\"trial_007\""));
  }

  @Test
  void constraintsKeepReasonsAndHardFailures() throws Exception {
    FrozenTrial trial =
        read(
            """
            {"constraints": {"ok": 0, "reasons": ["few trades"], "limit": 3},
             "score": {"hard_failures": ["pf"]}}""");
    assertThat(trial.constraintsOk()).isFalse();
    assertThat(trial.userAttrs())
        .isEqualTo(
            Json.parse(
                "{\"constraint_reasons\": [\"few trades\"], \"constraints_limit\": 3, \"hard_failures\": [\"pf\"]}"));
    assertThat(read("{\"constraints\": {}}").constraintsOk()).isNull();
  }

  @Test
  void blocksOfTheWrongKindStayAttributes() throws Exception {
    FrozenTrial trial =
        read("{\"parameters\": [1], \"score\": 3, \"constraints\": \"ok\", \"attempts\": 0}");
    assertThat(trial.params()).isEmpty();
    assertThat(trial.trialKey()).isNull();
    assertThat(trial.signature()).isNull();
    assertThat(trial.attempts()).isEqualTo(1);
    assertThat(trial.userAttrs())
        .isEqualTo(
            Json.parse(
                "{\"parameters\": [1], \"score\": 3, \"constraints\": \"ok\", \"attempts\": 0}"));
  }

  @Test
  void largeMemberIsLeftToTheArchive() throws Exception {
    String fits = "x".repeat(LegacyTrial.MAX_MEMBER_LENGTH - 2);
    FrozenTrial trial =
        read("{\"note\": \"%s\", \"equity\": \"%s!\", \"other\": 1}".formatted(fits, fits));
    assertThat(trial.userAttrs().fieldNames()).toIterable().containsExactly("note", "other");
    assertThat(trial.systemAttrs()).isEqualTo(Json.parse("{\"archived_members\": [\"equity\"]}"));
  }

  @Test
  void memberWhoseNameTheScoreBlockHasIsLeftToTheArchive() throws Exception {
    FrozenTrial trial =
        read("{\"score_version\": \"old\", \"score\": {\"score_version\": \"v1\"}}");
    assertThat(trial.userAttrs()).isEqualTo(Json.parse("{\"score_version\": \"v1\"}"));
    assertThat(trial.systemAttrs())
        .isEqualTo(Json.parse("{\"archived_members\": [\"score_version\"]}"));
  }

  @Test
  void namesAreDataWhateverTheyAre() throws Exception {
    FrozenTrial trial = read("{\"../../etc\": 1, \"'; DROP TABLE trials\": 2, \"\": 3}");
    assertThat(trial.userAttrs())
        .isEqualTo(Json.parse("{\"../../etc\": 1, \"'; DROP TABLE trials\": 2, \"\": 3}"));
  }
}
