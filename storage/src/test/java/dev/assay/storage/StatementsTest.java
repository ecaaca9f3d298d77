package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatementsTest {
  @TempDir Path directory;

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("x.db"));
    LiveDatabase.execute(connection, "PRAGMA busy_timeout = 0");
    return connection;
  }

  @Test
  void statementThatFailedWorksAgain() throws Exception {
    try (Connection one = connect();
        Connection two = connect();
        Statements holder = new Statements(one);
        Statements waiting = new Statements(two)) {
      holder.update("CREATE TABLE t (x INTEGER)");
      holder.update("BEGIN IMMEDIATE");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> waiting.update("BEGIN IMMEDIATE"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("SQLITE_BUSY");
        assertThatThrownBy(() -> waiting.number("INSERT INTO t VALUES (1) RETURNING x"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("SQLITE_BUSY");
        assertThatThrownBy(() -> waiting.update("ROLLBACK"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("no transaction");
      }
      holder.update("COMMIT");
      waiting.update("BEGIN IMMEDIATE");
      assertThat(waiting.number("INSERT INTO t VALUES (1) RETURNING x")).isEqualTo(1);
      waiting.update("ROLLBACK");
      assertThat(holder.number("SELECT count(*) FROM t")).isZero();
    }
  }
}
