package dev.assay.engine.space;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bad declarations are told. */
class BadSpaceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a': {'x': {'type': 'flaot', 'low': 0, 'high': 1}}} | parameter a.x: type is text 'flaot', expected one of float, int, loguniform, grid, categorical, fixed",
        "{'x': {'type': 3}} | parameter x: type is 3, expected one of float",
        "{'x': {'type': null, 'low': 1}} | parameter x: type is null, expected one of float",
        "{'x': {'type': ['a']}} | parameter x: type is a list of 1, expected one of float",
        "{'x': {'low': 0, 'high': 1, 'step': 0.1}} | parameter x: it looks like a definition but has no type",
        "{'x': {'values': [1, 2]}} | parameter x: it looks like a definition but has no type",
        "{'x': {'choices': []}} | parameter x: it looks like a definition but has no type",
        "{'x': {'type': 'float', 'high': 1}} | parameter x: low is missing, expected a finite number",
        "{'x': {'type': 'float', 'low': '0', 'high': 1}} | parameter x: low is text '0', expected a finite number",
        "{'x': {'type': 'float', 'low': NaN, 'high': 1}} | parameter x: low is NaN, expected a finite number",
        "{'x': {'type': 'float', 'low': 0, 'high': Infinity}} | parameter x: high is Infinity, expected a finite number",
        "{'x': {'type': 'float', 'low': 0, 'high': 1e400}} | parameter x: high is Infinity, expected a finite number",
        "{'x': {'type': 'float', 'low': true, 'high': 1}} | parameter x: low is true, expected a finite number",
        "{'x': {'type': 'float', 'low': 2, 'high': 1}} | parameter x: low is 2, expected no more than high, which is 1",
        "{'x': {'type': 'float', 'low': 0, 'high': 1, 'step': 0}} | parameter x: step is 0, expected more than 0",
        "{'x': {'type': 'float', 'low': 0, 'high': 1, 'step': -0.1}} | parameter x: step is -0.1, expected more than 0",
        "{'x': {'type': 'float', 'low': 1, 'high': 2, 'step': 1e-17}} | parameter x: step is 1.0E-17, expected more than",
        "{'x': {'type': 'float', 'low': 1, 'high': 2, 'step': 0.1, 'log': true}} | parameter x: step is 0.1 although log is true",
        "{'x': {'type': 'float', 'low': 1, 'high': 2, 'log': 'yes'}} | parameter x: log is text 'yes', expected true or false",
        "{'x': {'type': 'float', 'low': 0, 'high': 1, 'log': true}} | parameter x: low is 0, expected more than 0 for a logarithmic range",
        "{'x': {'type': 'loguniform', 'low': -1, 'high': 1}} | parameter x: low is -1, expected more than 0",
        "{'x': {'type': 'loguniform', 'low': 2, 'high': 1}} | parameter x: low is 2, expected no more than high",
        "{'x': {'type': 'int', 'low': 3.5, 'high': 9}} | parameter x: low is 3.5, expected a whole number",
        "{'x': {'type': 'int', 'low': 0, 'high': 9223372036854775808}} | parameter x: high is 9223372036854775808, expected a whole number of at most 64 bits",
        "{'x': {'type': 'int', 'low': 0, 'high': 1e19}} | parameter x: high is 1.0E19, expected a whole number",
        "{'x': {'type': 'int', 'low': 0, 'high': 9, 'step': 0}} | parameter x: step is 0, expected 1 or more",
        "{'x': {'type': 'int', 'low': 1, 'high': 9, 'step': 2, 'log': true}} | parameter x: step is 2 although log is true",
        "{'x': {'type': 'int', 'low': 0, 'high': 9, 'log': true}} | parameter x: low is 0, expected 1 or more",
        "{'x': {'type': 'int', 'low': 10, 'high': 9}} | parameter x: low is 10, expected no more than high, which is 9",
        "{'x': {'type': 'grid'}} | parameter x: values is missing, expected a list of at least one",
        "{'x': {'type': 'grid', 'values': []}} | parameter x: values is a list of 0, expected a list of at least one",
        "{'x': {'type': 'grid', 'values': {'a': 1}}} | parameter x: values is a mapping, expected a list",
        "{'x': {'type': 'categorical', 'values': [1]}} | parameter x: choices is missing, expected a list",
        "{'x': {'type': 'fixed'}} | parameter x: value is missing, expected a value",
        "{'x': {'type': 'fixed', 'value': 1, 'when': {'a': 1}}} | parameter x: when.a names no parameter, expected one declared above: there is none",
        "{'b': 1, 'g': {'when': {'a': 1}, 'x': 1}} | parameter g: when.a names no parameter, expected one declared above: b",
        "{'g': {'when': {'a': 1}, 'x': 1}, 'a': 1} | parameter g: when.a names a parameter declared below, expected one declared above: there is none",
        "{'g': {'when': {'x': 1}, 'x': 1}} | parameter g: when.x names no parameter",
        "{'g': {'when': {'g.x': 1}, 'x': 1}} | parameter g: when.g.x names a parameter declared below",
        "{'when': {'x': 1}, 'x': 1} | when: stands beside the parameters, expected it inside of a parameter or a group",
        "{'b': 1, 'g': {'when': {'b': 1}}} | parameter g: it has when but no parameter, expected at least one",
        "{'b': 1, 'g': {'when': 'b', 'x': 1}} | parameter g: when is text 'b', expected the values of parameters above, such as when: {optimizer: adam}",
        "{'b': 1, 'g': {'when': {}, 'x': 1}} | parameter g: when is empty, expected the values",
        "{'b': {'type': 'grid', 'values': ['u', 'v', 3, null]}, 'g': {'when': {'b': 'w'}, 'x': 1}} | parameter g: when.b is text 'w', expected a value that it can have: \"u\", \"v\", 3, null",
        "{'b': {'type': 'grid', 'values': ['u', 'v']}, 'g': {'when': {'b': ['u', 'w']}, 'x': 1}} | parameter g: when.b is text 'w', expected",
        "{'b': {'type': 'grid', 'values': [[1, 2]]}, 'g': {'when': {'b': [1, 2]}, 'x': 1}} | parameter g: when.b is 1, expected a value that it can have: [1,2] (a list is one of several: write [[1, 2]] for the value [1, 2])",
        "{'b': 1, 'g': {'when': {'b': []}, 'x': 1}} | parameter g: when.b is an empty list, expected values: 1",
        "{'b': {'type': 'float', 'low': 0, 'high': 1, 'step': 0.05}, 'g': {'when': {'b': 0.33}, 'x': 1}} | parameter g: when.b is 0.33, expected a value that it can have: 0.0, 0.05, 0.1 … 1.0",
        "{'b': {'type': 'int', 'low': 1, 'high': 9, 'step': 2}, 'g': {'when': {'b': 4}, 'x': 1}} | parameter g: when.b is 4, expected a value that it can have: 1, 3, 5, 7, 9",
        "{'b': {'type': 'float', 'low': 0, 'high': 1}, 'g': {'when': {'b': 0.5}, 'x': 1}} | parameter g: when.b names a continuous range, expected a parameter with a step or a list of values",
        "{'b': {'type': 'int', 'low': 0, 'high': 9007199254740993}, 'g': {'when': {'b': 5}, 'x': 1}} | parameter g: when.b names whole numbers beyond 9007199254740992",
        "{'b': {'type': 'grid', 'values': [1, 2]}, 'g': {'when': {'b': 1}, 'x': {'type': 'fixed', 'value': 1, 'when': {'b': 2}}}} | parameter g.x: its conditions, with those of its groups and of the parameters that they name, never hold together",
        "{'a': {'type': 'grid', 'values': [1, 2]}, 'b': {'type': 'fixed', 'value': 1, 'when': {'a': 1}}, 'x': {'type': 'fixed', 'value': 1, 'when': {'b': 1, 'a': 2}}} | parameter x: its conditions",
        "{'x': {'low': 0, 'high': 1, 'when': {'a': 1}}} | parameter x: it looks like a definition but has no type",
        "{'x': {'values': [0], 'when': {'a': 1}}} | parameter x: it looks like a definition but has no type",
        "{'a': {'b': 1}, 'a.b': 2} | parameter a.b: two parameters have this dotted path",
        "{'a': {'b.c': 1}, 'a.b': {'c': 2}} | parameter a.b.c: two parameters have this dotted path",
        "{} | no parameter is declared, expected at least one",
        "{'a': {'b': {}}} | no parameter is declared, expected at least one",
      })
  void saysWhichParameterWhatWasFoundAndExpected(String declaration, String message) {
    assertThatThrownBy(() -> Declared.space(declaration))
        .isInstanceOf(SpaceException.class)
        .hasMessageStartingWith(message);
  }
}
