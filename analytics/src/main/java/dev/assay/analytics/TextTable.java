package dev.assay.analytics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Aligned columns of text; those of numbers stand to the right. */
final class TextTable {
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9][0-9_.,]*([eE][-+]?[0-9]+)?|NaN|-?Infinity|NULL|");

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(List<String> header) {
    this.header = List.copyOf(header);
  }

  void add(List<String> row) {
    rows.add(List.copyOf(row));
  }

  int size() {
    return rows.size();
  }

  /** The header, a rule, and the rows. */
  List<String> lines() {
    Layout layout = layout();
    List<String> lines = new ArrayList<>(rows.size() + 2);
    lines.add(layout.line(header));
    lines.add(layout.rule());
    rows.forEach(row -> lines.add(layout.line(row)));
    return lines;
  }

  /** The widths that fit the header and the rows so far. */
  Layout layout() {
    int[] widths = new int[header.size()];
    boolean[] numbers = new boolean[header.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = DisplayWidth.of(header.get(i));
      numbers[i] =
          !rows.isEmpty()
              && rows.stream().allMatch(row -> NUMBER.matcher(row.get(column)).matches());
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], DisplayWidth.of(row.get(i)));
      }
    }
    return new Layout(widths, numbers);
  }

  /** Lays out one line. */
  static final class Layout {
    private final int[] widths;
    private final boolean[] numbers;

    private Layout(int[] widths, boolean[] numbers) {
      this.widths = widths;
      this.numbers = numbers;
    }

    String line(List<String> cells) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = cells.get(i);
        line.append(i == 0 ? " " : " │ ")
            .append(
                numbers[i]
                    ? DisplayWidth.padLeft(cell, widths[i])
                    : DisplayWidth.padRight(cell, widths[i]));
      }
      return line.toString().stripTrailing();
    }

    String rule() {
      StringBuilder rule = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        rule.append(i == 0 ? "" : "┼").append("─".repeat(widths[i] + 2));
      }
      return rule.toString();
    }
  }
}
