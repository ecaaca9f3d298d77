package dev.assay.analytics;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

/**
 * A result as Arrow record batches, one after the other: DuckDB's own memory, without a step
 * through Java values. Only the batch at hand is in memory.
 *
 * <pre>{@code
 * try (BufferAllocator allocator = ArrowBatches.allocator();
 *     ArrowBatches batches = analytics.batches("SELECT number, value FROM trials", allocator)) {
 *   while (batches.next()) {
 *     BigIntVector numbers = (BigIntVector) batches.root().getVector("number");
 *   }
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class ArrowBatches implements AutoCloseable {
  private final ArrowReader reader;
  private final VectorSchemaRoot root;
  private final Statement statement;

  private ArrowBatches(ArrowReader reader, VectorSchemaRoot root, Statement statement) {
    this.reader = reader;
    this.root = root;
    this.statement = statement;
  }

  /**
   * Memory for batches.
   *
   * @throws AnalyticsException where this JVM was started without what Arrow needs
   */
  public static BufferAllocator allocator() {
    try {
      return new RootAllocator();
    } catch (LinkageError | RuntimeException e) {
      throw notHere(e);
    }
  }

  /**
   * The batches of a result that has not been read yet; its statement is closed with them.
   *
   * @param rows how many rows a batch has at most
   */
  public static ArrowBatches of(DuckDBResultSet result, BufferAllocator allocator, int rows)
      throws SQLException {
    ArrowReader reader = reader(result, allocator, rows);
    try {
      return new ArrowBatches(reader, reader.getVectorSchemaRoot(), result.getStatement());
    } catch (IOException e) {
      throw new AnalyticsException(String.valueOf(e.getMessage()), e);
    }
  }

  private static ArrowReader reader(DuckDBResultSet result, BufferAllocator allocator, int rows)
      throws SQLException {
    try {
      return (ArrowReader) result.arrowExportStream(allocator, rows);
    } catch (LinkageError | RuntimeException e) {
      throw notHere(e);
    }
  }

  /** Arrow's classes fail to load in a JVM that keeps the insides of java.nio to itself. */
  private static AnalyticsException notHere(Throwable cause) {
    return new AnalyticsException(
        "Arrow cannot start in this JVM; start it with " + JdbcUrl.jvmFlags(), cause);
  }

  /** The batch at hand, empty before the first; its vectors are filled anew by {@link #next}. */
  public VectorSchemaRoot root() {
    return root;
  }

  /** What the numbers in columns of enumerated values stand for. */
  public DictionaryProvider dictionaries() {
    return reader;
  }

  /**
   * Goes on to the next batch.
   *
   * @return false where there is none
   * @throws AnalyticsException with DuckDB's message, when the query fails on its way
   */
  public boolean next() {
    try {
      return reader.loadNextBatch();
    } catch (IOException e) {
      throw new AnalyticsException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    try (statement) {
      reader.close();
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    } catch (IOException e) {
      throw new AnalyticsException(String.valueOf(e.getMessage()), e);
    }
  }
}
