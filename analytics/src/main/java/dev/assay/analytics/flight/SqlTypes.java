package dev.assay.analytics.flight;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of the views' columns and of what queries compute, as JDBC and ODBC list them. */
enum SqlTypes {
  BOOLEAN(Types.BOOLEAN, 1, "", null),
  INTEGER(Types.INTEGER, 10, "", 10),
  BIGINT(Types.BIGINT, 19, "", 10),
  DECIMAL(Types.DECIMAL, 38, "", 10),
  DOUBLE(Types.DOUBLE, 15, "", 2),
  VARCHAR(Types.VARCHAR, null, "'", null),
  BLOB(Types.VARBINARY, null, "'", null),
  DATE(Types.DATE, 10, "'", null),
  TIME(Types.TIME, 15, "'", null),
  TIMESTAMP(Types.TIMESTAMP, 26, "'", null);

  private static final int NULLABLE = 1;
  private static final int SEARCHABLE = 3;

  private final int jdbcType;
  private final @Nullable Integer size;
  private final String quote;
  private final @Nullable Integer radix;

  SqlTypes(int jdbcType, @Nullable Integer size, String quote, @Nullable Integer radix) {
    this.jdbcType = jdbcType;
    this.size = size;
    this.quote = quote;
    this.radix = radix;
  }

  /**
   * Rows of Flight SQL's type information.
   *
   * @param only a JDBC type; null for all
   */
  static List<List<@Nullable Object>> rows(@Nullable Integer only) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SqlTypes type : values()) {
      if (only == null || only == type.jdbcType) {
        rows.add(type.row());
      }
    }
    return rows;
  }

  private List<@Nullable Object> row() {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(name());
    row.add(jdbcType);
    row.add(size);
    row.add(quote.isEmpty() ? null : quote);
    row.add(quote.isEmpty() ? null : quote);
    // Parameters with which the type is made: none that is asked for.
    row.add(null);
    row.add(NULLABLE);
    row.add(this == VARCHAR);
    row.add(SEARCHABLE);
    row.add(radix == null ? null : Boolean.FALSE);
    row.add(this == DECIMAL);
    row.add(null);
    row.add(name());
    row.add(null);
    row.add(null);
    row.add(jdbcType);
    row.add(null);
    row.add(radix);
    row.add(null);
    return row;
  }
}
