package dev.assay.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.sampler.TrialRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Spaces that are declared in Java are those of the same declaration in a study file. */
class SearchSpaceBuilderTest {
  private enum Colour {
    RED
  }

  @Test
  void declaresWhatAStudyFileDeclares() {
    SearchSpace built =
        SearchSpace.builder()
            .floatingLog("rate", 1e-5, 1)
            .categorical("optimizer", "adam", "sgd", null, 3, 3L, 2.5, true, Colour.RED)
            .integer("model.depth", 1, 12)
            .integer("model.width", 16, 256, 16)
            .integerLog("model.batch", 1, 1024)
            .when(
                "optimizer",
                List.of("adam", "sgd"),
                either ->
                    either
                        .floating("model.drop", 0, 0.5, 0.1)
                        .when("model.depth", 3, deep -> deep.floating("beta", 0.8, 0.999))
                        .when("optimizer", "sgd", sgd -> sgd.fixed("list", Arrays.asList(1, null))))
            .fixed("map", Map.of("a", 0.1f))
            .build();
    SearchSpace read =
        Declared.space(
            """
            {'rate': {'type': 'loguniform', 'low': 1e-5, 'high': 1},
             'optimizer': {'type': 'grid', 'values': ['adam', 'sgd', null, 3, 2.5, true, 'RED']},
             'model': {'depth': {'type': 'int', 'low': 1, 'high': 12},
                       'width': {'type': 'int', 'low': 16, 'high': 256, 'step': 16},
                       'batch': {'type': 'int', 'low': 1, 'high': 1024, 'log': true},
                       'drop': {'type': 'float', 'low': 0, 'high': 0.5, 'step': 0.1, 'when': {'optimizer': ['adam', 'sgd']}}},
             'beta': {'type': 'float', 'low': 0.8, 'high': 0.999, 'when': {'optimizer': ['sgd', 'adam'], 'model.depth': 3}},
             'list': {'type': 'fixed', 'value': [1, null], 'when': {'optimizer': 'sgd'}},
             'map': {'type': 'fixed', 'value': {'a': 0.1}}}""");
    assertThat(built.distributions()).isEqualTo(read.distributions());
    for (int i = 0; i < 200; i++) {
      assertThat(built.draw(TrialRandom.stream(1, i, 0)))
          .isEqualTo(read.draw(TrialRandom.stream(1, i, 0)));
    }
  }

  @Test
  void saysWhatIsWrongInTheSameWords() {
    refuses(b -> b.floating("g.x", 2, 1), "parameter g.x: low is 2.0, expected no more than high");
    refuses(b -> b.floating("x", 0, Double.NaN), "parameter x: high is NaN, expected a finite");
    refuses(b -> b.floatingLog("x", 0, 1), "parameter x: low is 0.0, expected more than 0");
    refuses(b -> b.integer("x", 1, 9, 0), "parameter x: step is 0, expected 1 or more");
    refuses(b -> b.categorical("x"), "parameter x: choices is a list of 0, expected a list of at");
    refuses(b -> b, "no parameter is declared");
    refuses(b -> b.fixed("x", 1).fixed("x", 2), "parameter x: there is such a parameter or group");
    refuses(b -> b.fixed("x.y", 1).fixed("x", 2), "parameter x: there is such a parameter or");
    refuses(b -> b.fixed("x", 1).fixed("x.y", 2), "parameter x.y: x is a parameter, expected a");
    refuses(b -> b.fixed("x.when", 1), "parameter x.when: when is the name of conditions");
    refuses(b -> b.fixed("x", new Object()), "a value is a java.lang.Object, expected text, a");
    refuses(
        b -> b.categorical("o", 1, 2).when("o", 3, in -> in.fixed("x", 1)),
        "parameter x: when.o is 3, expected a value that it can have: 1, 2");
    refuses(
        b -> b.categorical("o", 1, 2).when("o", 1, in -> in.when("o", 2, on -> on.fixed("x", 1))),
        "parameter x: when.o is an empty list, expected values: 1, 2");
    refuses(
        b -> b.fixed("o", 1).fixed("g.o", 2).when("o", 1, in -> in.fixed("g.x", 1)),
        "parameter g.x: when o may mean g.o as well: rename one");
    refuses(
        b -> b.fixed("g.a", 1).fixed("o", 2).when("o", 2, in -> in.fixed("g.x", 1)),
        "parameter g.x: its group stands above o, which it needs: add o before the first");
  }

  private static void refuses(UnaryOperator<SearchSpaceBuilder> declared, String message) {
    assertThatThrownBy(() -> declared.apply(SearchSpace.builder()).build())
        .isInstanceOf(SpaceException.class)
        .hasMessageStartingWith(message);
  }
}
