package dev.assay.engine.grpc;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Serves a store to Optuna's clients: {@code optuna.storages.GrpcStorageProxy(host, port)} in
 * Python and nothing else. What a call has acknowledged is in the store. Beside Optuna's there are
 * gRPC's health and reflection services. Safe to share between threads.
 */
public final class OptunaServer implements AutoCloseable {
  /** So many calls are worked on at once; writes of several are committed together. */
  private static final int THREADS = 32;

  private static final Duration SHORTEST_PING = Duration.ofSeconds(5);
  private static final Duration LAST_CALLS = Duration.ofSeconds(20);

  /** gRPC writes a trace for each message that is too large; kept, or the level would be lost. */
  private static final Logger TRANSPORT = Logger.getLogger("io.grpc");

  private final Server server;
  private final ExecutorService threads;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Silence silence;
  private final TrialBytes bytes;
  private final CallCounts counts;

  static {
    TRANSPORT.setLevel(Level.SEVERE);
  }

  private OptunaServer(Store store, OptunaServerOptions options) {
    LiveTrials trials = store.liveTrials();
    Messages messages = new Messages(new WireTime(options.zone(), options.times()));
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    if (address.isUnresolved()) {
      throw new StoreException(
          "there is no host '%s' to listen at; name an address of this machine, such as localhost"
              .formatted(options.host()));
    }
    this.bytes = new TrialBytes(messages, options.cacheBytes());
    this.counts = new CallCounts(options.meters());
    this.silence = new Silence(trials, options.trialTimeout(), options.retries(), System::nanoTime);
    this.threads = threads();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .executor(threads)
            .maxInboundMessageSize(options.largestMessage())
            .permitKeepAliveTime(SHORTEST_PING.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(
                new StorageCalls(
                    trials, messages, new TrialLists(trials, bytes), silence, new CallLog()))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    if (options.token() != null) {
      builder.intercept(new TokenCheck(options.token()));
    }
    builder.intercept(counts);
    if (options.tls() != null) {
      builder.useTransportSecurity(
          options.tls().certificate().toFile(), options.tls().key().toFile());
    }
    this.server = builder.build();
  }

  /** Calls go to the thread that was free last, whose memory is still in the processor's caches. */
  private static ExecutorService threads() {
    return new ForkJoinPool(
        THREADS,
        pool -> {
          ForkJoinWorkerThread thread =
              ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName("assay-optuna-" + thread.getPoolIndex());
          return thread;
        },
        null,
        true);
  }

  /**
   * Begins to serve an open store, which has to stay open until the server is closed.
   *
   * @throws StoreException where the address cannot be listened at, or the certificate not be read
   */
  public static OptunaServer start(Store store, OptunaServerOptions options) {
    OptunaServer optuna = new OptunaServer(store, options);
    try {
      optuna.server.start();
    } catch (IOException e) {
      optuna.threads.shutdown();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StoreException(
          "cannot listen at %s:%d: %s; choose another port or address"
              .formatted(options.host(), options.port(), cause.getMessage()),
          e);
    }
    optuna.silence.start();
    return optuna;
  }

  /** The port that it listens at. */
  public int port() {
    return server.getPort();
  }

  /** How many calls have ended, by the name of gRPC's status. */
  public Map<String, Long> calls() {
    return counts.ended();
  }

  /** How often a finished trial was at hand as it goes over the wire. */
  CacheStats cache() {
    return bytes.statistics();
  }

  /**
   * Takes no more calls, and ends when those under way have ended; after 20 s it breaks them off.
   */
  @Override
  public void close() {
    health.enterTerminalState();
    silence.close();
    server.shutdown();
    try {
      if (!server.awaitTermination(LAST_CALLS.toSeconds(), TimeUnit.SECONDS)) {
        server.shutdownNow().awaitTermination(LAST_CALLS.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    threads.shutdown();
  }
}
