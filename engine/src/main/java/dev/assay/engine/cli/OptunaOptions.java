package dev.assay.engine.cli;

import dev.assay.engine.grpc.OptunaServerOptions;
import dev.assay.engine.grpc.OptunaServerOptions.Tls;
import dev.assay.engine.grpc.WireTimes;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --grpc} and what belongs to it. */
final class OptunaOptions {
  private static final long MIB = 1 << 20;
  private static final int LARGEST_MESSAGE_MIB = 1023;

  @Option(
      names = "--grpc",
      paramLabel = "[HOST:]PORT",
      description =
          "Serves Optuna's storage protocol there; on this machine alone where no HOST is named, 0 takes a free port.")
  private @Nullable String address;

  @Option(
      names = "--trial-timeout",
      paramLabel = "TIME",
      description =
          "A trial that runs becomes FAIL when nothing was heard of it for so long: 90, 90s, 30m, 2h or 1d; never by default.")
  private @Nullable String trialTimeout;

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often such a trial is tried again; 0 by default.")
  private @Nullable Long retries;

  @Option(
      names = "--cache-mb",
      paramLabel = "N",
      description = "How many MiB of finished trials are kept in memory; 256 by default.")
  private @Nullable Long cache;

  @Option(
      names = "--max-message-mb",
      paramLabel = "N",
      description =
          "How many MiB a call may have, such as one with a large attribute; 64 by default.")
  private @Nullable Long largestMessage;

  @Option(
      names = "--datetimes",
      paramLabel = "local|iso",
      description =
          "How clients get times: local, the default, as every Optuna reads them; iso with an offset. Both are understood.")
  private @Nullable String datetimes;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "The zone of local times, that of the workers; this machine's by default.")
  private @Nullable String zone;

  boolean isAsked() {
    return address != null;
  }

  OptunaServerOptions options(@Nullable String token, ServerAccess.@Nullable Identity identity) {
    ListenAddress listen = ListenAddress.parse("--grpc", String.valueOf(address));
    OptunaServerOptions options =
        OptunaServerOptions.DEFAULT.at(listen.host(), listen.port()).withTimes(times(), zone());
    if (trialTimeout != null) {
      options =
          options.withTrialTimeout(TimeSpan.parse("--trial-timeout", trialTimeout), retries());
    } else if (retries != null) {
      throw new UsageException("--retries is for trials that --trial-timeout ends; give both");
    }
    Long cacheMib = Numbers.atLeast("--cache-mb", 0, cache);
    if (cacheMib != null) {
      options = options.withCacheBytes(cacheMib * MIB);
    }
    Integer messageMib = Numbers.upTo("--max-message-mb", LARGEST_MESSAGE_MIB, largestMessage);
    if (messageMib != null) {
      options = options.withLargestMessage((int) (messageMib * MIB));
    }
    if (token != null) {
      options = options.withToken(token);
    }
    return identity == null
        ? options
        : options.withTls(new Tls(identity.certificate(), identity.key()));
  }

  private int retries() {
    Long count = Numbers.atLeast("--retries", 0, retries);
    return count == null ? 0 : Math.toIntExact(Math.min(count, Integer.MAX_VALUE));
  }

  private WireTimes times() {
    WireTimes chosen = Chosen.of("--datetimes", datetimes, WireTimes.class);
    return chosen == null ? WireTimes.LOCAL : chosen;
  }

  private ZoneId zone() {
    try {
      return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new UsageException(
          "--zone is '%s', expected a zone such as UTC or Europe/Berlin".formatted(zone));
    }
  }
}
