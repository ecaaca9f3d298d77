package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class BootstrapSettingsTest {
  private static final SearchSpace SPACE =
      Declared.space("{'x': {'type': 'float', 'low': 0, 'high': 1}}");
  private static final History EMPTY = new History(SPACE, List.of(Direction.MINIMIZE));

  /** Proposes 7, and reads the history. */
  private static final SamplerSettings SEVENS =
      (space, directions, seed) -> (history, ask) -> Json.object().put("x", 7);

  private static List<ObjectNode> first(int count, @Nullable Long seed, long studySeed) {
    Sampler sampler =
        new BootstrapSettings(3, seed, SEVENS)
            .create(SPACE, List.of(Direction.MINIMIZE), studySeed);
    return LongStream.range(0, count)
        .mapToObj(
            number ->
                sampler.suggest(
                    EMPTY, new Ask(number, 0, TrialRandom.stream(studySeed, number, 0))))
        .toList();
  }

  @Test
  void theFirstTrialsAreRandomAndTheRestTheMainSamplers() {
    List<ObjectNode> trials = first(6, null, 1);
    assertThat(trials.subList(0, 3)).allMatch(params -> params.path("x").doubleValue() < 1);
    assertThat(trials.subList(0, 3)).doesNotHaveDuplicates();
    assertThat(trials.subList(3, 6)).containsOnly(Json.object().put("x", 7));
  }

  @Test
  void itsOwnSeedDecidesAndElseTheStudys() {
    assertThat(first(3, 42L, 1)).isEqualTo(first(3, 42L, 2)).isEqualTo(first(3, null, 42));
    assertThat(first(3, null, 1)).isNotEqualTo(first(3, null, 2));
    Sampler random = Samplers.named("random").create(SPACE, List.of(Direction.MINIMIZE), 42);
    assertThat(first(3, 42L, 1).get(2))
        .isEqualTo(random.suggest(EMPTY, new Ask(2, 0, TrialRandom.stream(42, 2, 0))));
  }

  @Test
  void aProposalThatIsTurnedDownIsDrawnAnew() {
    Sampler sampler =
        new BootstrapSettings(1, 42L, SEVENS).create(SPACE, List.of(Direction.MINIMIZE), 0);
    Ask again = new Ask(0, 1, TrialRandom.stream(0, 0, 1));
    assertThat(sampler.suggest(EMPTY, again)).isNotEqualTo(first(1, 42L, 0).get(0));
  }

  @Test
  void theHistoryIsCollectedForTheMainSampler() {
    SamplerSettings random = Samplers.named("random");
    List<Direction> one = List.of(Direction.MINIMIZE);
    assertThat(new BootstrapSettings(3, null, SEVENS).create(SPACE, one, 0).readsHistory())
        .isTrue();
    assertThat(new BootstrapSettings(3, null, random).create(SPACE, one, 0).readsHistory())
        .isFalse();
    assertThatThrownBy(() -> new BootstrapSettings(-1, null, random))
        .hasMessage("trials is -1, expected 0 or more");
  }
}
