package dev.assay.analytics.flight;

import dev.assay.analytics.Snapshot;
import dev.assay.analytics.Snapshots;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** What there is to ask: the store's views and their columns, and what the server can do. */
final class Catalog {
  /** The store's views; those that they are made of are left out. */
  private static final String VIEWS =
      """
      SELECT database_name, schema_name, view_name, 'VIEW'
      FROM duckdb_views()
      WHERE NOT internal AND NOT starts_with(view_name, 'assay_')
        AND database_name = coalesce(?, database_name)
        AND schema_name LIKE coalesce(?, '%') ESCAPE '\\'
        AND view_name LIKE coalesce(?, '%') ESCAPE '\\'
      ORDER BY ALL
      """;

  private static final String TABLE_MACROS =
      "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
          + "WHERE function_type = 'table_macro' AND NOT internal";

  private final Snapshots snapshots;
  private final String version;
  private final BufferAllocator allocator;
  private final ReadOnlySql allowed;

  /**
   * @param version what the server says of itself
   */
  Catalog(Snapshots snapshots, String version, BufferAllocator allocator) {
    this.snapshots = snapshots;
    this.version = version;
    this.allocator = allocator;
    Set<String> macros = new HashSet<>();
    rows(TABLE_MACROS).forEach(row -> macros.add(String.valueOf(row.get(0))));
    this.allowed = new ReadOnlySql(macros);
  }

  /** What clients may say. */
  ReadOnlySql allowed() {
    return allowed;
  }

  void catalogs(ServerStreamListener client) {
    Rows.send(
        Schemas.GET_CATALOGS_SCHEMA,
        rows("SELECT DISTINCT database_name FROM duckdb_views() WHERE NOT internal"),
        allocator,
        client);
  }

  void schemas(FlightSql.CommandGetDbSchemas command, ServerStreamListener client) {
    String schemas =
        "SELECT DISTINCT database_name, schema_name FROM duckdb_views() WHERE NOT internal "
            + "AND database_name = coalesce(?, database_name) "
            + "AND schema_name LIKE coalesce(?, '%') ESCAPE '\\'";
    Rows.send(
        Schemas.GET_SCHEMAS_SCHEMA,
        rows(
            schemas,
            command.hasCatalog() ? command.getCatalog() : null,
            command.hasDbSchemaFilterPattern() ? command.getDbSchemaFilterPattern() : null),
        allocator,
        client);
  }

  void tables(FlightSql.CommandGetTables command, ServerStreamListener client) {
    boolean wanted =
        command.getTableTypesCount() == 0 || command.getTableTypesList().contains("VIEW");
    List<List<@Nullable Object>> views =
        wanted
            ? rows(
                VIEWS,
                command.hasCatalog() ? command.getCatalog() : null,
                command.hasDbSchemaFilterPattern() ? command.getDbSchemaFilterPattern() : null,
                command.hasTableNameFilterPattern() ? command.getTableNameFilterPattern() : null)
            : List.of();
    if (command.getIncludeSchema()) {
      views.forEach(view -> view.add(ArrowTypes.bytes(columns(String.valueOf(view.get(2))))));
    }
    Rows.send(
        command.getIncludeSchema()
            ? Schemas.GET_TABLES_SCHEMA
            : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA,
        views,
        allocator,
        client);
  }

  void tableTypes(ServerStreamListener client) {
    Rows.send(Schemas.GET_TABLE_TYPES_SCHEMA, List.of(List.of("VIEW")), allocator, client);
  }

  void types(@Nullable Integer jdbcType, ServerStreamListener client) {
    Rows.send(Schemas.GET_TYPE_INFO_SCHEMA, SqlTypes.rows(jdbcType), allocator, client);
  }

  /**
   * @param asked what of it; all where it is empty
   */
  void sqlInfo(List<Integer> asked, ServerStreamListener client) {
    new SqlInfoBuilder()
        .withFlightSqlServerName("Assay")
        .withFlightSqlServerVersion(version)
        .withFlightSqlServerArrowVersion(
            String.valueOf(ArrowType.class.getPackage().getImplementationVersion()))
        .withFlightSqlServerReadOnly(true)
        .withFlightSqlServerSql(true)
        .withFlightSqlServerSubstrait(false)
        .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
        .withFlightSqlServerCancel(true)
        .withFlightSqlServerBulkIngestion(false)
        .withSqlDdlCatalog(false)
        .withSqlDdlSchema(false)
        .withSqlDdlTable(false)
        .withSqlTransactionsSupported(false)
        .withSqlBatchUpdatesSupported(false)
        .withSqlIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
        .withSqlQuotedIdentifierCase(
            SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
        .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_AT_END)
        .withSqlIdentifierQuoteChar("\"")
        .withSqlSearchStringEscape("\\")
        .withSqlAllTablesAreSelectable(true)
        .send(asked, client);
  }

  private Schema columns(String view) {
    String sql = "FROM \"%s\"".formatted(view.replace("\"", "\"\""));
    try (Query query = Query.open(snapshots, sql, List.of(), allowed, allocator)) {
      return query.columns();
    }
  }

  private List<List<@Nullable Object>> rows(String sql, @Nullable String... values) {
    try (Snapshot snapshot = snapshots.now();
        PreparedStatement statement = snapshot.connection().prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      List<List<@Nullable Object>> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<@Nullable Object> cells = new ArrayList<>();
          for (int column = 1; column <= columns; column++) {
            cells.add(row.getString(column));
          }
          rows.add(cells);
        }
      }
      return rows;
    } catch (SQLException e) {
      throw Refusal.of(e);
    }
  }

  /** An answer without rows. */
  void none(Schema schema, ServerStreamListener client) {
    Rows.send(schema, List.of(), allocator, client);
  }
}
