package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplersTest {
  private static final SearchSpace SPACE =
      Declared.space("{'x': {'type': 'int', 'low': 0, 'high': 9}}");

  @ParameterizedTest
  @ValueSource(strings = {"random", "RANDOM", "RandomSampler", "grid", "Grid", "GridSampler"})
  void findsSamplersHoweverTheirNameIsWritten(String name) {
    assertThat(Samplers.named(name, SPACE).suggest(SPACE, TrialRandom.stream(1, 0, 0))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tpe",
        "TPESampler",
        "cmaes",
        "cma-es",
        "CmaEsSampler",
        "gp",
        "nsga2",
        "NSGAIISampler",
        "qmc",
        "sobol"
      })
  void saysWhichAreNotThereYetAndWhatToUse(String name) {
    assertThatThrownBy(() -> Samplers.named(name, SPACE))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "sampler '%s' is not there yet: run with --sampler random or --sampler grid", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tpee", "", "sampler", "random2"})
  void listsThoseThatAreThereForAnUnknownName(String name) {
    assertThatThrownBy(() -> Samplers.named(name, SPACE))
        .isInstanceOf(SamplerException.class)
        .hasMessage("sampler '%s' is not known, expected one of random, grid", name);
  }

  @Test
  void randomDependsOnTheStreamAlone() {
    Sampler one = Samplers.named("random", SPACE);
    Sampler other = Samplers.named("random", SPACE);
    other.suggest(SPACE, TrialRandom.stream(9, 9, 0));
    assertThat(one.suggest(SPACE, TrialRandom.stream(7, 3, 0)))
        .isEqualTo(other.suggest(SPACE, TrialRandom.stream(7, 3, 0)));
  }
}
