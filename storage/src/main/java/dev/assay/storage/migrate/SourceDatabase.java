package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * A SQLite database of another program, to be read. Nothing is written to its file or beside it:
 * where a writer has left a log, the database is copied together with it and the copy is read; else
 * it is read in place, without locks. Not safe to share between threads.
 */
public final class SourceDatabase implements AutoCloseable {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final List<String> LOGS = List.of("-wal", "-journal");
  private static final int COPY_ATTEMPTS = 3;

  private final Path file;
  private final String stamp;
  private final Connection connection;
  private final @Nullable Copy copy;

  private SourceDatabase(Path file, String stamp, Connection connection, @Nullable Copy copy) {
    this.file = file;
    this.stamp = stamp;
    this.connection = connection;
    this.copy = copy;
  }

  /**
   * Where a copy is.
   *
   * @param whole whether nobody wrote while it was made
   */
  private record Copy(Path directory, boolean whole) {}

  /** Whether a file is a SQLite database, by its first bytes. */
  public static boolean isDatabase(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /**
   * Opens a database.
   *
   * @param longestValue in bytes: a longer one ends the query that reads it with an error
   * @throws IOException where the file cannot be read
   */
  public static SourceDatabase open(Path file, long longestValue) throws IOException, SQLException {
    String stamp = stampOf(file);
    if (!hasLog(file)) {
      Connection connection =
          connect("jdbc:sqlite:file:%s?immutable=1".formatted(uriPath(file)), longestValue, true);
      return new SourceDatabase(file, stamp, connection, null);
    }
    return openCopy(file, longestValue);
  }

  /** As {@link #open}, but reads a copy in any case: others may write to the file meanwhile. */
  public static SourceDatabase openCopy(Path file, long longestValue)
      throws IOException, SQLException {
    Path directory = Files.createTempDirectory("assay-source");
    try {
      Path copy = directory.resolve("copy.db");
      String stamp = "";
      boolean whole = false;
      for (int attempt = 1; attempt <= COPY_ATTEMPTS && !whole; attempt++) {
        stamp = stampOf(file);
        copy(file, copy);
        whole = stamp.equals(stampOf(file));
      }
      Connection connection = connect("jdbc:sqlite:file:" + uriPath(copy), longestValue, false);
      return new SourceDatabase(file, stamp, connection, new Copy(directory, whole));
    } catch (IOException | SQLException | RuntimeException e) {
      delete(directory);
      throw e;
    }
  }

  /**
   * As a URI, because the driver takes a question mark in a plain path for the start of options.
   */
  private static String uriPath(Path file) {
    return file.toUri().getRawPath();
  }

  private static Connection connect(String url, long longestValue, boolean readOnly)
      throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setPragma(SQLiteConfig.Pragma.LIMIT_LENGTH, Long.toString(longestValue));
    return config.createConnection(url);
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static boolean hasLog(Path file) {
    return LOGS.stream().anyMatch(suffix -> Files.isRegularFile(beside(file, suffix)));
  }

  private static void copy(Path file, Path copy) throws IOException {
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    for (String suffix : LOGS) {
      Path log = beside(file, suffix);
      Path logCopy = beside(copy, suffix);
      if (Files.isRegularFile(log)) {
        Files.copy(log, logCopy, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(logCopy);
      }
    }
  }

  /** Size and time of a database and of its logs: where they are as before, so is the content. */
  private static String stampOf(Path file) throws IOException {
    StringJoiner stamp = new StringJoiner(" ");
    stamp.add(look(file));
    for (String suffix : LOGS) {
      try {
        stamp.add(suffix + " " + look(beside(file, suffix)));
      } catch (NoSuchFileException e) {
        // Nobody has left one.
      }
    }
    return stamp.toString();
  }

  private static String look(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return attributes.size() + " " + attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
  }

  /** For this database alone. */
  public Connection connection() {
    return connection;
  }

  /** Size and time of the database and of its logs when it was opened. */
  public String stamp() {
    return stamp;
  }

  /**
   * Whether what was read until now may be of different moments: somebody wrote to the file that is
   * read, or while it was copied.
   */
  public boolean isTorn() {
    if (copy != null) {
      return !copy.whole();
    }
    try {
      return !stamp.equals(stampOf(file));
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.close();
    } finally {
      if (copy != null) {
        delete(copy.directory());
      }
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the copies in " + directory, e);
    }
  }
}
