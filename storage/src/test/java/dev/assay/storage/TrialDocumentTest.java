package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

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

class TrialDocumentTest {
  private static ObjectNode json(String text) throws IOException {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private static String document(FrozenTrial.Builder trial) {
    return CanonicalJson.compact(TrialDocument.toJson(trial.build())).replace('"', '\'');
  }

  @Test
  void aCompleteTrialReadsAsALegacyOneDoes() throws IOException {
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .id(40)
            .number(0)
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
            .userAttrs(
                json(
                    "{'mine': [1], 'results_path': 'r.json', 'score_version': 'v2', "
                        + "'score_baseline': 0.5, 'constraint_reasons': ['few trades'], "
                        + "'hard_failures': ['x'], 'log': 'trial_001.log', 'abort_reason': 'slow', "
                        + "'attempt_durations': [1.0, 2.0], 'config_path': 'c.json'}"));

    assertThat(document(trial))
        .isEqualTo(
            "{'trial_id':'trial_001','parameters':{'b':{'c':1.0},'a':2},'results_path':'r.json',"
                + "'score':{'score':0.25,'metrics':{'num_trades':23},'hard_failures':['x'],"
                + "'score_version':'v2','baseline':0.5},'abort_reason':'slow',"
                + "'constraints':{'ok':false,'reasons':['few trades']},'log':'trial_001.log',"
                + "'attempts':2,'duration_seconds':43.5,'attempt_durations':[1.0,2.0],"
                + "'config_path':'c.json','number':0,'state':'COMPLETE',"
                + "'datetime_start':'2026-01-15T09:13:11.000000+00:00',"
                + "'datetime_complete':'2026-01-15T09:13:54.000012+00:00',"
                + "'trial_key':'k','signature':'s','mine':[1]}");
  }

  @Test
  void aFailedTrialHasItsErrorAndNoScore() throws IOException {
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .number(1234)
            .state(TrialState.FAIL)
            .error("unknown")
            .params(json("{'a': 1}"))
            .userAttrs(json("{'log_path': 'trial_1235.log'}"));

    assertThat(document(trial))
        .isEqualTo(
            "{'trial_id':'trial_1235','parameters':{'a':1},'error':'unknown',"
                + "'log_path':'trial_1235.log','attempts':1,'number':1234,'state':'FAIL'}");
  }

  @Test
  void aPrunedTrialHasTheErrorOfALegacyOne() throws IOException {
    FrozenTrial.Builder pruned =
        FrozenTrial.builder()
            .state(TrialState.PRUNED)
            .intermediateValues(new TreeMap<>(Map.of(10L, Double.NaN, 2L, 1.5)));

    assertThat(document(pruned))
        .contains("'error':'pruned'")
        .contains("'intermediate_values':{'2':1.5,'10':NaN}")
        .doesNotContain("score");
    assertThat(document(pruned.userAttrs(json("{'skipped': true, 'reason': 'duplicate'}"))))
        .contains("'skipped':true,'reason':'duplicate'")
        .doesNotContain("error");
  }

  @Test
  void severalObjectivesHaveTheirValuesAndNoScore() {
    assertThat(
            document(FrozenTrial.builder().state(TrialState.COMPLETE).values(List.of(1.0, -2.5))))
        .contains("'score':{'score':null,'metrics':{},'hard_failures':[]}")
        .contains("'values':[1.0,-2.5]");
  }

  @Test
  void aLegacyIdStaysWhatItWas() {
    assertThat(document(FrozenTrial.builder().legacyTrialId(IntNode.valueOf(7))))
        .startsWith("{'trial_id':7,");
  }

  @Test
  void anAttributeDoesNotTakeTheNameOfAMember() throws IOException {
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(1)
            .userAttrs(json("{'trial_id': 'x', 'score': 9, 'score_metrics': 8, 'state': 'FAIL'}"));

    assertThat(document(trial))
        .startsWith("{'trial_id':'trial_001','parameters':{},'score':{'score':1.0,'metrics':{},")
        .contains("'state':'COMPLETE'")
        .endsWith("'score_metrics':8,'user_attrs':{'trial_id':'x','score':9,'state':'FAIL'}}");
  }
}
