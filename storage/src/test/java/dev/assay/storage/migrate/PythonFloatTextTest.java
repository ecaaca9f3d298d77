package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PythonFloatTextTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "+1., 1",
    ".5, 0.5",
    "'\t-2e-3\n', -0.002",
    "1_0.0_1, 10.01",
    "1E+2, 100",
    "infinity, Infinity",
    "-INF, -Infinity",
    "+nan, NaN",
    "1e400, Infinity",
    "\u0661.\u0665, 1.5",
  })
  void readsWhatPythonReads(String text, Double expected) {
    assertThat(PythonFloatText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", ".", "1d", "1f", "0x1p3", "1__0", "_1", "1_", "--1", "1 2", "infin", "e5"
      })
  void refusesWhatPythonRefuses(String text) {
    assertThat(PythonFloatText.parse(text)).isNull();
  }
}
