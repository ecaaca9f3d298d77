package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QmcSamplerTest {
  private static final List<Direction> ONE = List.of(Direction.MINIMIZE);
  private static final SearchSpace MIXED =
      Declared.space(
          """
          {'f': {'type': 'float', 'low': -5, 'high': 10}, 'l': {'type': 'loguniform', 'low': 1e-300, 'high': 1e300},
           'i': {'type': 'int', 'low': 1, 'high': 8}, 'c': {'type': 'grid', 'values': ['a', null, [1], 2]},
           's': {'type': 'float', 'low': 0.1, 'high': 1.0, 'step': 0.03}, 'one': {'type': 'int', 'low': 4, 'high': 4},
           'same': {'type': 'float', 'low': 2.5, 'high': 2.5}, 'fixed': 'x'}\
          """);

  private static SamplerSettings settings(String name, String options) {
    return Samplers.named(
        name,
        new Block(
            Declared.object(options), (option, is) -> new SamplerException(option + " " + is)));
  }

  private static ObjectNode suggested(
      SamplerSettings settings, SearchSpace space, long seed, long number, int retry) {
    Ask ask = new Ask(number, retry, TrialRandom.stream(seed, number, retry));
    return requireNonNull(
        settings.create(space, ONE, seed).suggest(new History(space, ONE), ask), "nothing left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'qmc_type': 'halton'}", "{'scramble': false}"})
  void eachValueOfADiscreteParameterComesEquallyOften(String options) {
    SamplerSettings settings = settings("qmc", options);
    boolean halton = options.contains("halton");
    Map<String, Integer> counts = new HashMap<>();
    for (int number = 0; number < 64; number++) {
      ObjectNode params = suggested(settings, MIXED, 3, number, 0);
      counts.merge("i" + params.path("i"), 1, Integer::sum);
      counts.merge("c" + params.path("c"), 1, Integer::sum);
      assertThat(params.path("f").doubleValue()).isBetween(-5.0, 10.0);
      assertThat(params.path("one").intValue()).isEqualTo(4);
      assertThat(params.path("same").doubleValue()).isEqualTo(2.5);
      assertThat(params.path("fixed").textValue()).isEqualTo("x");
    }
    assertThat(counts).hasSize(12);
    counts.forEach(
        (value, count) -> {
          int share = value.startsWith("i") ? 8 : 16;
          assertThat(count).isBetween(share - (halton ? 3 : 0), share + (halton ? 3 : 0));
        });
  }

  @ParameterizedTest
  @CsvSource({"sobol, qmc, '{}'", "halton, QMCSampler, '{''qmc_type'': ''Halton''}'"})
  void aSequenceHasANameOfItsOwn(String name, String same, String options) {
    assertThat(settings(name, "{}")).isEqualTo(settings(same, options));
    assertThat(suggested(settings(name, "{}"), MIXED, 1, 1_000_000, 0))
        .isEqualTo(suggested(settings(same, options), MIXED, 1, 1_000_000, 0))
        .isNotEqualTo(suggested(settings(name, "{}"), MIXED, 2, 1_000_000, 0));
  }

  @Test
  void isScrambledUnlessTold() {
    assertThat(settings("qmc", "{'scramble': true}")).isEqualTo(QmcSettings.DEFAULT);
    SamplerSettings plain = settings("qmc", "{'scramble': false}");
    assertThat(plain).isEqualTo(QmcSettings.DEFAULT.withoutScramble());
    assertThat(suggested(plain, MIXED, 1, 0, 0).path("f").doubleValue()).isEqualTo(-5);
    assertThat(suggested(plain, MIXED, 1, 1, 0).path("f").doubleValue()).isEqualTo(2.5);
    assertThat(suggested(plain, MIXED, 1, 2, 0)).isEqualTo(suggested(plain, MIXED, 9, 2, 0));
  }

  @Test
  void retriesOfATakenPointNeverEndAndAreTheTrialsOwn() {
    Set<ObjectNode> seen = new HashSet<>();
    for (int retry = 0; retry < 300; retry++) {
      ObjectNode params = suggested(QmcSettings.DEFAULT, MIXED, 1, 5, retry);
      assertThat(params).isEqualTo(suggested(QmcSettings.DEFAULT, MIXED, 1, 5, retry));
      seen.add(params);
    }
    assertThat(seen).hasSize(300);
  }

  @Test
  void moreParametersThanSobolHasDimensionsAreRefusedAtOnce() {
    ObjectNode declaration = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i <= SobolPoints.MOST_DIMENSIONS; i++) {
      declaration.set("x" + i, Declared.object("{'type': 'float', 'low': 0, 'high': 1}"));
    }
    SearchSpace space = SearchSpace.of(declaration);
    assertThatThrownBy(() -> QmcSettings.DEFAULT.create(space, ONE, 0))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "Sobol's sequence has 21,201 dimensions, but 21,202 parameters vary: use qmc_type"
                + " halton, or sampler random");
    SamplerSettings halton = QmcSettings.DEFAULT.withType(QmcSettings.Type.HALTON);
    assertThat(suggested(halton, space, 0, 9, 0)).hasSize(21_202);
    declaration.remove("x0");
    assertThat(suggested(QmcSettings.DEFAULT, SearchSpace.of(declaration), 0, 9, 0))
        .hasSize(21_201);
  }

  @Test
  void anUnknownSequenceIsNamedWithThoseThatThereAre() {
    assertThatThrownBy(() -> settings("qmc", "{'qmc_type': 'niederreiter'}"))
        .hasMessage("qmc_type is text 'niederreiter', expected sobol or halton");
  }

  @Test
  void aSpaceInWhichNothingVariesHasItsOnePoint() {
    SearchSpace space = Declared.space("{'x': 3}");
    assertThat(suggested(QmcSettings.DEFAULT, space, 0, 0, 0))
        .isEqualTo(Declared.object("{'x': 3}"));
  }
}
