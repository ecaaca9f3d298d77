package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.history.History;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplersTest {
  private static final SearchSpace SPACE =
      Declared.space("{'x': {'type': 'int', 'low': 0, 'high': 9}}");
  private static final History EMPTY = new History(SPACE, List.of(Direction.MINIMIZE));

  private static Sampler sampler(String name) {
    return Samplers.named(name).create(SPACE, List.of(Direction.MINIMIZE), 0);
  }

  private static Ask ask(long seed, long number) {
    return new Ask(number, 0, TrialRandom.stream(seed, number, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "random",
        "RANDOM",
        "RandomSampler",
        "grid",
        "Grid",
        "GridSampler",
        "qmc",
        "Sobol",
        "halton",
        "auto",
        "gp",
        "GPSampler",
        "tpe",
        "TPESampler"
      })
  void findsSamplersHoweverTheirNameIsWritten(String name) {
    assertThat(sampler(name).suggest(EMPTY, ask(1, 0))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nsga3", "NSGAIIISampler"})
  void saysWhichAreNotThereAndWhatToUse(String name) {
    assertThatThrownBy(() -> Samplers.named(name))
        .isInstanceOf(SamplerException.class)
        .hasMessage("sampler '%s' is not there: run with --sampler auto", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tpee", "", "sampler", "random2"})
  void listsThoseThatAreThereForAnUnknownName(String name) {
    assertThatThrownBy(() -> Samplers.named(name))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "sampler '%s' is not known, expected one of auto, cmaes, gp, grid, halton, nsga2,"
                + " nsgaii, qmc, random, sobol, tpe",
            name);
  }

  @Test
  void randomDependsOnTheStreamAlone() {
    Sampler one = sampler("random");
    Sampler other = sampler("random");
    other.suggest(EMPTY, ask(9, 9));
    assertThat(one.suggest(EMPTY, ask(7, 3))).isEqualTo(other.suggest(EMPTY, ask(7, 3)));
  }
}
