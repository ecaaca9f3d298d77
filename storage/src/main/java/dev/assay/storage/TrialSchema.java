package dev.assay.storage;

import static org.apache.parquet.schema.LogicalTypeAnnotation.listType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The columns of {@code lake/trials}: the fixed ones, alike in every part, then the study's own.
 * Everything but {@code record} is a projection of it.
 */
final class TrialSchema {
  /** Other columns whose values hardly ever repeat. */
  static final List<String> UNIQUE_COLUMNS = List.of("trial_key", "signature", "trial_file");

  /** The columns of JSON text: long, all different, and of no use to a reader that skips. */
  static final List<String> JSON_COLUMNS =
      List.of("params", "metrics", "user_attrs", "system_attrs", "intermediate_values", "record");

  private static final List<Type> FIXED =
      List.of(
          required("study_id", INT64),
          required("trial_id", INT64),
          required("number", INT64),
          text("state"),
          optional("value", DOUBLE),
          Types.optionalGroup()
              .as(listType())
              .repeatedGroup()
              .optional(DOUBLE)
              .named("element")
              .named("list")
              .named("values"),
          timestamp("datetime_start"),
          timestamp("datetime_complete"),
          optional("duration_seconds", DOUBLE),
          optional("attempts", INT32),
          text("error"),
          text("worker"),
          text("trial_key"),
          text("signature"),
          text("trial_file"),
          text("legacy_trial_id"),
          optional("constraints_ok", BOOLEAN),
          text("params"),
          text("metrics"),
          text("user_attrs"),
          text("system_attrs"),
          text("intermediate_values"),
          text("record"));

  private TrialSchema() {}

  static MessageType of(List<ColumnMap.Column> promoted) {
    List<Type> fields = new ArrayList<>(FIXED);
    promoted.forEach(column -> fields.add(column.type().field(column.name())));
    return new MessageType("trial", fields);
  }

  private static Type required(String name, PrimitiveTypeName type) {
    return Types.required(type).named(name);
  }

  private static Type optional(String name, PrimitiveTypeName type) {
    return Types.optional(type).named(name);
  }

  private static Type text(String name) {
    return Types.optional(BINARY).as(stringType()).named(name);
  }

  private static Type timestamp(String name) {
    return Types.optional(INT64).as(timestampType(true, TimeUnit.MICROS)).named(name);
  }
}
