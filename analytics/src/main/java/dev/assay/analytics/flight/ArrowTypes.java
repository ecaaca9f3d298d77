package dev.assay.analytics.flight;

import dev.assay.analytics.ArrowBatches;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** As what DuckDB's types go over the wire: asked of DuckDB itself. */
final class ArrowTypes {
  /** What DuckDB calls a type that the values of parameters decide on. */
  private static final String UNDECIDED_COLUMN = "UNKNOWN";

  private static final String UNDECIDED_PARAMETER = "INVALID";

  /** Stands for columns of which only the values of parameters tell. */
  static final Schema UNDECIDED =
      new Schema(List.of(Field.nullable("unknown", ArrowType.Utf8.INSTANCE)));

  /** What JDBC's driver for Flight SQL cannot read, and as what it is sent instead. */
  private static final Map<String, String> PORTABLE =
      Map.of("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "ENUM", "VARCHAR");

  private ArrowTypes() {}

  /**
   * The same query with columns that every client can read: times of a zone are UTC as all others,
   * and enumerations are texts.
   *
   * @return null where it is so as it stands
   */
  static @Nullable String portable(String sql, ResultSetMetaData columns) throws SQLException {
    StringBuilder select = new StringBuilder("SELECT ");
    StringBuilder names = new StringBuilder();
    boolean any = false;
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i);
      String portable = PORTABLE.get(type);
      any |= portable != null;
      String name = columns.getColumnName(i).replace("\"", "\"\"");
      select
          .append(i == 1 ? "c" : ", c")
          .append(i)
          .append(portable == null ? "" : "::" + portable)
          .append(" AS \"%s\"".formatted(name));
      names.append(i == 1 ? "c" : ", c").append(i);
    }
    // Comments may end the text, and semicolons.
    String inner = sql.strip().replaceFirst("(\\s*;)+$", "");
    return any ? "%s FROM (\n%s\n) AS q(%s)".formatted(select, inner, names) : null;
  }

  /**
   * The columns of a prepared query that has not been run.
   *
   * @return null where only running it tells
   */
  static @Nullable Schema columns(
      Connection connection, PreparedStatement statement, BufferAllocator allocator)
      throws SQLException {
    ResultSetMetaData columns = statement.getMetaData();
    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i);
      // An enumeration's values are not in its name.
      if (type.equals(UNDECIDED_COLUMN) || type.contains("ENUM")) {
        return null;
      }
      names.add(columns.getColumnName(i));
      types.add(type);
    }
    return schema(connection, names, types, allocator);
  }

  /** The parameters of a prepared statement; one of which nothing is known is a text. */
  static Schema parameters(
      Connection connection, PreparedStatement statement, BufferAllocator allocator)
      throws SQLException {
    ParameterMetaData parameters = statement.getParameterMetaData();
    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int i = 1; i <= parameters.getParameterCount(); i++) {
      String type = parameters.getParameterTypeName(i);
      names.add(Integer.toString(i));
      types.add(type.equals(UNDECIDED_PARAMETER) ? "VARCHAR" : type);
    }
    return schema(connection, names, types, allocator);
  }

  private static Schema schema(
      Connection connection, List<String> names, List<String> types, BufferAllocator allocator)
      throws SQLException {
    if (names.isEmpty()) {
      return new Schema(List.of());
    }
    StringBuilder sql = new StringBuilder("SELECT ");
    for (int i = 0; i < types.size(); i++) {
      sql.append(i == 0 ? "" : ", ")
          .append("NULL::")
          .append(types.get(i))
          .append(" AS c")
          .append(i);
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.append(" LIMIT 0").toString());
        ArrowBatches none = ArrowBatches.of(result.unwrap(DuckDBResultSet.class), allocator, 1)) {
      List<Field> fields = new ArrayList<>();
      for (Field field : none.root().getSchema().getFields()) {
        String name = names.get(fields.size());
        fields.add(new Field(name, field.getFieldType(), field.getChildren()));
      }
      return new Schema(fields);
    }
  }

  /** A schema as it goes over the wire inside another message. */
  static byte[] bytes(Schema schema) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(out)), schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
