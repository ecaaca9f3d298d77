package dev.assay.analytics.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import dev.assay.analytics.Snapshots;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The clients' queries: those that wait for their ticket to be handed in, those that run, and
 * prepared statements. What a client forgets here is thrown away after a time. Safe to share
 * between threads.
 */
final class Queries implements AutoCloseable {
  /** Less than the store keeps files that a snapshot still names. */
  private static final Duration TICKET = Duration.ofMinutes(5);

  private static final int MOST_TICKETS = 1000;
  private static final Duration PREPARED = Duration.ofDays(1);
  private static final int MOST_PREPARED = 10_000;
  private static final long MILLIS_BETWEEN_CANCELS = 100;

  private final Snapshots snapshots;
  private final BufferAllocator allocator;
  private final ReadOnlySql allowed;

  private final Cache<ByteString, Prepared> prepared =
      Caffeine.newBuilder().maximumSize(MOST_PREPARED).expireAfterAccess(PREPARED).build();
  private final Cache<ByteString, Query> waiting =
      Caffeine.newBuilder()
          .maximumSize(MOST_TICKETS)
          .expireAfterWrite(TICKET)
          .<ByteString, Query>evictionListener((ticket, query, cause) -> close(query))
          .build();
  private final ConcurrentHashMap<ByteString, Query> running = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "assay-flight-query");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A statement that a client may run again and again, each time on the store as it is then.
   *
   * @param parameters how many it has
   * @param values of them; null where none were given yet
   */
  record Prepared(String sql, int parameters, @Nullable List<@Nullable Object> values) {}

  Queries(Snapshots snapshots, ReadOnlySql allowed, BufferAllocator allocator) {
    this.snapshots = snapshots;
    this.allowed = allowed;
    this.allocator = allocator;
  }

  private static void close(@Nullable Query query) {
    if (query != null) {
      query.close();
    }
  }

  /** Looks at a text and prepares it on the store as it is now. */
  Query open(String sql, List<@Nullable Object> values) {
    return Query.open(snapshots, sql, values, allowed, allocator);
  }

  /** The ticket for a query, which is kept until then. */
  ByteString ticket(Query query) {
    ByteString ticket = handle();
    waiting.put(ticket, query);
    return ticket;
  }

  private static ByteString handle() {
    return ByteString.copyFrom(UUID.randomUUID().toString(), UTF_8);
  }

  /**
   * Runs the query of a ticket, and sends its result, both on a thread of its own: on this one
   * comes the word that the client takes more, or has gone away.
   */
  void run(ByteString ticket, ServerStreamListener client) {
    Query query = waiting.asMap().remove(ticket);
    if (query == null) {
      throw Refusal.of(
          CallStatus.NOT_FOUND,
          "this ticket was handed in before, or lay for more than five minutes: ask again");
    }
    running.put(ticket, query);
    query.listen(client);
    threads.execute(
        () -> {
          try (query) {
            query.send(client);
          } finally {
            running.remove(ticket);
          }
        });
  }

  /** Ends a query; false where its ticket is not known any more. */
  boolean cancel(ByteString ticket) {
    Query idle = waiting.asMap().remove(ticket);
    close(idle);
    Query busy = running.get(ticket);
    if (busy != null) {
      busy.cancel();
    }
    return idle != null || busy != null;
  }

  /** Keeps a statement. */
  ByteString prepare(Prepared statement) {
    ByteString handle = handle();
    prepared.put(handle, statement);
    return handle;
  }

  Prepared prepared(ByteString handle) {
    Prepared known = prepared.getIfPresent(handle);
    if (known == null) {
      throw Refusal.of(
          CallStatus.NOT_FOUND,
          "this statement was closed, or not used for a day: prepare it again");
    }
    return known;
  }

  /** Keeps values for a statement's next runs. */
  void bind(ByteString handle, List<@Nullable Object> values) {
    Prepared known = prepared(handle);
    if (values.size() != known.parameters()) {
      throw Refusal.of(
          "%d parameters were given, expected %d".formatted(values.size(), known.parameters()));
    }
    prepared.put(handle, new Prepared(known.sql(), known.parameters(), values));
  }

  /** A run of a statement with the values that were given last. */
  Query open(ByteString handle) {
    Prepared known = prepared(handle);
    List<@Nullable Object> values = known.values();
    if (values == null && known.parameters() > 0) {
      throw Refusal.of("no values were given for %d parameters".formatted(known.parameters()));
    }
    return open(known.sql(), values == null ? List.of() : values);
  }

  void forget(ByteString handle) {
    prepared.invalidate(handle);
  }

  /** Ends all queries; tickets that were not handed in are worth nothing any more. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      do {
        running.values().forEach(Query::cancel);
      } while (!threads.awaitTermination(MILLIS_BETWEEN_CANCELS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waiting.asMap().keySet().forEach(ticket -> close(waiting.asMap().remove(ticket)));
  }
}
