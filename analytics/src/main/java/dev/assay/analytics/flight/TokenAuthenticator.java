package dev.assay.analytics.flight;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.auth2.CallHeaderAuthenticator;
import org.jspecify.annotations.Nullable;

/**
 * Lets those in who know the token: as bearer token, or as password with any user name, for tools
 * that ask for these two.
 */
final class TokenAuthenticator implements CallHeaderAuthenticator {
  private static final String HEADER = "authorization";

  private final byte[] token;

  TokenAuthenticator(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public AuthResult authenticate(CallHeaders headers) {
    String header = headers.get(HEADER);
    byte[] shown = header == null ? null : shown(header);
    if (shown == null || !MessageDigest.isEqual(token, shown)) {
      throw CallStatus.UNAUTHENTICATED
          .withDescription(
              "this server asks for a token: give it as bearer token, or as password with any user name")
          .toRuntimeException();
    }
    return new AuthResult() {
      @Override
      public String getPeerIdentity() {
        return "reader";
      }

      @Override
      public void appendToOutgoingHeaders(CallHeaders outgoing) {
        // Who came with a password goes on with the token.
        outgoing.insert(HEADER, "Bearer " + new String(token, StandardCharsets.UTF_8));
      }
    };
  }

  private static byte @Nullable [] shown(String header) {
    int space = header.indexOf(' ');
    String value = header.substring(space + 1).strip();
    return switch (header.substring(0, Math.max(space, 0)).toLowerCase(Locale.ROOT)) {
      case "bearer" -> value.getBytes(StandardCharsets.UTF_8);
      case "basic" -> password(value);
      default -> null;
    };
  }

  private static byte @Nullable [] password(String basic) {
    try {
      String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1).getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
