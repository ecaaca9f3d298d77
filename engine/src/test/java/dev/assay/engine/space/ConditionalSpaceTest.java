package dev.assay.engine.space;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.engine.sampler.UnseenWalk;
import dev.assay.storage.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Parameters that take part only where others have certain values. */
class ConditionalSpaceTest {
  private static final SearchSpace OPTIMIZERS =
      Declared.space(
          """
          {'optimizer': {'type': 'categorical', 'choices': ['adam', 'sgd', 'none']},
           'depth': {'type': 'int', 'low': 1, 'high': 3},
           'beta': {'type': 'float', 'low': 0.5, 'high': 0.9, 'step': 0.4, 'when': {'optimizer': 'adam'}},
           'decay': {'when': {'optimizer': ['adam', 'sgd'], 'depth': 3.0},
             'kind': {'type': 'grid', 'values': ['cosine', 'step']},
             'every': {'type': 'int', 'low': 10, 'high': 11, 'when': {'kind': 'step'}},
             'note': 'n'},
           'plain': {'x': {'type': 'fixed', 'value': 7, 'when': {'decay.every': 10}}, 'e': {}}}\
          """);

  private static List<String> combinations(SearchSpace space) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < requireNonNull(space.size()).intValueExact(); i++) {
      all.add(space.combination(BigInteger.valueOf(i)).toString().replace('"', '\''));
    }
    return all;
  }

  @Test
  void whatTakesNoPartIsAbsentWithTheGroupsThatAreLeftWithoutAParameter() {
    assertThat(combinations(OPTIMIZERS))
        // adam: two depths, and depth 3 with one cosine and two steps, each with two betas
        .hasSize(2 * (2 + 3) + (2 + 3) + 3)
        .doesNotHaveDuplicates()
        .contains(
            "{'optimizer':'none','depth':3}",
            "{'optimizer':'sgd','depth':2}",
            "{'optimizer':'sgd','depth':3,'decay':{'kind':'cosine','note':'n'}}",
            "{'optimizer':'sgd','depth':3,'decay':{'kind':'step','every':11,'note':'n'}}",
            "{'optimizer':'adam','depth':3,'beta':0.9,'decay':{'kind':'step','every':10,'note':'n'},'plain':{'x':7,'e':{}}}");
    assertThat(OPTIMIZERS.varying())
        .containsExactly("optimizer", "depth", "beta", "decay.kind", "decay.every");
    assertThat(OPTIMIZERS.isConditional()).isTrue();
  }

  @Test
  void parametersApartFromConditionsVaryAsDeclared() {
    assertThat(
            combinations(
                Declared.space(
                    """
                    {'a': {'type': 'grid', 'values': [1, 2]}, 'b': {'type': 'grid', 'values': [3, 4]},
                     'c': {'type': 'grid', 'values': [5, 6], 'when': {'a': 2}}}\
                    """)))
        .containsExactly(
            "{'a':1,'b':3}",
            "{'a':1,'b':4}",
            "{'a':2,'b':3,'c':5}",
            "{'a':2,'b':4,'c':5}",
            "{'a':2,'b':3,'c':6}",
            "{'a':2,'b':4,'c':6}");
  }

  @Test
  void numbersOfAbsentParametersAreNaNAndDoNotReturn() {
    ObjectNode odd = Declared.object("{'optimizer': 'none', 'depth': 3, 'beta': 0.5}");
    double[] values = OPTIMIZERS.values(odd);
    assertThat(values).containsExactly(2, 3, Double.NaN, Double.NaN, Double.NaN);
    assertThat(OPTIMIZERS.params(new double[] {2, 3, 0.5, 1, 10}))
        .hasToString("{\"optimizer\":\"none\",\"depth\":3}");
    assertThat(OPTIMIZERS.isActive(4, new double[] {0, 3, 0.5, 1, 0})).isTrue();
    assertThat(OPTIMIZERS.isActive(4, new double[] {2, 3, 0.5, 1, 0})).isFalse();
    assertThat(OPTIMIZERS.isActive(4, new double[] {0, 3, 0.5, Double.NaN, 0})).isFalse();
    assertThat(OPTIMIZERS.isActive(2, new double[] {Double.NaN, 3, 0, 0, 0})).isFalse();
  }

  @Test
  void manyParametersThatTakePartOnTheirOwnAreCounted() {
    ObjectNode declared = Json.object();
    for (int i = 0; i < 60; i++) {
      declared.set("use" + i, Declared.object("{'type': 'grid', 'values': [true, false]}"));
    }
    for (int i = 0; i < 60; i++) {
      declared.set(
          "x" + i,
          Declared.object(
              "{'type': 'int', 'low': 1, 'high': 4, 'when': {'use%d': true}}".formatted(i)));
    }
    ObjectNode all = declared.putObject("all");
    ObjectNode when = all.putObject("when");
    for (int i = 0; i < 60; i++) {
      when.put("use" + i, true);
    }
    all.put("of", "them");
    all.set("more", Declared.object("{'type': 'int', 'low': 1, 'high': 10}"));
    SearchSpace space = SearchSpace.of(declared);
    assertThat(space.size())
        .isEqualTo(
            BigInteger.valueOf(5)
                .pow(60)
                .add(BigInteger.valueOf(4).pow(60).multiply(BigInteger.valueOf(9))));
    assertThat(space.combination(BigInteger.ZERO).path("all").path("more").intValue()).isEqualTo(1);
  }

  /** Every space's combinations, draws and numbers against all products of all values. */
  @Test
  void eachDistinctCombinationIsCountedOnce() {
    int conditional = 0;
    for (int seed = 0; seed < 300; seed++) {
      Sketch sketch = new Sketch(new Random(seed));
      SearchSpace space;
      try {
        space = SearchSpace.of(sketch.declared());
      } catch (SpaceException e) {
        assertThat(e).hasMessageContaining("never hold together");
        assertThat(sketch.everyParameterTakesPart()).as(sketch.toString()).isFalse();
        continue;
      }
      assertThat(sketch.everyParameterTakesPart()).as(sketch.toString()).isTrue();
      conditional += space.isConditional() ? 1 : 0;
      Set<JsonNode> expected = sketch.combinations();
      assertThat(space.size()).as(sketch.toString()).isEqualTo(expected.size());
      UnseenWalk walk = requireNonNull(UnseenWalk.over(space, TrialRandom.stream(seed, 0, -1)));
      Set<JsonNode> walked = new HashSet<>();
      for (ObjectNode next = walk.next(); next != null; next = walk.next()) {
        assertThat(walked.add(next)).as("%s in %s", next, sketch).isTrue();
        assertThat(space.params(space.values(next))).isEqualTo(next);
      }
      assertThat(walked).as(sketch.toString()).isEqualTo(expected);
      for (int i = 0; i < 50; i++) {
        assertThat(space.draw(TrialRandom.stream(seed, i, 0))).isIn(expected);
      }
    }
    assertThat(conditional).isGreaterThan(150);
  }

  /** A space at random, and what it means, worked out the long way. */
  private static final class Sketch {
    private final Map<String, List<Integer>> values = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Integer>>> whens = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Integer>>> groups = new LinkedHashMap<>();

    Sketch(Random random) {
      int count = 1 + random.nextInt(7);
      String group = "";
      for (int i = 0; i < count; i++) {
        if (random.nextInt(3) == 0) {
          group = "g" + i + ".";
          groups.put("g" + i, when(random));
        } else if (random.nextInt(3) == 0) {
          group = "";
        }
        List<String> earlier = new ArrayList<>(values.keySet());
        int from = random.nextInt(3);
        List<Integer> its = new ArrayList<>();
        for (int value = from; value < from + 1 + random.nextInt(3); value++) {
          its.add(value);
        }
        String path = group + "p" + i;
        whens.put(path, earlier.isEmpty() ? Map.of() : when(random));
        values.put(path, its);
      }
    }

    private Map<String, List<Integer>> when(Random random) {
      Map<String, List<Integer>> when = new LinkedHashMap<>();
      for (Map.Entry<String, List<Integer>> earlier : values.entrySet()) {
        if (random.nextInt(3) == 0) {
          List<Integer> wanted =
              new ArrayList<>(
                  earlier.getValue().stream().filter(value -> random.nextInt(3) > 0).toList());
          if (!wanted.isEmpty()) {
            when.put(earlier.getKey(), wanted);
          }
        }
      }
      return when;
    }

    ObjectNode declared() {
      ObjectNode root = Json.object();
      values.forEach(
          (path, its) -> {
            ObjectNode node = Json.object();
            node.put("type", its.size() == 1 ? "fixed" : "int");
            node.put("value", its.get(0))
                .put("low", its.get(0))
                .put("high", its.get(its.size() - 1));
            put(node, whens.getOrDefault(path, Map.of()));
            int dot = path.indexOf('.');
            if (dot < 0) {
              root.set(path, node);
              return;
            }
            String group = path.substring(0, dot);
            if (!root.has(group)) {
              put(root.putObject(group), groups.getOrDefault(group, Map.of()));
            }
            root.withObject("/" + group).set(path.substring(dot + 1), node);
          });
      return root;
    }

    private static void put(ObjectNode node, Map<String, List<Integer>> when) {
      if (!when.isEmpty()) {
        ObjectNode json = node.putObject("when");
        when.forEach((name, wanted) -> wanted.forEach(json.withArray("/" + name)::add));
      }
    }

    private boolean holds(Map<String, List<Integer>> when, Map<String, Integer> chosen) {
      return when.entrySet().stream()
          .allMatch(
              each ->
                  chosen.containsKey(each.getKey())
                      && each.getValue().contains(chosen.get(each.getKey())));
    }

    private Set<Map<String, Integer>> choices() {
      Set<Map<String, Integer>> all = Set.of(Map.of());
      for (Map.Entry<String, List<Integer>> parameter : values.entrySet()) {
        String path = parameter.getKey();
        String group = path.contains(".") ? path.substring(0, path.indexOf('.')) : "";
        Set<Map<String, Integer>> next = new HashSet<>();
        for (Map<String, Integer> chosen : all) {
          if (!holds(whens.getOrDefault(path, Map.of()), chosen)
              || !holds(groups.getOrDefault(group, Map.of()), chosen)) {
            next.add(chosen);
            continue;
          }
          for (int value : parameter.getValue()) {
            Map<String, Integer> more = new LinkedHashMap<>(chosen);
            more.put(path, value);
            next.add(more);
          }
        }
        all = next;
      }
      return all;
    }

    boolean everyParameterTakesPart() {
      Set<String> seen = new HashSet<>();
      choices().forEach(chosen -> seen.addAll(chosen.keySet()));
      return seen.equals(values.keySet());
    }

    Set<JsonNode> combinations() {
      Set<JsonNode> all = new HashSet<>();
      for (Map<String, Integer> chosen : choices()) {
        ObjectNode node = Json.object();
        chosen.forEach(
            (path, value) -> {
              int dot = path.indexOf('.');
              if (dot < 0) {
                node.put(path, value);
              } else {
                node.withObject("/" + path.substring(0, dot)).put(path.substring(dot + 1), value);
              }
            });
        all.add(node);
      }
      return all;
    }

    @Override
    public String toString() {
      return declared().toString();
    }
  }
}
