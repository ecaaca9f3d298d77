package dev.assay.analytics.flight;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link FlightSqlServer} is reached.
 *
 * @param host the name or address to listen on
 * @param port 0 for one that is free
 * @param token what clients show as bearer token, or as password with any user name; null where
 *     nobody is asked
 * @param tls null for none
 * @param version what the server says of itself
 */
public record FlightOptions(
    String host, int port, @Nullable String token, @Nullable Tls tls, String version) {
  /**
   * With what the server proves who it is.
   *
   * @param certificate a certificate chain, PEM
   * @param key its private key, PEM (PKCS #8, without a password)
   */
  public record Tls(Path certificate, Path key) {}
}
