package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a parameter's distributions are where some trials declare one and others do not. */
final class StudySpaceTest {
  private static FrozenTrial trial(String value, String distribution)
      throws JsonProcessingException {
    ObjectNode params = Json.object();
    params.set("x", Json.parse(value.replace('\'', '"')));
    ObjectNode distributions = Json.object();
    if (!distribution.isEmpty()) {
      distributions.set("x", Json.parse(distribution));
    }
    return FrozenTrial.builder().params(params).distributions(distributions).build();
  }

  private static String floats(double low, double high) {
    return "{\"name\":\"FloatDistribution\",\"attributes\":{\"step\":0.5,\"low\":%s,\"high\":%s,\"log\":false}}"
        .formatted(low, high);
  }

  private static List<String> distributions(List<FrozenTrial> trials) {
    StudySpace space = new StudySpace();
    trials.forEach(space::see);
    List<String> distributions = new ArrayList<>();
    for (FrozenTrial trial : trials) {
      space.parametersOf(trial).forEach(param -> distributions.add(param.distribution()));
    }
    return distributions;
  }

  @ParameterizedTest
  @CsvSource({"0", "1.5", "4"})
  void aValueInsideOfTheLastDeclaredOneTakesIt(String value) throws JsonProcessingException {
    List<FrozenTrial> trials =
        List.of(trial("1.0", floats(0, 2)), trial(value, ""), trial("3.0", floats(0, 4)));
    assertThat(distributions(trials)).containsExactly(floats(0, 2), floats(0, 4), floats(0, 4));
  }

  @ParameterizedTest
  @CsvSource({"4.5", "-1", "NaN", "'''a'''", "[1]", "true"})
  void aValueOutsideGivesAllTrialsADerivedOne(String value) throws JsonProcessingException {
    List<FrozenTrial> trials =
        List.of(trial("1.0", floats(0, 2)), trial(value, ""), trial("3.0", floats(0, 4)));
    List<String> distributions = distributions(trials);
    assertThat(distributions).hasSize(3).doesNotContain(floats(0, 2), floats(0, 4));
    assertThat(distributions.stream().distinct()).hasSize(1);
  }
}
