package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CandleSeriesTest {
  private static final String START =
      "timestamp,open,high,low,close,volume\n2025-01-01T00:00:00Z,2,3,1,2,5\n";
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("candles.csv"), text);
  }

  @Test
  void columnsMayComeInAnyOrder() throws IOException {
    CandleSeries candles =
        CandleSeries.read(
            file("close,x,low,timestamp,high,open\n2.5,?,1,2025-01-01T00:00:00Z,3,1.5\n\n"));
    assertThat(candles.size()).isEqualTo(1);
    assertThat(candles.open(0)).isEqualTo(1.5);
    assertThat(candles.high(0)).isEqualTo(3);
    assertThat(candles.low(0)).isEqualTo(1);
    assertThat(candles.close(0)).isEqualTo(2.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "2025-01-01T00:00:00Z,2,3,1,2,5 | has 2025-01-01T00:00:00Z after 2025-01-01T00:00:00Z,"
            + " expected a later time",
        "1 January,2,3,1,2,5 | has the timestamp '1 January', expected one such as"
            + " 2025-01-01T00:00:00Z",
        "2025-01-02T00:00:00Z,2,3 | has 3 cells, expected at least 4",
        "2025-01-02T00:00:00Z,2,3,1,two | has the close 'two', expected a price above 0",
        "2025-01-02T00:00:00Z,NaN,3,1,2 | has the open 'NaN', expected a price above 0",
        "2025-01-02T00:00:00Z,2,3,0,2 | has the low '0', expected a price above 0",
        "2025-01-02T00:00:00Z,2,3,1,4 | has an open or a close that is not between low and high",
      })
  void aBarThatMakesNoSenseIsNamed(String row, String message) throws IOException {
    Path file = file(START + row + "\n");
    assertThatThrownBy(() -> CandleSeries.read(file))
        .isInstanceOf(ObjectiveSetupException.class)
        .hasMessage("candles %s, line 3: %s".formatted(file, message));
  }

  @Test
  void aFileWithoutBarsIsRefused() throws IOException {
    Path file = file("timestamp,open,high,low,close\n");
    assertThatThrownBy(() -> CandleSeries.read(file))
        .hasMessage("candles %s, line 1: has no bars, expected at least one".formatted(file));
    Path empty = file("");
    assertThatThrownBy(() -> CandleSeries.read(empty)).hasMessageContaining("no column timestamp");
    assertThatThrownBy(() -> CandleSeries.read(folder.resolve("none.csv")))
        .isInstanceOf(ObjectiveSetupException.class)
        .hasMessageStartingWith("cannot read the candles " + folder.resolve("none.csv"));
  }
}
