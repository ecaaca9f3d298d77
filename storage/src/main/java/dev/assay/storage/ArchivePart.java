package dev.assay.storage;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.assay.storage.ParquetPart.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run's files, byte for byte, to a Parquet file of the archive. The content of a row group
 * is one page, compressed with long-distance matching: a block that repeats from file to file costs
 * next to nothing after its first time. A row group holds at most 64 MB, or one larger file, so
 * that writing and reading need memory for that much and no more. Not safe to share between
 * threads.
 */
final class ArchivePart implements AutoCloseable {
  /** How much content a row group holds, in bytes; a larger file has its own. */
  static final int GROUP_BYTES = 64 << 20;

  private static final int GROUP_FILES = 100_000;

  static final MessageType SCHEMA =
      Types.buildMessage()
          .required(INT64)
          .named("study_id")
          .required(BINARY)
          .as(stringType())
          .named("path")
          .optional(BINARY)
          .as(stringType())
          .named("trial_file")
          .required(INT64)
          .named("size")
          .required(BINARY)
          .as(stringType())
          .named("sha256")
          .required(BINARY)
          .named("content")
          .named("file");

  private final ParquetPart part;
  private final long studyId;
  private long groupBytes;
  private long bytes;

  ArchivePart(Path file, long studyId) throws IOException {
    this.studyId = studyId;
    part = new ParquetPart(file, SCHEMA, properties(), ZstdPages.longDistance());
  }

  private static ParquetProperties properties() {
    return ParquetProperties.builder()
        // Never reached within a row group; it bounds what a page's buffer allocates ahead.
        .withPageSize(GROUP_BYTES + (GROUP_BYTES >> 3))
        .withPageRowCountLimit(Integer.MAX_VALUE)
        .withMinRowCountForPageSizeCheck(1)
        .withDictionaryEncoding("path", false)
        .withDictionaryEncoding("sha256", false)
        .withDictionaryEncoding("content", false)
        .withStatisticsEnabled("content", false)
        .withPageWriteChecksumEnabled(false)
        .build();
  }

  void add(String path, @Nullable String trialFile, String sha256, byte[] content)
      throws IOException {
    if (groupBytes + content.length > GROUP_BYTES || part.rowsInGroup() == GROUP_FILES) {
      part.endGroup();
      groupBytes = 0;
    }
    RecordConsumer row = part.row();
    row.startMessage();
    number(row, "study_id", 0, studyId);
    binary(row, "path", 1, Binary.fromString(path));
    if (trialFile != null) {
      binary(row, "trial_file", 2, Binary.fromString(trialFile));
    }
    number(row, "size", 3, content.length);
    binary(row, "sha256", 4, Binary.fromString(sha256));
    binary(row, "content", 5, Binary.fromReusedByteArray(content));
    part.endRow();
    groupBytes += content.length;
    bytes += content.length;
  }

  private static void number(RecordConsumer row, String name, int index, long value) {
    row.startField(name, index);
    row.addLong(value);
    row.endField(name, index);
  }

  private static void binary(RecordConsumer row, String name, int index, Binary value) {
    row.startField(name, index);
    row.addBinary(value);
    row.endField(name, index);
  }

  /** How much content was added, in bytes. */
  long bytes() {
    return bytes;
  }

  /** Ends the file, on disk. */
  Written finish(Map<String, String> metadata) throws IOException {
    return part.finish(metadata);
  }

  @Override
  public void close() {
    part.close();
  }
}
