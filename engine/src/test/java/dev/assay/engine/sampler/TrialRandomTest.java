package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrialRandomTest {
  /** Pins what a seed means: a change here makes every stored seed stand for other trials. */
  @Test
  void aSeedMeansTheSameOnEveryJdk() {
    SearchSpace space =
        Declared.space(
            """
            {'f': {'type': 'float', 'low': -5, 'high': 10},
             'l': {'type': 'loguniform', 'low': 1e-6, 'high': 1},
             's': {'type': 'float', 'low': 0.1, 'high': 0.9, 'step': 0.1},
             'i': {'type': 'int', 'low': 1, 'high': 100},
             'g': {'type': 'int', 'low': 1, 'high': 1000, 'log': true},
             'c': {'type': 'grid', 'values': ['a', 'b', 'c']}}""");
    assertThat(TrialRandom.stream(42, 0, 0).nextLong()).isEqualTo(3974245180466825727L);
    assertThat(TrialRandom.seed(42, 0)).isEqualTo(-1214255389414965173L);
    assertThat(space.draw(TrialRandom.stream(42, 0, 0)))
        .isEqualTo(
            Declared.object(
                "{'f':-1.7683360560108672,'l':0.14303083108978043,'s':0.9,'i':37,'g':192,'c':'c'}"));
    assertThat(space.draw(TrialRandom.stream(42, 1, 0)))
        .isEqualTo(
            Declared.object(
                "{'f':-3.405669566407218,'l':0.007003851537785437,'s':0.4,'i':64,'g':1,'c':'b'}"));
    assertThat(space.draw(TrialRandom.stream(-1, 1_000_000, 3)))
        .isEqualTo(
            Declared.object(
                "{'f':2.9280581873398313,'l':0.4021949526735817,'s':0.4,'i':80,'g':339,'c':'b'}"));
  }

  @Test
  void seedNumberAndRetryEachMakeAnotherStream() {
    Set<Long> first = new HashSet<>();
    int streams = 0;
    for (long seed = -20; seed < 20; seed++) {
      for (long number = 0; number < 50; number++) {
        for (int retry = -1; retry < 3; retry++) {
          first.add(TrialRandom.stream(seed, number, retry).nextLong());
          streams++;
        }
        first.add(TrialRandom.seed(seed, number));
        streams++;
      }
    }
    assertThat(first).hasSize(streams);
  }
}
