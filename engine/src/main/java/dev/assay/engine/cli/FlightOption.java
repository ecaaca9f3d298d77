package dev.assay.engine.cli;

import dev.assay.analytics.flight.FlightOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --flight}: SQL over Arrow Flight. */
final class FlightOption {
  @Option(
      names = "--flight",
      paramLabel = "[HOST:]PORT",
      description =
          "Answers SQL over Arrow Flight SQL, for JDBC, ADBC and others; port 0 takes a free one.")
  private @Nullable String address;

  boolean isAsked() {
    return address != null;
  }

  /** Refuses to be open to other machines for everybody. */
  FlightOptions options(@Nullable String token, ServerAccess.@Nullable Identity identity) {
    ListenAddress listen = listen();
    if (!listen.isLoopback() && token == null && identity == null) {
      throw new UsageException(
          "--flight %s can be reached from other machines: give --token-file, or --tls-cert and --tls-key, or listen at localhost"
              .formatted(listen.host()));
    }
    return new FlightOptions(
        listen.host(),
        listen.port(),
        token,
        identity == null ? null : new FlightOptions.Tls(identity.certificate(), identity.key()),
        Main.version());
  }

  private ListenAddress listen() {
    return ListenAddress.parse("--flight", String.valueOf(address));
  }

  /** How clients connect to a server that listens at {@code port}. */
  List<String> lines(FlightOptions options, int port) {
    String at = listen().at(port);
    boolean encrypted = options.tls() != null;
    boolean guarded = options.token() != null;
    return List.of(
        "  JDBC    jdbc:arrow-flight-sql://%s/?useEncryption=%s%s"
            .formatted(at, encrypted, guarded ? "&token=TOKEN" : ""),
        "  Python  adbc_driver_flightsql.dbapi.connect(\"grpc%s://%s\"%s)"
            .formatted(
                encrypted ? "+tls" : "",
                at,
                guarded
                    ? ", db_kwargs={\"adbc.flight.sql.authorization_header\": \"Bearer TOKEN\"}"
                    : ""));
  }
}
