package dev.assay.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * One Parquet file on its way. The caller writes rows to {@link #row()} and says where a row group
 * ends, which parquet-java's own ParquetWriter does not let it: archived files of many megabytes
 * need row groups bounded in bytes. Not safe to share between threads.
 */
final class ParquetPart implements AutoCloseable {
  private final MessageType schema;
  private final ParquetProperties properties;
  private final ZstdPages pages;
  private final PartOutput output;
  private final ParquetFileWriter file;
  private ColumnChunkPageWriteStore chunks;
  private ColumnWriteStore columns;
  private RecordConsumer row;
  private long rowsInGroup;
  private int groups;
  private long rows;

  /** What a finished file is. */
  record Written(long rows, long bytes, String sha256) {}

  ParquetPart(Path path, MessageType schema, ParquetProperties properties, ZstdPages pages)
      throws IOException {
    this.schema = schema;
    this.properties = properties;
    this.pages = pages;
    output = new PartOutput(path);
    file =
        new ParquetFileWriter(
            output, schema, ParquetFileWriter.Mode.CREATE, Long.MAX_VALUE, 0, null, properties);
    file.start();
    chunks = newChunks();
    columns = newColumns();
    row = newRow();
  }

  private ColumnChunkPageWriteStore newChunks() {
    return new ColumnChunkPageWriteStore(
        pages,
        schema,
        new HeapByteBufferAllocator(),
        properties.getColumnIndexTruncateLength(),
        properties.getPageWriteChecksumEnabled(),
        null,
        groups);
  }

  private ColumnWriteStore newColumns() {
    return properties.newColumnWriteStore(schema, chunks, chunks);
  }

  private RecordConsumer newRow() {
    return new ColumnIOFactory().getColumnIO(schema).getRecordWriter(columns);
  }

  /** Where a row is written, between {@code startMessage} and {@link #endRow}. */
  RecordConsumer row() {
    return row;
  }

  void endRow() {
    row.endMessage();
    rowsInGroup++;
    rows++;
  }

  long rowsInGroup() {
    return rowsInGroup;
  }

  /** Ends the row group, if it has rows. */
  void endGroup() throws IOException {
    if (rowsInGroup == 0) {
      return;
    }
    writeGroup();
    groups++;
    rowsInGroup = 0;
    chunks = newChunks();
    columns = newColumns();
    row = newRow();
  }

  private void writeGroup() throws IOException {
    row.flush();
    file.startBlock(rowsInGroup);
    columns.flush();
    chunks.flushToFileWriter(file);
    file.endBlock();
    closeGroup();
  }

  private void closeGroup() {
    columns.close();
    chunks.close();
  }

  /** Writes the rest and the footer; the file is on disk when this returns. */
  Written finish(Map<String, String> metadata) throws IOException {
    endGroup();
    file.end(metadata);
    return new Written(rows, output.bytes(), output.digest());
  }

  @Override
  public void close() {
    try (file) {
      closeGroup();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      pages.release();
    }
  }
}
