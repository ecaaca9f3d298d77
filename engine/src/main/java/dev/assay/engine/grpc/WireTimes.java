package dev.assay.engine.grpc;

/** How moments are written to Optuna's clients; both forms are read. */
public enum WireTimes {
  /**
   * {@code 2026-11-23 08:15:00.000250}, local to the server's zone: for clients of every version.
   */
  LOCAL,
  /** {@code 2026-11-23T08:15:00.000250+00:00}: for clients that read ISO 8601. */
  ISO
}
