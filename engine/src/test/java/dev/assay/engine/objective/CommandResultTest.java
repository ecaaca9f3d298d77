package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.ObjectiveException;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandResultTest {
  private static Evaluation read(String result) throws Exception {
    return CommandResult.evaluation((ObjectNode) Json.parse(result.replace('\'', '"')), "v0");
  }

  @Test
  void everyMemberIsTaken() throws Exception {
    Evaluation evaluation =
        read(
            "{'score': 2, 'metrics': {'a': null}, 'constraints': {'ok': false, 'reasons': ['r', 3],"
                + " 'by': 'x'}, 'hard_failures': ['h'], 'score_version': 'v2', 'other': [1],"
                + " 'trial_id': 7, 'value': 3}");
    assertThat(evaluation.value()).isEqualTo(2);
    assertThat(evaluation.metrics()).hasToString("{\"a\":null}");
    assertThat(evaluation.constraintsOk()).isFalse();
    assertThat(evaluation.constraintReasons()).containsExactly("r", "3");
    assertThat(evaluation.hardFailures()).containsExactly("h");
    assertThat(evaluation.scoreVersion()).isEqualTo("v2");
    assertThat(evaluation.extra())
        .hasToString(
            "{\"constraints_by\":\"x\",\"other\":[1],\"result_trial_id\":7,\"result_value\":3}");
  }

  @Test
  void theLegacyScoreBlockIsTaken() throws Exception {
    Evaluation evaluation =
        read(
            "{'score': {'score': -1.5, 'metrics': {'n': 1}, 'hard_failures': ['pf<1.0'],"
                + " 'score_version': 'v1', 'components': {'sharpe': 2}},"
                + " 'constraints': {'ok': true, 'reasons': []}, 'metrics': {'m': 2}}");
    assertThat(evaluation.value()).isEqualTo(-1.5);
    assertThat(evaluation.metrics()).hasToString("{\"n\":1,\"m\":2}");
    assertThat(evaluation.hardFailures()).containsExactly("pf<1.0");
    assertThat(evaluation.scoreVersion()).isEqualTo("v1");
    assertThat(evaluation.constraintsOk()).isTrue();
    assertThat(evaluation.extra()).hasToString("{\"score_components\":{\"sharpe\":2}}");
  }

  @Test
  void realLegacyDocumentsAreTaken() throws Exception {
    Path legacy = Path.of(System.getProperty("assay.legacy"));
    assumeTrue(Files.isDirectory(legacy), "the legacy runs are not at " + legacy);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(legacy)) {
      files =
          walk.filter(file -> file.getFileName().toString().matches("trial_\\d+\\.json")).toList();
    }
    int taken = 0;
    for (Path file : files) {
      ObjectNode document = (ObjectNode) Json.parse(Files.readAllBytes(file));
      JsonNode score = document.path("score").path("score");
      if (!score.isNumber()) {
        assertThatThrownBy(() -> CommandResult.evaluation(document, null))
            .isInstanceOf(ObjectiveException.class)
            .hasMessageStartingWith("the command reports the error ");
        continue;
      }
      Evaluation evaluation = CommandResult.evaluation(document, null);
      assertThat(evaluation.value()).as(file.toString()).isEqualTo(score.doubleValue());
      assertThat(evaluation.metrics()).isEqualTo(document.path("score").path("metrics"));
      assertThat(evaluation.constraintsOk())
          .isEqualTo(document.path("constraints").path("ok").booleanValue());
      taken++;
    }
    assertThat(taken).isEqualTo(183);
  }

  @Test
  void constraintsMayBeATruthValueOrAListOfReasons() throws Exception {
    assertThat(read("{'score': 1, 'constraints': true}").constraintsOk()).isTrue();
    assertThat(read("{'score': 1, 'constraints': []}").constraintsOk()).isTrue();
    Evaluation broken = read("{'score': 1, 'constraints': ['few trades']}");
    assertThat(broken.constraintsOk()).isFalse();
    assertThat(broken.constraintReasons()).containsExactly("few trades");
    assertThat(read("{'score': 1, 'constraints': {'reasons': ['r']}}").constraintsOk()).isFalse();
  }

  @Test
  void severalObjectivesGiveAListOfValues() throws Exception {
    Evaluation evaluation =
        read("{'values': [1.5, -Infinity, 3], 'value': 4, 'metrics': {'n': 1}}");
    assertThat(evaluation.values()).containsExactly(1.5, Double.NEGATIVE_INFINITY, 3.0);
    assertThat(evaluation.extra()).hasToString("{\"result_value\":4}");
    Evaluation scored = read("{'values': [7], 'score': 2}");
    assertThat(scored.values()).containsExactly(2.0);
    assertThat(scored.extra()).hasToString("{\"result_values\":[7]}");
  }

  @Test
  void constraintsMayBeNumbersThatHoldUpToZero() throws Exception {
    Evaluation broken = read("{'score': 1, 'constraints': [-1, 0.5]}");
    assertThat(broken.constraints()).containsExactly(-1.0, 0.5);
    assertThat(broken.constraintsOk()).isFalse();
    assertThat(read("{'score': 1, 'constraints': [0, -2]}").constraintsOk()).isTrue();
    Evaluation block = read("{'score': 1, 'constraints': {'values': [-1], 'reasons': ['r']}}");
    assertThat(block.constraints()).containsExactly(-1.0);
    assertThat(block.constraintReasons()).containsExactly("r");
    assertThat(block.constraintsOk()).isFalse();
    assertThat(read("{'score': 1, 'constraints': {'values': [3], 'ok': true}}").constraintsOk())
        .isTrue();
    assertThat(read("{'score': 1, 'constraints': {'values': [3]}}").constraintsOk()).isFalse();
  }

  @Test
  void nullMembersCountAsLeftOut() throws Exception {
    Evaluation evaluation =
        read(
            "{'value': Infinity, 'metrics': null, 'constraints': null, 'hard_failures': null,"
                + " 'score_version': null, 'error': null}");
    assertThat(evaluation.value()).isInfinite();
    assertThat(evaluation.constraintsOk()).isNull();
    assertThat(evaluation.scoreVersion()).isEqualTo("v0");
    assertThat(evaluation.extra()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | the command's result has no score, expected a member such as \"score\": 1.5",
        "{'score': {}} | the command's result has no score, expected a member such as \"score\":"
            + " 1.5",
        "{'score': null} | the command's score is null, expected a number",
        "{'score': '1'} | the command's score is text '1', expected a number",
        "{'score': [1, 2]} | the command's score is a list of 2, expected a number",
        "{'score': {'score': NaN}} | the command's score is NaN",
        "{'score': {'score': null}} | the command's score.score is null, expected a number",
        "{'score': 1, 'metrics': 3} | the command's result has metrics that is 3, expected an"
            + " object",
        "{'score': 1, 'constraints': 'no'} | the command's result has constraints that is text"
            + " 'no', expected true, false, a list of reasons or of numbers, or {ok, reasons,"
            + " values}",
        "{'score': 1, 'constraints': {'ok': 1}} | the command's result has constraints.ok that is"
            + " 1, expected true or false",
        "{'values': 3} | the command's result has values that is 3, expected a list of numbers",
        "{'values': []} | the command's result has no score, expected a member such as \"score\":"
            + " 1.5",
        "{'values': [1, 'x']} | the command's result has values[1] that is text 'x', expected a"
            + " number",
        "{'values': [1, NaN]} | the command's result has values[1] that is NaN",
        "{'score': 1, 'constraints': [1, 'r']} | the command's result has constraints[1] that is"
            + " text 'r', expected a number",
        "{'score': 1, 'constraints': {'values': [NaN]}} | the command's result has"
            + " constraints.values[0] that is NaN",
        "{'score': 1, 'constraints': {'values': 1}} | the command's result has constraints.values"
            + " that is 1, expected a list of numbers, each of which holds up to 0",
        "{'score': 1, 'hard_failures': 'x'} | the command's result has hard_failures that is text"
            + " 'x', expected a list of texts",
        "{'score': 1, 'error': 'no data'} | the command reports the error no data",
      })
  void aResultThatMakesNoSenseIsSaid(String result, String message) {
    assertThatThrownBy(() -> read(result))
        .isInstanceOf(ObjectiveException.class)
        .hasMessage(message);
  }
}
