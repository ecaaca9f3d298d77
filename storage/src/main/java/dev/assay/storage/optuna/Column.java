package dev.assay.storage.optuna;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads columns that may hold anything: SQLite does not hold a column to its type. What is not as
 * it should be is put into {@code unreadable}.
 */
final class Column {
  private static final char REPLACED = '\uFFFD';
  private static final String NOTHING = "nothing";

  private final ResultSet row;
  private final Map<String, String> unreadable;

  Column(ResultSet row, Map<String, String> unreadable) {
    this.row = row;
    this.unreadable = unreadable;
  }

  /** A text; null where there is none, or it is no text in UTF-8, which is noted. */
  @Nullable String text(int column, String where) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return null;
    }
    String text = value instanceof byte[] ? REPLACED + "" : row.getString(column);
    if (text.indexOf(REPLACED) >= 0) {
      byte[] bytes = row.getBytes(column);
      try {
        text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        unreadable.put(where, "not UTF-8, in base64: " + Base64.getEncoder().encodeToString(bytes));
        return null;
      }
    }
    return text;
  }

  /** A text that has to be there; what is there in place of it is noted. */
  @Nullable String requiredText(int column, String where) throws SQLException {
    String text = text(column, where);
    if (text == null) {
      unreadable.putIfAbsent(where, NOTHING);
    }
    return text;
  }

  /** A real number that has to be there; what is there in place of it is noted. */
  @Nullable Double requiredReal(int column, String where) throws SQLException {
    Double number = real(column, where);
    if (number == null) {
      unreadable.putIfAbsent(where, NOTHING);
    }
    return number;
  }

  /** A real number; null where there is none; what is there in place of it is noted. */
  @Nullable Double real(int column, String where) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    unreadable.put(where, String.valueOf(row.getString(column)));
    return null;
  }

  /** A whole number; null where there is none; what is there in place of it is noted. */
  @Nullable Long whole(int column, String where) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return null;
    }
    if (value instanceof Long || value instanceof Integer) {
      return ((Number) value).longValue();
    }
    unreadable.put(where, String.valueOf(row.getString(column)));
    return null;
  }
}
