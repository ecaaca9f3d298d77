package dev.assay.storage.migrate;

import dev.assay.storage.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The legacy dedup guard, {@code _dedup.db} in a run's folder. */
public final class GuardDatabase {
  /** How the file is called in a run's folder. */
  public static final String NAME = "_dedup.db";

  private static final int BATCH = 10_000;

  /** The longest value that SQLite makes for us, in bytes: a column may be computed. */
  private static final int LONGEST_VALUE = 1 << 20;

  /** A view or a virtual table may have rows without end. */
  private static final String IS_TABLE =
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 "
          + "AND name = 'dedup_signatures' COLLATE NOCASE";

  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");

  private GuardDatabase() {}

  /**
   * Gives the signatures of a guard to {@code batches}, some thousands at a time. The file is not
   * written to.
   *
   * @return how many rows are no signature and were left out
   * @throws StoreException when the file is not a guard
   */
  public static long signatures(Path database, Consumer<List<String>> batches) {
    try {
      return read(database, batches);
    } catch (UnreadableDocumentException e) {
      throw new StoreException("%s: %s".formatted(database, e.reason()), e);
    }
  }

  /**
   * Gives the signatures to {@code batches}, up to {@value #BATCH} at a time.
   *
   * @return how many rows are no signature and were left out
   * @throws UnreadableDocumentException when the file is not a guard
   */
  static long read(Path database, Consumer<List<String>> batches)
      throws UnreadableDocumentException {
    try (SourceDatabase source = SourceDatabase.open(database, LONGEST_VALUE)) {
      return read(source.connection(), batches);
    } catch (SQLException e) {
      throw new UnreadableDocumentException(
          "not a guard database with the table dedup_signatures: " + e.getMessage());
    } catch (IOException e) {
      throw new UnreadableDocumentException("cannot be read: " + RunListing.text(e));
    }
  }

  private static long read(Connection connection, Consumer<List<String>> batches)
      throws SQLException {
    long left = 0;
    List<String> batch = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      requireTable(statement);
      ResultSet rows = statement.executeQuery("SELECT sig FROM dedup_signatures");
      while (rows.next()) {
        String signature = rows.getString(1);
        if (signature == null || !SIGNATURE.matcher(signature).matches()) {
          left++;
          continue;
        }
        batch.add(signature);
        if (batch.size() == BATCH) {
          batches.accept(List.copyOf(batch));
          batch.clear();
        }
      }
    }
    if (!batch.isEmpty()) {
      batches.accept(List.copyOf(batch));
    }
    return left;
  }

  private static void requireTable(Statement statement) throws SQLException {
    try (ResultSet count = statement.executeQuery(IS_TABLE)) {
      if (!count.next() || count.getLong(1) != 1) {
        throw new SQLException("dedup_signatures is no table");
      }
    }
  }
}
