package dev.assay.analytics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.sql.SQLException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.duckdb.DuckDBResultSet;

/**
 * A result as an Arrow IPC stream or file: DuckDB's own batches, without a step through Java
 * values.
 */
final class ArrowStream {
  private static final long BATCH_ROWS = 65_536;

  private ArrowStream() {}

  /** How batches are written. */
  private interface Form {
    ArrowWriter writer(
        VectorSchemaRoot root, DictionaryProvider dictionaries, WritableByteChannel out);
  }

  /** Batches one after the other. */
  static long writeStream(DuckDBResultSet result, OutputStream out)
      throws SQLException, IOException {
    return write(result, out, ArrowStreamWriter::new);
  }

  /** Batches with a footer that says where each is. */
  static long writeFile(DuckDBResultSet result, OutputStream out) throws SQLException, IOException {
    return write(result, out, ArrowFileWriter::new);
  }

  private static long write(DuckDBResultSet result, OutputStream out, Form form)
      throws SQLException, IOException {
    long rows = 0;
    try (BufferAllocator allocator = allocator();
        ArrowReader reader = reader(result, allocator);
        ArrowWriter writer =
            form.writer(reader.getVectorSchemaRoot(), reader, Channels.newChannel(unclosed(out)))) {
      writer.start();
      while (hasNext(reader)) {
        writer.writeBatch();
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      writer.end();
    }
    out.flush();
    return rows;
  }

  private static boolean hasNext(ArrowReader reader) {
    try {
      return reader.loadNextBatch();
    } catch (IOException e) {
      // DuckDB's own error: nothing was written here.
      throw new AnalyticsException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BufferAllocator allocator() {
    try {
      return new RootAllocator();
    } catch (LinkageError | RuntimeException e) {
      throw notHere(e);
    }
  }

  private static ArrowReader reader(DuckDBResultSet result, BufferAllocator allocator)
      throws SQLException {
    try {
      return (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS);
    } catch (LinkageError | RuntimeException e) {
      throw notHere(e);
    }
  }

  /** Arrow's classes fail to load in a JVM that keeps the insides of java.nio to itself. */
  private static AnalyticsException notHere(Throwable cause) {
    return new AnalyticsException(
        "Arrow cannot start in this JVM; start it with " + JdbcUrl.jvmFlags(), cause);
  }

  /** The writer closes its channel, and the caller's stream stays open. */
  private static OutputStream unclosed(OutputStream out) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }
    };
  }
}
