package dev.assay.analytics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.sql.SQLException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.duckdb.DuckDBResultSet;

/** A result as an Arrow IPC stream or file. */
final class ArrowStream {
  static final int BATCH_ROWS = 65_536;

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
    try (BufferAllocator allocator = ArrowBatches.allocator();
        ArrowBatches batches = ArrowBatches.of(result, allocator, BATCH_ROWS);
        ArrowWriter writer =
            form.writer(
                batches.root(), batches.dictionaries(), Channels.newChannel(unclosed(out)))) {
      writer.start();
      while (batches.next()) {
        writer.writeBatch();
        rows += batches.root().getRowCount();
      }
      writer.end();
    }
    out.flush();
    return rows;
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
