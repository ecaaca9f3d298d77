package dev.assay.storage.optuna;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table that belong to the trials of a study, in the order of the trials: one row
 * ahead is all that is held. Not safe to share between threads.
 */
final class ChildRows<T> implements AutoCloseable {
  /** So many rows are fetched together at first where the driver asks a server. */
  private static final int FETCH = 20;

  private final PreparedStatement statement;
  private final ResultSet rows;
  private final Reader<T> reader;
  private boolean more;

  /** Makes something of a row, whose first column is the trial's id; null leaves the row out. */
  @FunctionalInterface
  interface Reader<T> {
    @Nullable T read(ResultSet row, Column column) throws SQLException;
  }

  /**
   * @param columns of {@code c}, the table
   * @param order by which a trial's rows are ordered
   */
  ChildRows(
      Connection connection,
      TrialRange range,
      String table,
      String columns,
      String order,
      Reader<T> reader)
      throws SQLException {
    this.reader = reader;
    statement =
        connection.prepareStatement(
            "SELECT c.trial_id, %s FROM trials t JOIN %s c ON c.trial_id = t.trial_id WHERE t.study_id = ? AND t.trial_id BETWEEN ? AND ? ORDER BY t.trial_id, %s"
                .formatted(columns, table, order));
    statement.setFetchSize(FETCH);
    statement.setLong(1, range.study());
    statement.setLong(2, range.first());
    statement.setLong(3, range.last());
    rows = statement.executeQuery();
    more = rows.next();
  }

  /** The trial of the next row; null where there are no more. */
  @Nullable Long nextTrial() throws SQLException {
    return more ? (Long) rows.getLong(1) : null;
  }

  /** The rows of this trial; the trials come in the order of their ids. */
  List<T> of(long trialId, Map<String, String> unreadable) throws SQLException {
    List<T> found = new ArrayList<>();
    Column column = new Column(rows, unreadable);
    while (more && rows.getLong(1) <= trialId) {
      if (rows.getLong(1) == trialId) {
        T one = reader.read(rows, column);
        if (one != null) {
          found.add(one);
        }
      }
      more = rows.next();
    }
    return found;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
