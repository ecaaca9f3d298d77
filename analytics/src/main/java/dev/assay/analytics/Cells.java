package dev.assay.analytics;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBStruct;
import org.duckdb.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a result as plain values: null, Boolean, a number, text, {@link Json}, bytes, a List
 * or a Map of such. Times are ISO 8601 text in UTC: a session's times without a zone are UTC.
 */
final class Cells {
  private final ResultSet result;
  private final List<String> names = new ArrayList<>();
  private final Kind[] kinds;

  /**
   * How a column is read. The driver's own objects for times go by the machine's zone, and are
   * wrong around a change of daylight saving.
   */
  private enum Kind {
    /** A time without a zone. */
    TIME,
    /** A time with a zone: microseconds since 1970. */
    MOMENT,
    OTHER;

    static Kind of(String type) {
      if (!type.startsWith("TIMESTAMP") || type.endsWith("]")) {
        return OTHER;
      }
      return type.contains("ZONE") ? MOMENT : TIME;
    }
  }

  /** A JSON value's text. */
  record Json(String text) {}

  Cells(ResultSet result) throws SQLException {
    this.result = result;
    ResultSetMetaData meta = result.getMetaData();
    kinds = new Kind[meta.getColumnCount()];
    Set<String> taken = new HashSet<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      names.add(distinct(meta.getColumnLabel(i), taken));
      kinds[i - 1] = Kind.of(meta.getColumnTypeName(i));
    }
  }

  /** Equal names get numbers, so that each member of a JSON object has its own. */
  private static String distinct(String label, Set<String> taken) {
    String name = label;
    for (int i = 1; !taken.add(name); i++) {
      name = label + "_" + i;
    }
    return name;
  }

  /** The columns' names, all different. */
  List<String> names() {
    return names;
  }

  @Nullable Object cell(int column) throws SQLException {
    return switch (kinds[column]) {
      case TIME -> text(result.getObject(column + 1, LocalDateTime.class));
      case MOMENT -> text(utc(result.getObject(column + 1, Long.class)));
      case OTHER -> plain(result.getObject(column + 1));
    };
  }

  private static @Nullable LocalDateTime utc(@Nullable Long micros) {
    return micros == null
        ? null
        : LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L),
            (int) Math.floorMod(micros, 1_000_000L) * 1000,
            ZoneOffset.UTC);
  }

  private static @Nullable Object plain(@Nullable Object value) throws SQLException {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof JsonNode json) {
      return new Json(json.toString());
    }
    if (value instanceof Blob blob) {
      return bytes(blob);
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    if (value instanceof Array array) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object element : (Object[]) array.getArray()) {
        elements.add(plain(element));
      }
      return elements;
    }
    if (value instanceof Struct struct) {
      return members(((DuckDBStruct) struct).getMap());
    }
    if (value instanceof Map<?, ?> map) {
      return members(map);
    }
    return time(value);
  }

  private static byte[] bytes(Blob blob) throws SQLException {
    return blob.getBytes(1, (int) blob.length());
  }

  private static Map<String, @Nullable Object> members(Map<?, ?> map) throws SQLException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      members.put(String.valueOf(plain(entry.getKey())), plain(entry.getValue()));
    }
    return members;
  }

  private static @Nullable Object time(Object value) {
    if (value instanceof OffsetDateTime moment) {
      // Its local time is right, its offset is the one of the day's end.
      return text(
          LocalDateTime.ofInstant(
              moment.toLocalDateTime().atZone(ZoneId.systemDefault()).toInstant(), ZoneOffset.UTC));
    }
    if (value instanceof Timestamp timestamp) {
      return text(timestamp.toLocalDateTime());
    }
    if (value instanceof LocalDateTime local) {
      return text(local);
    }
    if (value instanceof LocalTime time) {
      return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }
    if (value instanceof OffsetTime time) {
      return DateTimeFormatter.ISO_OFFSET_TIME.format(time);
    }
    return value.toString();
  }

  private static @Nullable String text(@Nullable LocalDateTime time) {
    return time == null
        ? null
        : DateTimeFormatter.ISO_LOCAL_DATE_TIME.withLocale(Locale.ROOT).format(time) + "Z";
  }
}
