package dev.assay.engine.grpc;

/** A client asked for what there cannot be; nothing was stored. */
final class InvalidCallException extends RuntimeException {
  InvalidCallException(String message) {
    super(message);
  }

  InvalidCallException(String message, Throwable cause) {
    super(message, cause);
  }
}
