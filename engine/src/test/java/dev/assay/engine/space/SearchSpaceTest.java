package dev.assay.engine.space;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.TrialRandom;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSpaceTest {
  private static List<String> combinations(SearchSpace space) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < requireNonNull(space.size()).intValueExact(); i++) {
      all.add(space.combination(BigInteger.valueOf(i)).toString().replace('"', '\''));
    }
    return all;
  }

  @Test
  void lastDeclaredVariesFastestAndNestingIsExpandedInPlace() {
    SearchSpace space =
        Declared.space(
            """
            {'b': {'z': {'type': 'grid', 'values': [1, 2]},
                   'y': {'type': 'int', 'low': 0, 'high': 1}},
             'a': {'type': 'grid', 'values': [[1, [2]], null]}}""");
    assertThat(combinations(space))
        .containsExactly(
            "{'b':{'z':1,'y':0},'a':[1,[2]]}",
            "{'b':{'z':1,'y':0},'a':null}",
            "{'b':{'z':1,'y':1},'a':[1,[2]]}",
            "{'b':{'z':1,'y':1},'a':null}",
            "{'b':{'z':2,'y':0},'a':[1,[2]]}",
            "{'b':{'z':2,'y':0},'a':null}",
            "{'b':{'z':2,'y':1},'a':[1,[2]]}",
            "{'b':{'z':2,'y':1},'a':null}");
    assertThat(space.varying()).containsExactly("b.z", "b.y", "a");
  }

  @Test
  void plainValuesListsAndEmptyMappingsAreKeptAsTheyAre() {
    SearchSpace space =
        Declared.space(
            """
            {'x': {'type': 'int', 'low': 1, 'high': 3.0}, 'text': 'no', 'list': [1, 2.0],
             'nothing': null, 'empty': {}, 'f': {'type': 'fixed', 'value': {'type': 'odd'}}}""");
    assertThat(combinations(space))
        .hasSize(3)
        .last()
        .isEqualTo(
            "{'x':3,'text':'no','list':[1,2.0],'nothing':null,'empty':{},'f':{'type':'odd'}}");
    assertThat(space.varying()).containsExactly("x");
    assertThat(space.distributions()).hasSize(1);
  }

  @Test
  void aParameterMayBeCalledType() {
    SearchSpace space =
        Declared.space("{'m': {'type': {'type': 'categorical', 'choices': ['a', 'b']}, 'k': 1}}");
    assertThat(combinations(space))
        .containsExactly("{'m':{'type':'a','k':1}}", "{'m':{'type':'b','k':1}}");
    assertThat(space.varying()).containsExactly("m.type");
  }

  @Test
  void distributionsAreOptunas() {
    SearchSpace space =
        Declared.space(
            """
            {'a': {'f': {'type': 'float', 'low': 0, 'high': 1}},
             's': {'type': 'float', 'low': 0.1, 'high': 1, 'step': 0.2},
             'l': {'type': 'loguniform', 'low': 1e-5, 'high': 1},
             'm': {'type': 'float', 'low': 1, 'high': 10, 'log': true, 'step': null},
             'i': {'type': 'int', 'low': 1, 'high': 10, 'step': 4},
             'j': {'type': 'int', 'low': 1, 'high': 10, 'log': true},
             'c': {'type': 'grid', 'values': ['a', null, true, 1, 2.5, [1]]},
             'x': 3}""");
    assertThat(space.distributions().toPrettyString().replace("\"", "'").replaceAll("\\s+", ""))
        .isEqualTo(
            """
            {'a.f':{'name':'FloatDistribution','attributes':\
            {'step':null,'low':0.0,'high':1.0,'log':false}},\
            's':{'name':'FloatDistribution','attributes':\
            {'step':0.2,'low':0.1,'high':0.9,'log':false}},\
            'l':{'name':'FloatDistribution','attributes':\
            {'step':null,'low':1.0E-5,'high':1.0,'log':true}},\
            'm':{'name':'FloatDistribution','attributes':\
            {'step':null,'low':1.0,'high':10.0,'log':true}},\
            'i':{'name':'IntDistribution','attributes':{'log':false,'step':4,'low':1,'high':9}},\
            'j':{'name':'IntDistribution','attributes':{'log':true,'step':1,'low':1,'high':10}},\
            'c':{'name':'CategoricalDistribution','attributes':\
            {'choices':['a',null,true,1,2.5,[1]]}}}""");
    assertThat(space.size()).isNull();
    assertThat(space.continuous()).isEqualTo("a.f");
  }

  @Test
  void continuousRangesHaveNoCombinationsUnlessTheyHoldOneValue() {
    assertThat(
            Declared.space("{'x': {'type': 'float', 'low': 2, 'high': 2}}")
                .combination(BigInteger.ZERO))
        .hasToString("{\"x\":2.0}");
    SearchSpace space = Declared.space("{'a': {'x': {'type': 'float', 'low': 0, 'high': 2}}}");
    assertThatThrownBy(() -> space.combination(BigInteger.ZERO))
        .isInstanceOf(SpaceException.class)
        .hasMessageContaining("parameter a.x: its range is continuous");
  }

  @Test
  void combinationsOutsideAreRefused() {
    SearchSpace space = Declared.space("{'x': {'type': 'int', 'low': 1, 'high': 3}}");
    for (int index : List.of(-1, 3)) {
      assertThatThrownBy(() -> space.combination(BigInteger.valueOf(index)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("expected 0 to below 3");
    }
  }

  @Test
  void eachSetOfParametersIsItsHoldersOwn() {
    SearchSpace space = Declared.space("{'l': [[1]], 'c': {'type': 'grid', 'values': [{'a': 1}]}}");
    ObjectNode first = space.combination(BigInteger.ZERO);
    first.withArray("l").removeAll();
    first.withObject("c").put("a", 2);
    assertThat(space.combination(BigInteger.ZERO)).hasToString("{\"l\":[[1]],\"c\":{\"a\":1}}");
  }

  @Test
  void repeatedValuesCountOnceAndAreNamed() {
    SearchSpace space =
        Declared.space("{'x': {'type': 'grid', 'values': [0.3, 0.30, 1, 1.0, [1], [1]]}}");
    assertThat(space.size()).isEqualTo(4);
    assertThat(space.ignored()).containsExactly("x.values (2 repeated)");
  }

  @Test
  void unknownMembersOfADefinitionAreNamedWithAHint() {
    SearchSpace space =
        Declared.space(
            "{'a': {'x': {'type': 'float', 'low': 0, 'high': 1, 'stpe': 0.1, 'note': 'n'}}}");
    assertThat(space.ignored()).containsExactly("a.x.stpe (did you mean step?)", "a.x.note");
  }

  @Test
  void aDotInsideANameIsACharacterLikeOthers() {
    SearchSpace space = Declared.space("{'a.b': {'type': 'grid', 'values': [1]}, 'a': {'c': 2}}");
    assertThat(space.varying()).containsExactly("a.b");
    assertThat(space.combination(BigInteger.ZERO)).hasToString("{\"a.b\":1,\"a\":{\"c\":2}}");
  }

  @Test
  void sizesBeyondALong() {
    SearchSpace space =
        Declared.space(
            """
            {'i': {'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807},
             'j': {'type': 'int', 'low': 9007199254740993, 'high': 9007199254740997, 'step': 2}}""");
    assertThat(space.size())
        .isEqualTo(BigInteger.ONE.shiftLeft(64).multiply(BigInteger.valueOf(3)));
    assertThat(space.combination(BigInteger.ZERO))
        .hasToString("{\"i\":-9223372036854775808,\"j\":9007199254740993}");
    assertThat(space.combination(requireNonNull(space.size()).subtract(BigInteger.ONE)))
        .hasToString("{\"i\":9223372036854775807,\"j\":9007199254740997}");
    for (int i = 0; i < 1000; i++) {
      ObjectNode drawn = space.draw(TrialRandom.stream(1, i, 0));
      assertThat(drawn.path("j").longValue())
          .isIn(9007199254740993L, 9007199254740995L, 9007199254740997L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // numbers beside the marker, what it becomes
    "'0.3, 0.25', 0.45",
    "'0.15, 0.1', 0.75",
    "'0.5, 0.5', 0.01",
    "'0.01', 0.9",
    "'-3', 0.9",
    "'2', 0.01",
    "'true', 0.01",
    "'false', 0.9",
    // 1 - 0.33335 is 0.66664999999999996…, so it is rounded down
    "'0.33335', 0.6666",
    "'NaN', 0.9",
  })
  void remainderIsWhatIsLeftOfOneWithinItsLimits(String numbers, double expected) {
    StringBuilder json = new StringBuilder("{'w': {");
    String[] values = numbers.split(", ", -1);
    for (int i = 0; i < values.length; i++) {
      json.append("'k%d': %s, ".formatted(i, values[i]));
    }
    json.append("'r': '__dirichlet_remainder__', 'text': 'x', 'deep': {'q': 0.5}}}");
    SearchSpace space = Declared.space("{'x': 1}");
    ObjectNode params = Declared.object(json.toString());
    ObjectNode before = params.deepCopy();
    assertThat(space.resolved(params).at("/w/r").doubleValue()).isEqualTo(expected);
    assertThat(params).isEqualTo(before);
  }

  @Test
  void remainderWithoutNumbersBesideItStays() {
    ObjectNode params = Declared.object("{'w': {'r': '__dirichlet_remainder__', 'l': [1]}}");
    assertThat(Declared.space("{'x': 1}").resolved(params)).isEqualTo(params);
  }
}
