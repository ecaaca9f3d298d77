package dev.assay.engine.grpc;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Serves a store to Optuna's clients: {@code optuna.storages.GrpcStorageProxy(host, port)} in
 * Python and nothing else. What a call has acknowledged is in the store. Beside Optuna's there are
 * gRPC's health and reflection services. Safe to share between threads.
 */
public final class OptunaServer implements AutoCloseable {
  /**
   * Each connection has its calls worked on by the thread that reads it: one of so many, so that
   * the writes of several connections are committed together.
   */
  private static final int LOOPS = 32;

  /** What may read a whole study is worked on by others, so many at once. */
  private static final int READERS = 4;

  private static final Duration SHORTEST_PING = Duration.ofSeconds(5);
  private static final Duration LAST_CALLS = Duration.ofSeconds(20);

  /** gRPC writes a trace for each message that is too large; kept, or the level would be lost. */
  private static final Logger TRANSPORT = Logger.getLogger("io.grpc");

  private final Server server;
  private final EventLoopGroup listener = loops(1, "assay-optuna-listen");
  private final EventLoopGroup connections = loops(LOOPS, "assay-optuna");
  private final ExecutorService readers =
      Executors.newFixedThreadPool(READERS, new DefaultThreadFactory("assay-optuna-read", true));
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
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .directExecutor()
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(listener)
            .workerEventLoopGroup(connections)
            .maxInboundMessageSize(options.largestMessage())
            .permitKeepAliveTime(SHORTEST_PING.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(
                new StorageCalls(
                    trials,
                    messages,
                    new TrialLists(trials, bytes),
                    silence,
                    new CallLog(),
                    readers))
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

  private static EventLoopGroup loops(int threads, String name) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
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
      optuna.endThreads();
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
    endThreads();
  }

  private void endThreads() {
    readers.shutdown();
    var unused = listener.shutdownGracefully(0, LAST_CALLS.toSeconds(), TimeUnit.SECONDS);
    unused = connections.shutdownGracefully(0, LAST_CALLS.toSeconds(), TimeUnit.SECONDS);
  }
}
