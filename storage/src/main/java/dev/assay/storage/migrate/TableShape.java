package dev.assay.storage.migrate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How DuckDB reads a table, all cells as texts.
 *
 * @param kind what the table is, as the report calls it
 * @param relation what to select from, with the bracket of its last argument still open
 * @param expressions a text for each column
 * @param columns the names, all different, also without regard to case; an empty one is a column
 *     that is left out
 * @param kinds what the columns are; null where the cells tell it
 * @param notes what a reader of the report should know
 */
record TableShape(
    String kind,
    String relation,
    List<String> expressions,
    List<String> columns,
    @Nullable List<CellKind> kinds,
    List<String> notes) {

  /** DuckDB's types of whole numbers. */
  private static final Set<String> NUMBERS =
      Set.of(
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT");

  /** A column of a Parquet file, with its type as DuckDB names it. */
  record Typed(String name, String type) {}

  /** A CSV file: the text of the file decides on delimiter and columns, nothing is sampled. */
  static TableShape ofCsv(Path file) throws IOException, UnreadableDocumentException {
    CsvHeader header = CsvHeader.of(file);
    List<String> notes = new ArrayList<>();
    List<String> columns = distinct(header.names(), notes);
    StringJoiner types = new StringJoiner(", ", "{", "}");
    List<String> expressions = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      types.add("c%d: 'VARCHAR'".formatted(i));
      expressions.add("c" + i);
    }
    String relation =
        ("read_csv(%s, auto_detect = false, header = true, columns = %s, delim = '%s', quote ="
                + " '\"', escape = '\"', comment = '', compression = '%s',"
                + " hive_partitioning = false, filename = false, ignore_errors = true")
            .formatted(
                literal(file),
                types,
                header.delimiter(),
                TableFile.isCompressed(file) ? "gzip" : "none");
    return new TableShape("csv-table", relation, expressions, columns, null, notes);
  }

  static TableShape ofParquet(Path file, List<Typed> typed) {
    List<String> notes = new ArrayList<>();
    List<String> columns = distinct(typed.stream().map(Typed::name).toList(), notes);
    List<String> expressions = new ArrayList<>();
    List<CellKind> kinds = new ArrayList<>();
    for (Typed column : typed) {
      String name = name(column);
      CellKind kind = kindOf(column.type());
      kinds.add(kind);
      expressions.add(
          switch (kind) {
            case NESTED -> "to_json(%s)::VARCHAR".formatted(name);
            case REAL -> "%s::DOUBLE::VARCHAR".formatted(name);
            default -> "%s::VARCHAR".formatted(name);
          });
    }
    return new TableShape(
        "parquet-table", parquetRelation(file), expressions, columns, kinds, notes);
  }

  /** The relation of a Parquet file. */
  static String parquetRelation(Path file) {
    return "read_parquet(%s, hive_partitioning = false, filename = false".formatted(literal(file));
  }

  /** A file of JSON objects, a line each; every member is a column. */
  static TableShape ofJsonLines(Path file, List<Typed> typed) {
    List<String> notes = new ArrayList<>();
    List<String> columns = distinct(typed.stream().map(Typed::name).toList(), notes);
    List<String> expressions =
        typed.stream()
            .map(column -> "nullif(%s::VARCHAR, 'null')".formatted(name(column)))
            .toList();
    List<CellKind> kinds = Collections.nCopies(columns.size(), CellKind.NESTED);
    return new TableShape(
        "json-lines-table", linesRelation(file), expressions, columns, kinds, notes);
  }

  /** The relation of a file of JSON lines, in which all columns are JSON. */
  static String linesRelation(Path file) {
    return ("read_json(%s, format = 'newline_delimited', records = 'true', maximum_depth = 1,"
            + " sample_size = -1, compression = '%s', hive_partitioning = false, filename = false")
        .formatted(literal(file), compression(file));
  }

  private static String compression(Path file) {
    return TableFile.isCompressed(file) ? "gzip" : "uncompressed";
  }

  private static String name(Typed column) {
    return "\"" + column.name().replace("\"", "\"\"") + "\"";
  }

  private static CellKind kindOf(String type) {
    if (NUMBERS.contains(type) || type.matches("DECIMAL\\(\\d+,0\\)")) {
      return CellKind.WHOLE;
    }
    if (type.equals("DOUBLE") || type.equals("FLOAT") || type.startsWith("DECIMAL")) {
      return CellKind.REAL;
    }
    if (type.equals("BOOLEAN")) {
      return CellKind.TRUTH;
    }
    boolean nested =
        type.endsWith("]")
            || type.startsWith("STRUCT")
            || type.startsWith("MAP")
            || type.startsWith("UNION")
            || type.equals("JSON")
            || type.equals("VARIANT");
    return nested ? CellKind.NESTED : CellKind.TEXT;
  }

  /** A first column without a name is an index, and is left out. */
  private static List<String> distinct(List<String> names, List<String> notes) {
    List<String> distinct = new ArrayList<>();
    Set<String> folded = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isEmpty() && i == 0 && names.size() > 1) {
        notes.add("the first column has no name; it is taken for an index and left out");
        distinct.add("");
        continue;
      }
      String base = name.isEmpty() ? "column_" + (i + 1) : name;
      String free = base;
      for (int n = 2; !folded.add(free.toLowerCase(Locale.ROOT)); n++) {
        free = base + "_" + n;
      }
      if (!free.equals(name)) {
        notes.add(
            "column %d is called '%s' here: %s"
                .formatted(
                    i + 1,
                    free,
                    name.isEmpty() ? "it has no name" : "'%s' is there before".formatted(name)));
      }
      distinct.add(free);
    }
    return distinct;
  }

  /** A path as SQL writes it. DuckDB takes no wildcards in the name of a file that is there. */
  static String literal(Path file) {
    return "'" + file.toString().replace("'", "''") + "'";
  }
}
