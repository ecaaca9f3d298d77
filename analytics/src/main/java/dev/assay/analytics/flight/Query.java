package dev.assay.analytics.flight;

import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.ArrowBatches;
import dev.assay.analytics.Snapshot;
import dev.assay.analytics.Snapshots;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a statement, on one snapshot of the store. Used by one thread at a time, but for
 * {@link #cancel}.
 */
final class Query implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Query.class);

  /** Few enough that a batch of long documents is no burden, enough to be quick. */
  private static final int BATCH_ROWS = 8192;

  /** A snapshot's files stay for so long. */
  private static final long PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(10);

  private static final int SECONDS_TO_FIND_A_MESSAGE = 10;

  private final Snapshots snapshots;
  private final Snapshot snapshot;
  private final BufferAllocator allocator;
  private final List<@Nullable Object> values;
  private final String sql;
  private final PreparedStatement statement;
  private @Nullable ArrowBatches batches;
  private final Flow flow = new Flow(this);
  private volatile boolean cancelled;

  private Query(
      Snapshots snapshots,
      Snapshot snapshot,
      String sql,
      List<@Nullable Object> values,
      BufferAllocator allocator)
      throws SQLException {
    this.snapshots = snapshots;
    this.snapshot = snapshot;
    this.allocator = allocator;
    this.values = values;
    this.sql = sql;
    this.statement = prepare(snapshot.connection(), sql);
    Parameters.bind(statement, values);
  }

  private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement plain = connection.prepareStatement(sql);
    String portable = ArrowTypes.portable(sql, plain.getMetaData());
    if (portable == null) {
      return plain;
    }
    plain.close();
    return connection.prepareStatement(portable);
  }

  /**
   * Prepares a query on the store as it is now.
   *
   * @param values of the statement's parameters; none where it is only to be looked at
   * @param allowed looks at the text first
   */
  static Query open(
      Snapshots snapshots,
      String sql,
      List<@Nullable Object> values,
      ReadOnlySql allowed,
      BufferAllocator allocator) {
    try {
      Snapshot snapshot = snapshots.now();
      try {
        allowed.check(snapshot.connection(), sql);
        return new Query(snapshots, snapshot, sql, values, allocator);
      } catch (SQLException | RuntimeException e) {
        snapshot.close();
        throw e;
      }
    } catch (SQLException e) {
      throw Refusal.of(e);
    } catch (AnalyticsException e) {
      throw Refusal.of(e);
    }
  }

  /** The types of the parameters. */
  Schema parameters() throws SQLException {
    return ArrowTypes.parameters(snapshot.connection(), statement, allocator);
  }

  /** The columns without running the query, null where only that tells. */
  @Nullable Schema describe() throws SQLException {
    return ArrowTypes.columns(snapshot.connection(), statement, allocator);
  }

  /** The columns; the query is begun where only that tells. */
  Schema columns() {
    try {
      Schema described = describe();
      return described == null ? batches().root().getSchema() : described;
    } catch (SQLException e) {
      throw failure(e);
    } catch (AnalyticsException e) {
      throw Refusal.of(e);
    }
  }

  private ArrowBatches batches() throws SQLException {
    ArrowBatches running = batches;
    if (running == null) {
      running =
          ArrowBatches.of(
              statement.executeQuery().unwrap(DuckDBResultSet.class), allocator, BATCH_ROWS);
      batches = running;
    }
    return running;
  }

  private FlightRuntimeException failure(SQLException e) {
    return cancelled ? Refusal.of(e) : Refusal.of(snapshots.failure(e, this::askAgain));
  }

  private void askAgain(Connection connection) throws SQLException {
    try (PreparedStatement again = connection.prepareStatement(sql)) {
      again.setQueryTimeout(SECONDS_TO_FIND_A_MESSAGE);
      Parameters.bind(again, values);
      again.executeQuery();
    }
  }

  /** Hears from now on whether the client takes more, or goes away. */
  void listen(ServerStreamListener client) {
    flow.register(client);
  }

  /** Runs the query, and sends what it gives as fast as the client takes it. */
  void send(ServerStreamListener client) {
    try {
      if (cancelled) {
        throw Refusal.of(CallStatus.CANCELLED, "the query was cancelled");
      }
      ArrowBatches running = batches();
      client.start(running.root(), running.dictionaries());
      while (running.next()) {
        switch (flow.waitForListener(PATIENCE_MILLIS)) {
          case READY -> client.putNext();
          case TIMEOUT ->
              throw Refusal.of(
                  CallStatus.TIMED_OUT, "nothing of the result was taken for ten minutes");
          case OTHER -> throw Refusal.of(CallStatus.CANCELLED, "the query was cancelled");
          case CANCELLED -> {
            return;
          }
        }
      }
      client.completed();
    } catch (SQLException e) {
      fail(client, failure(e));
    } catch (AnalyticsException e) {
      fail(client, Refusal.of(e));
    } catch (RuntimeException e) {
      fail(client, e);
    }
  }

  private void fail(ServerStreamListener client, RuntimeException e) {
    if (client.isCancelled()) {
      LOG.debug("a client has gone away from its query", e);
    } else {
      client.error(cancelled ? Refusal.of(CallStatus.CANCELLED, "the query was cancelled") : e);
    }
  }

  /** Ends the query wherever it is. */
  void cancel() {
    cancelled = true;
    flow.interruptWait();
    snapshot.interrupt();
  }

  @Override
  public void close() {
    try (snapshot;
        statement;
        ArrowBatches running = batches) {
      LOG.trace("closing {}", running);
    } catch (SQLException e) {
      throw Refusal.of(e);
    }
  }

  /** Waits for the client, and ends the query where it goes away. */
  private static final class Flow extends CallbackBackpressureStrategy {
    private final Query query;

    Flow(Query query) {
      this.query = query;
    }

    @Override
    protected void cancelCallback() {
      query.cancel();
    }
  }
}
