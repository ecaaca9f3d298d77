package dev.assay.storage.optuna;

import dev.assay.storage.migrate.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where Optuna keeps studies. */
sealed interface OptunaSource {
  /** What the source is, for the report. */
  String kind();

  /** Its absolute path, or its address without credentials. */
  String name();

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
    /** What a JVM of this size can hold of one value beside everything else. */
    private static final int HEAP_SHARE = 16;

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
      long longest = Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
      SourceDatabase opened =
          again ? SourceDatabase.openCopy(file, longest) : SourceDatabase.open(file, longest);
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
    public boolean isTorn() {
      return file.isTorn();
    }

    @Override
    public void close() throws SQLException {
      file.close();
    }
  }
}
