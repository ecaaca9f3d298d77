package dev.assay.analytics.flight;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Small answers, made row by row. */
final class Rows {
  private Rows() {}

  /**
   * Sends all rows in one batch.
   *
   * @param rows a value for each of the first columns; those left out are null
   */
  static void send(
      Schema schema,
      List<? extends List<? extends @Nullable Object>> rows,
      BufferAllocator allocator,
      ServerStreamListener client) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      for (int row = 0; row < rows.size(); row++) {
        List<? extends @Nullable Object> values = rows.get(row);
        for (int column = 0; column < values.size(); column++) {
          set(root.getVector(column), row, values.get(column));
        }
      }
      root.setRowCount(rows.size());
      client.start(root);
      client.putNext();
      client.completed();
    }
  }

  private static void set(FieldVector vector, int row, @Nullable Object value) {
    if (value instanceof String text) {
      ((VarCharVector) vector).setSafe(row, text.getBytes(UTF_8));
    } else if (value instanceof byte[] bytes) {
      ((VarBinaryVector) vector).setSafe(row, bytes);
    } else if (value instanceof Integer number) {
      ((IntVector) vector).setSafe(row, number);
    } else if (value instanceof Boolean flag) {
      ((BitVector) vector).setSafe(row, flag ? 1 : 0);
    } else if (value != null) {
      throw new IllegalArgumentException(
          "column %s is given %s".formatted(vector.getName(), value.getClass()));
    }
  }
}
