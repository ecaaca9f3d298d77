package dev.assay.analytics.flight;

import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.ArrowBatches;
import dev.assay.analytics.Snapshots;
import dev.assay.storage.ReadableStore;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A store for clients of Arrow Flight SQL: JDBC, ADBC and others. It is read, and nothing but it: a
 * statement is one query of the views and of what a query computes. Each statement is answered from
 * one snapshot of the store, with every trial that had finished when it was sent.
 *
 * <p>Results stream at the client's pace, so that memory is bounded however large they are. A
 * client that cancels or goes away ends its query.
 *
 * <p>Safe to share between threads.
 */
public final class FlightSqlServer implements AutoCloseable {
  private static final int MOST_BYTES_OF_A_REQUEST = 16 << 20;
  private static final long SECONDS_TO_END = 5;

  /** It prints a trace for each client that ends a query early. */
  private static final Logger GRPC = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  private final Snapshots snapshots;
  private final BufferAllocator allocator;
  private final StoreProducer producer;
  private final FlightServer server;

  private FlightSqlServer(
      Snapshots snapshots, BufferAllocator allocator, StoreProducer producer, FlightServer server) {
    this.snapshots = snapshots;
    this.allocator = allocator;
    this.producer = producer;
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param store stays open until the server is closed
   * @throws AnalyticsException where the address is in use or not this machine's, the certificate
   *     or its key cannot be used, or the store cannot be read
   */
  public static FlightSqlServer start(ReadableStore store, FlightOptions options) {
    BufferAllocator allocator = ArrowBatches.allocator();
    Snapshots snapshots = Snapshots.open(store);
    try {
      StoreProducer producer = new StoreProducer(snapshots, options.version(), allocator);
      return new FlightSqlServer(
          snapshots, allocator, producer, server(options, allocator, producer).start());
    } catch (IOException | RuntimeException e) {
      snapshots.close();
      allocator.close();
      throw new AnalyticsException(
          "cannot listen on %s port %d: %s".formatted(options.host(), options.port(), reason(e)),
          e);
    }
  }

  private static FlightServer server(
      FlightOptions options, BufferAllocator allocator, StoreProducer producer) throws IOException {
    FlightOptions.Tls tls = options.tls();
    Location location =
        tls == null
            ? Location.forGrpcInsecure(options.host(), options.port())
            : Location.forGrpcTls(options.host(), options.port());
    FlightServer.Builder builder =
        FlightServer.builder(allocator, location, producer)
            .maxInboundMessageSize(MOST_BYTES_OF_A_REQUEST);
    if (tls != null) {
      builder.useTls(tls.certificate().toFile(), tls.key().toFile());
    }
    String token = options.token();
    if (token != null) {
      builder.headerAuthenticator(new TokenAuthenticator(token));
    }
    return builder.build();
  }

  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage() == null ? last : last.getMessage());
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Ends all queries, whose clients get an error, and lets go of the port. */
  @Override
  public void close() {
    server.shutdown();
    producer.close();
    try {
      if (!server.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS)) {
        server.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    snapshots.close();
    allocator.close();
  }
}
