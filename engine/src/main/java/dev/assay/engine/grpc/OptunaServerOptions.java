package dev.assay.engine.grpc;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How a server for Optuna's clients serves.
 *
 * @param host the address to listen at, a name or number
 * @param port 0 for one that is free
 * @param largestMessage how many bytes a call may have, such as one that sets an attribute
 * @param cacheBytes how much of finished trials is kept in memory as it goes over the wire
 * @param trialTimeout a RUNNING trial of which nothing was heard for so long becomes FAIL; null for
 *     never
 * @param retries how often such a trial is tried again, at least 0
 * @param tls null for plain text, which is what {@code GrpcStorageProxy} speaks
 * @param token what clients have to send as {@code authorization: Bearer TOKEN}; null for nothing
 * @param zone of the local times that clients write and read
 * @param times how moments are written
 * @param meters where calls are counted and timed; null for nowhere
 */
public record OptunaServerOptions(
    String host,
    int port,
    int largestMessage,
    long cacheBytes,
    @Nullable Duration trialTimeout,
    int retries,
    @Nullable Tls tls,
    @Nullable String token,
    ZoneId zone,
    WireTimes times,
    @Nullable MeterRegistry meters) {
  /** Where Optuna's clients look when they are told nothing else. */
  public static final int DEFAULT_PORT = 13000;

  /** On this machine alone, messages up to 64 MiB, 256 MiB of trials in memory. */
  public static final OptunaServerOptions DEFAULT =
      new OptunaServerOptions(
          "localhost",
          DEFAULT_PORT,
          64 << 20,
          256L << 20,
          null,
          0,
          null,
          null,
          ZoneId.systemDefault(),
          WireTimes.LOCAL,
          null);

  /**
   * What a server shows to its clients, both PEM files.
   *
   * @param certificate its chain
   * @param key its private key, not encrypted
   */
  public record Tls(Path certificate, Path key) {}

  public OptunaServerOptions {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port is %d, expected 0 to 65535".formatted(port));
    }
    if (largestMessage < 1 || cacheBytes < 0 || retries < 0) {
      throw new IllegalArgumentException(
          "largestMessage is %d, cacheBytes %d, retries %d; expected 1 or more, and 0 or more of the others"
              .formatted(largestMessage, cacheBytes, retries));
    }
    if (trialTimeout != null && (trialTimeout.isNegative() || trialTimeout.isZero())) {
      throw new IllegalArgumentException(
          "trialTimeout is %s, expected more than 0".formatted(trialTimeout));
    }
    if (token != null && token.isBlank()) {
      throw new IllegalArgumentException("the token is blank");
    }
  }

  /** The same at another address. */
  public OptunaServerOptions at(String otherHost, int otherPort) {
    return new OptunaServerOptions(
        otherHost,
        otherPort,
        largestMessage,
        cacheBytes,
        trialTimeout,
        retries,
        tls,
        token,
        zone,
        times,
        meters);
  }

  /** The same for calls of up to so many bytes. */
  public OptunaServerOptions withLargestMessage(int bytes) {
    return new OptunaServerOptions(
        host, port, bytes, cacheBytes, trialTimeout, retries, tls, token, zone, times, meters);
  }

  /** The same with so much of finished trials in memory. */
  public OptunaServerOptions withCacheBytes(long bytes) {
    return new OptunaServerOptions(
        host, port, largestMessage, bytes, trialTimeout, retries, tls, token, zone, times, meters);
  }

  /** The same, where trials fail that are silent for so long, and are tried again so often. */
  public OptunaServerOptions withTrialTimeout(Duration timeout, int attempts) {
    return new OptunaServerOptions(
        host, port, largestMessage, cacheBytes, timeout, attempts, tls, token, zone, times, meters);
  }

  /** The same, encrypted. */
  public OptunaServerOptions withTls(Tls other) {
    return new OptunaServerOptions(
        host,
        port,
        largestMessage,
        cacheBytes,
        trialTimeout,
        retries,
        other,
        token,
        zone,
        times,
        meters);
  }

  /** The same for those who know a token. */
  public OptunaServerOptions withToken(String other) {
    return new OptunaServerOptions(
        host,
        port,
        largestMessage,
        cacheBytes,
        trialTimeout,
        retries,
        tls,
        other,
        zone,
        times,
        meters);
  }

  /** The same with moments of another form or zone. */
  public OptunaServerOptions withTimes(WireTimes form, ZoneId other) {
    return new OptunaServerOptions(
        host,
        port,
        largestMessage,
        cacheBytes,
        trialTimeout,
        retries,
        tls,
        token,
        other,
        form,
        meters);
  }

  /** The same with another registry. */
  public OptunaServerOptions withMeters(MeterRegistry other) {
    return new OptunaServerOptions(
        host,
        port,
        largestMessage,
        cacheBytes,
        trialTimeout,
        retries,
        tls,
        token,
        zone,
        times,
        other);
  }
}
