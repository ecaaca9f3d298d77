package dev.assay.engine.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Lets only those in who send the header {@code authorization: Bearer TOKEN}; the others get
 * UNAUTHENTICATED. The health service answers everybody.
 */
final class TokenCheck implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String HEALTH = "grpc.health.v1.Health";

  private final byte[] expected;

  TokenCheck(String token) {
    this.expected = bytes("Bearer " + token);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public <T, R> ServerCall.Listener<T> interceptCall(
      ServerCall<T, R> call, Metadata headers, ServerCallHandler<T, R> next) {
    if (HEALTH.equals(call.getMethodDescriptor().getServiceName())
        || isKnown(headers.get(HEADER))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            "this server wants a token: send the header 'authorization: Bearer TOKEN'"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Takes as long for a nearly right token as for a wrong one. */
  private boolean isKnown(@Nullable String header) {
    return header != null && MessageDigest.isEqual(expected, bytes(header));
  }
}
