package dev.assay.storage.optuna;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.SourceDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where Optuna keeps studies. */
sealed interface OptunaSource {
  /** What the source is, for the report. */
  String kind();

  /** Its absolute path, or its URL without credentials. */
  String name();

  /** What a JVM of this size can hold of one value beside everything else, in bytes. */
  static long longestValue() {
    return Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 16);
  }

  /**
   * The source in a file.
   *
   * @param file its real path
   * @throws RefusedException where it is none
   */
  static OptunaSource of(Path file) throws IOException, RefusedException {
    if (SourceDatabase.isDatabase(file)) {
      return new SqliteFile(file);
    }
    if (JournalFile.isJournal(file)) {
      return new Journal(file);
    }
    throw new RefusedException(
        "neither a SQLite database nor an Optuna journal, by its first bytes; give a database or"
            + " journal of Optuna's, or a run's folder");
  }

  /**
   * Opens the source.
   *
   * @param again whether somebody wrote to it when it was read before
   * @throws RefusedException where it is no such source
   */
  OpenSource open(boolean again) throws IOException, SQLException, RefusedException;

  /**
   * A SQLite database.
   *
   * @param file its real path
   */
  record SqliteFile(Path file) implements OptunaSource {
    @Override
    public String kind() {
      return "optuna-rdb";
    }

    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public OpenSource open(boolean again) throws IOException, SQLException, RefusedException {
      if (!SourceDatabase.isDatabase(file)) {
        throw new RefusedException(
            "not a SQLite database: its first bytes are other ones; give Optuna's database, or put"
                + " back a copy of it");
      }
      SourceDatabase opened =
          again
              ? SourceDatabase.openCopy(file, longestValue())
              : SourceDatabase.open(file, longestValue());
      return new OpenFile(opened, Files.size(file));
    }
  }

  /** A database file that is being read. */
  record OpenFile(SourceDatabase file, long bytes) implements OpenSource {
    @Override
    public OptunaDatabase database() {
      return new OptunaDatabase(file.connection());
    }

    @Override
    public @Nullable String stamp() {
      return file.stamp();
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public boolean isTorn() {
      return file.isTorn();
    }

    @Override
    public void close() throws SQLException {
      file.close();
    }
  }

  /**
   * A journal file. What is appended while it is read comes in with the next migration.
   *
   * @param file its real path
   */
  record Journal(Path file) implements OptunaSource {
    @Override
    public String kind() {
      return "optuna-journal";
    }

    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public OpenSource open(boolean again) throws IOException, SQLException, RefusedException {
      long bytes = Files.size(file);
      String stamp = bytes + " " + Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
      Path directory = Files.createTempDirectory("assay-journal");
      Path database = directory.resolve("journal.db");
      try {
        ReplayDatabase replayed = new ReplayDatabase(database);
        try {
          JournalReplay replay = new JournalReplay(replayed);
          boolean isCut = JournalFile.read(file, longestValue(), replay);
          return new OpenJournal(replayed, database, stamp, bytes, findings(isCut, replay));
        } catch (IOException | RefusedException | RuntimeException e) {
          replayed.close();
          throw e;
        }
      } catch (IOException | SQLException | RefusedException | RuntimeException e) {
        Files.deleteIfExists(database);
        Files.deleteIfExists(directory);
        throw e;
      }
    }

    private static List<Finding> findings(boolean isCut, JournalReplay replay) {
      List<Finding> findings = new ArrayList<>(replay.leftOut());
      if (isCut) {
        findings.add(
            new Finding(
                Finding.Kind.NOTE,
                "",
                "the journal's last line has no end: somebody writes it, or was stopped; everything"
                    + " before it was read"));
      }
      replay
          .unknown()
          .forEach(
              (code, count) ->
                  findings.add(
                      new Finding(
                          Finding.Kind.SALVAGED,
                          "",
                          "%d operations have the op_code %d, which this version does not know; all others were read"
                              .formatted(count, code))));
      return findings;
    }
  }

  /** A journal that was replayed. */
  record OpenJournal(
      ReplayDatabase replayed, Path file, String stamp, long bytes, List<Finding> findings)
      implements OpenSource {
    @Override
    public OptunaDatabase database() {
      return new OptunaDatabase(replayed.connection());
    }

    @Override
    public boolean isTorn() {
      return false;
    }

    @Override
    public void close() throws SQLException {
      try {
        replayed.close();
        Files.deleteIfExists(file);
        Files.deleteIfExists(requireNonNull(file.getParent()));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + file, e);
      }
    }
  }

  /** A database on a server, as it is when it is opened. */
  record Server(DatabaseUrl url) implements OptunaSource {
    @Override
    public String kind() {
      return "optuna-rdb";
    }

    @Override
    public String name() {
      return url.toString();
    }

    @Override
    public OpenSource open(boolean again) throws SQLException, RefusedException {
      return new OpenServer(url.connect());
    }
  }

  /** A transaction on a server. Nothing tells its content unread. */
  record OpenServer(Connection connection) implements OpenSource {
    @Override
    public OptunaDatabase database() {
      return new OptunaDatabase(connection);
    }

    @Override
    public @Nullable String stamp() {
      return null;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public boolean isTorn() {
      return false;
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
