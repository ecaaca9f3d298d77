package dev.assay.analytics;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.Lock;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store as it was at one moment, for SQL through the views. Used by one thread at a time, but for
 * {@link #interrupt}.
 */
public final class Snapshot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

  private final DuckDBConnection connection;

  Snapshot(DuckDBConnection connection) {
    this.connection = connection;
  }

  /** The connection; its results stream. */
  public Connection connection() {
    return connection;
  }

  /**
   * Ends what runs here now, which fails in the thread that runs it. From any thread, and without
   * effect where nothing runs.
   *
   * <p>A JDBC statement's own {@code cancel} does nothing while a result is read as Arrow, which
   * may be nearly all of the work. The driver keeps what it does otherwise to itself.
   */
  public void interrupt() {
    try {
      Lock lock = (Lock) member("connRefLock").get(connection);
      lock.lock();
      try {
        if (!connection.isClosed()) {
          Method interrupt = DuckDBConnection.class.getDeclaredMethod("interrupt");
          interrupt.setAccessible(true);
          interrupt.invoke(connection);
        }
      } finally {
        lock.unlock();
      }
    } catch (InvocationTargetException | SQLException e) {
      LOG.debug("a query that has ended cannot be interrupted", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of DuckDB's driver is not known", e);
    }
  }

  private static Field member(String name) throws NoSuchFieldException {
    Field field = DuckDBConnection.class.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    }
  }
}
