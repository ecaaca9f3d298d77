package dev.assay.analytics.flight;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/** Values for a statement's parameters, on their way from Arrow's vectors to DuckDB. */
final class Parameters {
  private Parameters() {}

  /** One row of values, in the order of the parameters. */
  static List<@Nullable Object> read(FlightStream stream) {
    List<@Nullable Object> values = null;
    while (stream.next()) {
      VectorSchemaRoot root = stream.getRoot();
      for (int row = 0; row < root.getRowCount(); row++) {
        if (values != null) {
          throw Refusal.of("several rows of parameters were given, expected one");
        }
        values = new ArrayList<>();
        for (FieldVector vector : root.getFieldVectors()) {
          values.add(value(vector, row, values.size() + 1));
        }
      }
    }
    if (values == null) {
      throw Refusal.of("no row of parameters was given, expected one");
    }
    return values;
  }

  static void bind(PreparedStatement statement, List<@Nullable Object> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, values.get(i));
    }
  }

  private static @Nullable Object value(FieldVector vector, int row, int number) {
    if (vector.isNull(row)) {
      return null;
    }
    if (vector instanceof TimeStampVector times) {
      return time(times, row);
    }
    if (vector instanceof DateDayVector days) {
      return LocalDate.ofEpochDay(days.get(row));
    }
    Object value = vector.getObject(row);
    if (value instanceof Number
        || value instanceof Boolean
        || value instanceof BigDecimal
        || value instanceof LocalDateTime) {
      return value;
    }
    return switch (vector.getMinorType()) {
      case VARCHAR, LARGEVARCHAR, VIEWVARCHAR -> value.toString();
      case VARBINARY, LARGEVARBINARY, FIXEDSIZEBINARY -> value;
      default ->
          throw Refusal.of(
              "parameter %d is of Arrow's type %s; give a number, a text, true or false, bytes, a date or a timestamp"
                  .formatted(number, vector.getField().getType()));
    };
  }

  /** With a zone, the moment; without, the time of day that it names. */
  private static Object time(TimeStampVector times, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) times.getField().getType();
    Instant moment = Instant.EPOCH.plus(duration(times.get(row), type.getUnit()));
    return type.getTimezone() == null
        ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC)
        : moment.atOffset(ZoneOffset.UTC);
  }

  private static Duration duration(long count, TimeUnit unit) {
    return switch (unit) {
      case SECOND -> Duration.ofSeconds(count);
      case MILLISECOND -> Duration.ofMillis(count);
      case MICROSECOND -> Duration.of(count, ChronoUnit.MICROS);
      case NANOSECOND -> Duration.ofNanos(count);
    };
  }
}
