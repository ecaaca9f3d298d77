package dev.assay.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads parts back: parquet-java cannot without Hadoop, DuckDB can. A private in-memory database is
 * opened at the first question, which takes half a second in a new JVM; it has no thread of its own
 * and no temporary file, and each answer is streamed over a session of its own.
 *
 * <p>Every method throws a {@link StoreException} that names the part which is missing or cannot be
 * read. Safe to share between threads.
 */
final class PartReader implements AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(PartReader.class);

  /** Enough for a row group of 64 MB, and for a trial of 250 MB. */
  private static final String MEMORY_LIMIT = "1GB";

  /** What the records of a row group may come to, in bytes, where it has more than one row. */
  private static final long MAX_GROUP_BYTES = 256L << 20;

  /** All that the driver tells of a streamed answer that fails before its first row. */
  private static final String LOST = "Invalid result set";

  private final Set<PartRows<?>> open = ConcurrentHashMap.newKeySet();
  private @Nullable DuckDBConnection database;
  private boolean closed;

  /** A row of a part of trials. */
  record TrialRow(long id, long number, String record) {
    /** As bytes, because the driver makes texts out of them at a quarter of the speed. */
    private static final String COLUMNS = "trial_id, number, encode(record)";

    private static TrialRow read(ResultSet row) throws SQLException {
      return new TrialRow(
          row.getLong(1), row.getLong(2), new String(row.getBytes(3), StandardCharsets.UTF_8));
    }

    FrozenTrial trial() throws SQLException {
      return Records.read(record);
    }
  }

  /**
   * A row of a part of files, without its content: a whole file, or a piece of one.
   *
   * @param path relative to the run's directory, with forward slashes
   * @param trialFile null as well in every piece but the first
   * @param size the whole file's, in bytes
   * @param sha256 the whole file's; null in every piece but the first
   * @param piece from 0
   * @param pieces how many the file has; 1 where the row is a whole file
   */
  record FileRow(
      String path,
      @Nullable String trialFile,
      long size,
      @Nullable String sha256,
      int piece,
      int pieces) {
    static final String COLUMNS = "path, trial_file, size, sha256, piece, pieces";

    static FileRow read(ResultSet row) throws SQLException {
      int piece = row.getInt(5);
      int pieces = row.getInt(6);
      if (piece < 0 || piece >= pieces) {
        throw new SQLException("piece %d of %d of a file".formatted(piece, pieces));
      }
      return new FileRow(
          row.getString(1), row.getString(2), row.getLong(3), row.getString(4), piece, pieces);
    }

    /** Where in the file the row's content begins. */
    long begin() {
      return size / pieces * piece + size % pieces * piece / pieces;
    }

    /** Where it ends. */
    long end() {
      return isLast() ? size : piece(piece + 1, pieces).begin();
    }

    boolean isFirst() {
      return piece == 0;
    }

    boolean isLast() {
      return piece == pieces - 1;
    }

    /** A piece of the same file. */
    FileRow piece(int number, int of) {
      return new FileRow(
          path, number == 0 ? trialFile : null, size, number == 0 ? sha256 : null, number, of);
    }
  }

  /** The least and the greatest number, or id, of a part's trials. */
  record Numbers(Path part, long first, long last) {}

  /** A column, with its type as DuckDB names it. */
  record Column(String name, String type) {}

  /** What a part's footer says. */
  record Footer(long rows, List<Column> columns, Map<String, String> metadata) {}

  /** The trials of a part from this number on, ascending. */
  PartRows<TrialRow> trials(Path part, long fromNumber) {
    requireBounded(part);
    return rows(part, TrialRow.COLUMNS, "number >= " + fromNumber, TrialRow::read);
  }

  /** The files of a part of the archive; {@link ArchiveFiles} has their contents too. */
  PartRows<FileRow> files(Path part) {
    return rows(part, FileRow.COLUMNS, "true", FileRow::read);
  }

  /** How much content a part of files has, in bytes. */
  long contentBytes(Path part) {
    return all(
            part,
            "SELECT coalesce(sum(size), 0)::BIGINT FROM read_parquet(%s, hive_partitioning = false) "
                    .formatted(literal(part))
                + "WHERE piece = 0",
            row -> row.getLong(1))
        .get(0);
  }

  /** The contents of some files of a part, all of which the heap must have room for. */
  PartRows<ByteBuffer> contents(Path part, long firstRow, long lastRow) {
    return rows(
        part,
        "CASE WHEN octet_length(content) = (size // pieces) * (piece + 1) "
            + "+ (size % pieces) * (piece + 1) // pieces - (size // pieces) * piece "
            + "- (size % pieces) * piece // pieces THEN content "
            + "ELSE error(path || ' is not as long as it says') END",
        "file_row_number BETWEEN %d AND %d".formatted(firstRow, lastRow),
        row -> ByteBuffer.wrap(row.getBytes(1)));
  }

  /**
   * The rows of a part for which a condition holds.
   *
   * @param columns SQL expressions over the part's columns, with commas
   * @param condition SQL over the part's columns
   */
  <T> PartRows<T> rows(Path part, String columns, String condition, Statements.Row<T> row) {
    requireFile(part);
    return stream(
        part,
        "SELECT %s FROM read_parquet(%s, hive_partitioning = false, file_row_number = true) WHERE %s"
            .formatted(columns, literal(part), condition),
        row);
  }

  /** The trial of that number, which is in at most one of the parts; null where in none. */
  @Nullable TrialRow find(Collection<Path> parts, long number) {
    for (Numbers numbers : numbers(parts)) {
      if (numbers.first() <= number && number <= numbers.last()) {
        try (PartRows<TrialRow> rows =
            rows(numbers.part(), TrialRow.COLUMNS, "number = " + number, TrialRow::read)) {
          TrialRow found = rows.next();
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }

  /** In which part a trial is, and its number. */
  record Found(Path part, long number) {}

  /** Where the trial of that id is; null where it is in none of the parts. */
  @Nullable Found findId(Collection<Path> parts, long trialId) {
    for (Numbers ids : spans(parts, "trial_id")) {
      if (ids.first() <= trialId && trialId <= ids.last()) {
        try (PartRows<Found> rows =
            rows(
                ids.part(),
                "number",
                "trial_id = " + trialId,
                row -> new Found(ids.part(), row.getLong(1)))) {
          Found found = rows.next();
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }

  /** Which numbers each part of trials spans, by its footer; those without a row are left out. */
  List<Numbers> numbers(Collection<Path> parts) {
    return spans(parts, "number");
  }

  private List<Numbers> spans(Collection<Path> parts, String column) {
    List<Numbers> spans = new ArrayList<>();
    if (parts.isEmpty()) {
      return spans;
    }
    parts.forEach(PartReader::requireFile);
    Map<String, Path> byText = new HashMap<>();
    parts.forEach(part -> byText.put(text(part), part));
    String sql =
        "SELECT file_name, min(stats_min_value::BIGINT), max(stats_max_value::BIGINT) "
            + "FROM parquet_metadata([%s]) WHERE path_in_schema = '%s' GROUP BY ALL";
    String files = parts.stream().map(PartReader::literal).collect(Collectors.joining(", "));
    Path any = parts.iterator().next();
    try (PartRows<Numbers> rows =
        stream(
            any,
            sql.formatted(files, column),
            row ->
                new Numbers(
                    byText.getOrDefault(row.getString(1), any), row.getLong(2), row.getLong(3)))) {
      for (Numbers next = rows.next(); next != null; next = rows.next()) {
        spans.add(next);
      }
    } catch (StoreException e) {
      if (parts.size() > 1) {
        // One of them is broken: asked one by one, it is the one that is named.
        parts.forEach(part -> spans(List.of(part), column));
      }
      throw e;
    }
    return spans;
  }

  /** Rows, columns and metadata of a part, by its footer. */
  Footer footer(Path part) {
    requireFile(part);
    List<Long> rows =
        all(
            part,
            "SELECT num_rows FROM parquet_file_metadata(%s)".formatted(literal(part)),
            row -> row.getLong(1));
    List<Column> columns =
        all(
            part,
            "DESCRIBE SELECT * FROM read_parquet(%s, hive_partitioning = false)"
                .formatted(literal(part)),
            row -> new Column(row.getString(1), row.getString(2)));
    Map<String, String> metadata = new LinkedHashMap<>();
    all(
        part,
        "SELECT decode(key), decode(value) FROM parquet_kv_metadata(%s)".formatted(literal(part)),
        row -> metadata.put(row.getString(1), row.getString(2)) == null);
    return new Footer(rows.get(0), columns, metadata);
  }

  private <T> List<T> all(Path part, String sql, Statements.Row<T> row) {
    List<T> all = new ArrayList<>();
    try (PartRows<T> rows = stream(part, sql, row)) {
      for (T next = rows.next(); next != null; next = rows.next()) {
        all.add(next);
      }
    }
    return all;
  }

  private <T> PartRows<T> stream(Path part, String sql, Statements.Row<T> row) {
    try {
      DuckDBConnection session = session();
      try {
        PartRows<T> rows = new PartRows<>(part, session, sql, row, open::remove);
        open.add(rows);
        return rows;
      } catch (SQLException e) {
        session.close();
        throw e;
      }
    } catch (SQLException e) {
      throw unreadable(part, e);
    }
  }

  private synchronized DuckDBConnection session() throws SQLException {
    if (closed) {
      throw new StoreException("the store is closed; open it again");
    }
    DuckDBConnection known = database;
    if (known == null) {
      known = connect();
      database = known;
    }
    return known.duplicate().unwrap(DuckDBConnection.class);
  }

  private static DuckDBConnection connect() throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    // Nothing is fetched from the network: an offline look-up would stall for seconds.
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("memory_limit", MEMORY_LIMIT);
    settings.setProperty("temp_directory", "");
    // The thread that asks reads by itself: no row group is taken in before it is wanted.
    settings.setProperty("threads", "1");
    return DriverManager.getConnection("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
  }

  /**
   * The driver takes some thousand rows at a time into the heap: a row group that was made to grow
   * there is refused before it is read. Where a dictionary stands for the values, each may be as
   * large as all of it.
   */
  private void requireBounded(Path part) {
    requireFile(part);
    List<Long> sizes =
        all(
            part,
            ("SELECT total_uncompressed_size::DOUBLE "
                    + "* CASE WHEN contains(encodings, 'DICT') THEN num_values ELSE 1 END "
                    + "FROM parquet_metadata(%s) "
                    + "WHERE path_in_schema = 'record' AND num_values > 1")
                .formatted(literal(part)),
            row -> (long) row.getDouble(1));
    for (long size : sizes) {
      if (size > MAX_GROUP_BYTES) {
        throw new StoreException(
            "cannot read %s: the records of a row group may come to %d bytes, expected at most %d; it is not as it was written, put back a copy of the file"
                .formatted(part, size, MAX_GROUP_BYTES));
      }
    }
  }

  private static void requireFile(Path part) {
    if (!Files.isRegularFile(part)) {
      throw new StoreException(
          "%s is missing, and the store names it; put back a copy of the file; 'assay verify' names all that is damaged"
              .formatted(part));
    }
  }

  static StoreException unreadable(Path part, SQLException e) {
    String message = String.valueOf(e.getMessage());
    String reason =
        message.contains(LOST)
            ? "it is damaged, or a row of it is too large to read"
            : message.replaceFirst("(?s)\\R.*", "").replace("java.sql.SQLException: ", "");
    return new StoreException(
        "cannot read %s: %s; put back a copy of the file; 'assay verify' names all that is damaged"
            .formatted(part, reason),
        e);
  }

  private static String text(Path part) {
    return part.toAbsolutePath().toString();
  }

  /** A path as SQL writes it. DuckDB takes no wildcards in the name of a file that is there. */
  private static String literal(Path part) {
    return "'" + text(part).replace("'", "''") + "'";
  }

  /** Ends what is still being read; whoever reads it gets a StoreException. */
  @Override
  public void close() {
    DuckDBConnection known;
    synchronized (this) {
      closed = true;
      known = database;
      database = null;
    }
    open.forEach(PartRows::close);
    try {
      if (known != null) {
        known.close();
      }
    } catch (SQLException e) {
      throw new StoreException("cannot close the reader of the lake: " + e.getMessage(), e);
    }
  }
}
