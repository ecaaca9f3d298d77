package dev.assay.engine.objective;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Prices by bar, oldest first, bar 0 on. Never changes, so that threads share it.
 *
 * <p>Read from CSV with a header that has {@code timestamp} (ISO 8601 in UTC, such as {@code
 * 2025-01-01T00:00:00Z}), {@code open}, {@code high}, {@code low} and {@code close}, in any order
 * and among any others.
 */
final class CandleSeries {
  private static final List<String> COLUMNS = List.of("timestamp", "open", "high", "low", "close");

  private final double[] open;
  private final double[] high;
  private final double[] low;
  private final double[] close;

  /** The arrays are as long as each other, and are not changed after. */
  CandleSeries(double[] open, double[] high, double[] low, double[] close) {
    this.open = open;
    this.high = high;
    this.low = low;
    this.close = close;
  }

  /** How many bars there are. */
  int size() {
    return close.length;
  }

  double open(int bar) {
    return open[bar];
  }

  double high(int bar) {
    return high[bar];
  }

  double low(int bar) {
    return low[bar];
  }

  double close(int bar) {
    return close[bar];
  }

  /**
   * Reads a file.
   *
   * @throws ObjectiveSetupException when it cannot be read, has no bars, or a bar makes no sense;
   *     the message names the file and the line
   */
  static CandleSeries read(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return new Reading(file).all(reader);
    } catch (IOException problem) {
      throw new ObjectiveSetupException(
          "cannot read the candles %s: %s".formatted(file, problem), problem);
    }
  }

  private static final class Reading {
    private final Path file;
    private final List<double[]> bars = new ArrayList<>();
    private long line = 1;
    private Instant last = Instant.MIN;

    Reading(Path file) {
      this.file = file;
    }

    CandleSeries all(BufferedReader reader) throws IOException {
      String header = reader.readLine();
      int[] columns = columns(header == null ? "" : header);
      for (String row = reader.readLine(); row != null; row = reader.readLine()) {
        line++;
        if (!row.isBlank()) {
          bars.add(bar(row.split(",", -1), columns));
        }
      }
      if (bars.isEmpty()) {
        throw problem("has no bars, expected at least one");
      }
      return new CandleSeries(column(0), column(1), column(2), column(3));
    }

    private int[] columns(String header) {
      List<String> names = List.of(header.strip().split(","));
      int[] columns = COLUMNS.stream().mapToInt(names::indexOf).toArray();
      for (int i = 0; i < columns.length; i++) {
        if (columns[i] < 0) {
          throw problem("has no column %s, found %s".formatted(COLUMNS.get(i), header));
        }
      }
      return columns;
    }

    private double[] bar(String[] cells, int[] columns) {
      Instant time = time(cell(cells, columns[0]));
      if (!time.isAfter(last)) {
        throw problem("has %s after %s, expected a later time".formatted(time, last));
      }
      last = time;
      double[] bar = new double[columns.length - 1];
      for (int i = 0; i < bar.length; i++) {
        bar[i] = price(cell(cells, columns[i + 1]), COLUMNS.get(i + 1));
      }
      boolean bounded = bar[2] <= Math.min(bar[0], bar[3]) && bar[1] >= Math.max(bar[0], bar[3]);
      if (!bounded) {
        throw problem("has an open or a close that is not between low and high");
      }
      return bar;
    }

    private String cell(String[] cells, int column) {
      if (column >= cells.length) {
        throw problem("has %d cells, expected at least %d".formatted(cells.length, column + 1));
      }
      return cells[column].strip();
    }

    private Instant time(String cell) {
      try {
        return Instant.parse(cell);
      } catch (DateTimeParseException notTime) {
        throw problem(
            "has the timestamp '%s', expected one such as 2025-01-01T00:00:00Z".formatted(cell));
      }
    }

    private double price(String cell, String name) {
      try {
        double price = Double.parseDouble(cell);
        if (price > 0 && price < Double.POSITIVE_INFINITY) {
          return price;
        }
      } catch (NumberFormatException notNumber) {
        // Told below, with the line.
      }
      throw problem("has the %s '%s', expected a price above 0".formatted(name, cell));
    }

    private ObjectiveSetupException problem(String is) {
      return new ObjectiveSetupException("candles %s, line %d: %s".formatted(file, line, is));
    }

    private double[] column(int index) {
      return bars.stream().mapToDouble(bar -> bar[index]).toArray();
    }
  }
}
