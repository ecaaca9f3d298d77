package dev.assay.analytics.flight;

import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.DuckDbMessage;
import java.sql.SQLException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;

/** What clients are told where they do not get what they ask for. */
final class Refusal {
  /** Longer ones do not fit into what a client takes as the end of an answer. */
  private static final int LONGEST_MESSAGE = 1500;

  private Refusal() {}

  /** A request that cannot be, as it stands. */
  static FlightRuntimeException of(String message) {
    return of(CallStatus.INVALID_ARGUMENT, message);
  }

  static FlightRuntimeException of(SQLException e) {
    return of(DuckDbMessage.text(e));
  }

  /** DuckDB's or the store's answer to a query that failed. */
  static FlightRuntimeException of(AnalyticsException e) {
    return of(
        e.getCause() instanceof SQLException told
            ? DuckDbMessage.text(told)
            : String.valueOf(e.getMessage()));
  }

  static FlightRuntimeException of(CallStatus status, String message) {
    String brief =
        message.length() <= LONGEST_MESSAGE
            ? message
            : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    return status.withDescription(brief).toRuntimeException();
  }
}
