package dev.assay.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The tables of a page that says what a store or a session holds. */
final class FormatPage {
  private final String file;
  private final List<String> lines;

  /**
   * @param file relative to the project's root
   */
  FormatPage(String file) throws IOException {
    this.file = file;
    lines = Files.readAllLines(Launcher.ROOT.resolve(file));
  }

  /** The rows of the table below a heading, cell by cell, without marks of code. */
  List<List<String>> table(String heading) {
    int from = lines.indexOf(heading);
    if (from < 0) {
      throw new AssertionError("%s has no heading '%s'".formatted(file, heading));
    }
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(from + 1, lines.size())) {
      if (line.startsWith("#")) {
        break;
      }
      if (line.startsWith("|")) {
        rows.add(cells(line));
      }
    }
    // The first two are the table's head and the line below it.
    return rows.subList(2, rows.size());
  }

  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.length() - 1).split("\\|", -1))
        .map(cell -> cell.replace("`", "").strip())
        .toList();
  }
}
