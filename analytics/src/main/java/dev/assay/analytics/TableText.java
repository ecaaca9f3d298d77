package dev.assay.analytics;

import dev.assay.storage.PrintableText;
import java.io.IOException;
import java.io.Writer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A result as a table for people. */
final class TableText {
  private static final int ROWS_FOR_WIDTHS = 1000;

  private final Cells cells;
  private final Writer out;

  TableText(Cells cells, Writer out) {
    this.cells = cells;
    this.out = out;
  }

  long rows(ResultSet result) throws SQLException, IOException {
    TextTable table = new TextTable(cells.names().stream().map(PrintableText::of).toList());
    while (table.size() < ROWS_FOR_WIDTHS && result.next()) {
      table.add(row());
    }
    for (String line : table.lines()) {
      line(line);
    }
    long rows = table.size();
    if (rows == ROWS_FOR_WIDTHS) {
      TextTable.Layout layout = table.layout();
      for (; result.next(); rows++) {
        line(layout.line(row()));
      }
    }
    line(rows == 1 ? "(1 row)" : "(%d rows)".formatted(rows));
    return rows;
  }

  private List<String> row() throws SQLException {
    List<String> row = new ArrayList<>();
    for (String text : ResultFormat.texts(cells)) {
      String cell = text == null ? "NULL" : PrintableText.of(text);
      row.add(cells.names().size() == 1 ? cell : DisplayWidth.cut(cell));
    }
    return row;
  }

  private void line(String line) throws IOException {
    out.write(line);
    out.write('\n');
  }
}
