package dev.assay.storage;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.CanonicalJson;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The type of a promoted column, and how it writes a JSON value. */
enum ColumnType {
  /** Whole numbers within 64 bits. */
  BIGINT {
    @Override
    Type field(String name) {
      return Types.optional(PrimitiveTypeName.INT64).named(name);
    }

    @Override
    void write(JsonNode value, RecordConsumer row) {
      row.addLong(value.longValue());
    }
  },
  /** Numbers of which at least one is real. */
  DOUBLE {
    @Override
    Type field(String name) {
      return Types.optional(PrimitiveTypeName.DOUBLE).named(name);
    }

    @Override
    void write(JsonNode value, RecordConsumer row) {
      row.addDouble(value.doubleValue());
    }
  },
  BOOLEAN {
    @Override
    Type field(String name) {
      return Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
    }

    @Override
    void write(JsonNode value, RecordConsumer row) {
      row.addBoolean(value.booleanValue());
    }
  },
  /** Everything else: a text is itself, any other value its canonical JSON. */
  STRING {
    @Override
    Type field(String name) {
      return Types.optional(PrimitiveTypeName.BINARY).as(stringType()).named(name);
    }

    @Override
    void write(JsonNode value, RecordConsumer row) {
      String text = value.isTextual() ? value.textValue() : CanonicalJson.sorted(value);
      row.addBinary(Binary.fromString(text));
    }
  };

  private static final long EXACT_IN_DOUBLE = 1L << 53;

  abstract Type field(String name);

  abstract void write(JsonNode value, RecordConsumer row);

  /** Collects the values under one key of one part, and tells the narrowest type for them. */
  static final class Survey {
    private long rows;
    private boolean whole;
    private boolean wide;
    private boolean real;
    private boolean truth;
    private boolean other;

    void add(JsonNode value) {
      rows++;
      if (value.isBoolean()) {
        truth = true;
      } else if (value.isIntegralNumber() && value.canConvertToLong()) {
        whole = true;
        wide |= value.longValue() > EXACT_IN_DOUBLE || value.longValue() < -EXACT_IN_DOUBLE;
      } else if (value.isNumber() && !value.isIntegralNumber()) {
        real = true;
      } else {
        other = true;
      }
    }

    /** How many rows have a value. */
    long rows() {
      return rows;
    }

    ColumnType type() {
      boolean number = whole || real;
      if (other || (truth && number) || (wide && real)) {
        return STRING;
      }
      return truth ? BOOLEAN : real ? DOUBLE : BIGINT;
    }
  }
}
