package dev.assay.storage;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.PartReader.FileRow;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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
 * next to nothing after its first time. A row group holds at most 64 MB, so that writing and
 * reading need memory for that much and no more.
 *
 * <p>Large files that resemble each other would cost a whole file in each row group, which holds
 * few of them. Where they come to more than a row group, they are kept aside and cut into pieces,
 * as many as there are row groups: the first has the first piece of all of them, and so on. So each
 * block costs once in a part, at the price that one such file is read from all of these groups. Not
 * safe to share between threads.
 */
final class ArchivePart implements AutoCloseable {
  /** How much content a row group holds, in bytes. */
  static final int GROUP_BYTES = 64 << 20;

  /** A file of at least this size may be kept in pieces, in bytes. */
  static final int LARGE_BYTES = 256 << 10;

  private static final int STEP_BYTES = 1 << 20;

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
          .optional(BINARY)
          .as(stringType())
          .named("sha256")
          .required(INT32)
          .named("piece")
          .required(INT32)
          .named("pieces")
          .required(BINARY)
          .named("content")
          .named("file");

  private final ParquetPart part;
  private final long studyId;
  private final LargeFiles large;
  private long groupBytes;
  private long bytes;

  ArchivePart(Path file, long studyId) throws IOException {
    this.studyId = studyId;
    large = new LargeFiles(file.resolveSibling(""));
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
    add(new FileRow(path, trialFile, content.length, sha256, 0, 1), ByteBuffer.wrap(content));
  }

  /** Takes a file of any size, of which a large one is not in memory as a whole. */
  void add(FileRow file, InputStream content) throws IOException {
    if (file.size() < LARGE_BYTES) {
      add(file, ByteBuffer.wrap(content.readNBytes((int) file.size())));
      return;
    }
    byte[] step = new byte[STEP_BYTES];
    for (long left = file.size(); left > 0; ) {
      int read = content.readNBytes(step, 0, (int) Math.min(step.length, left));
      if (read == 0) {
        throw new EOFException("%s is %d bytes shorter than it was".formatted(file.path(), left));
      }
      add(file, ByteBuffer.wrap(step, 0, read));
      left -= read;
    }
  }

  /**
   * Takes a file as another part has it.
   *
   * @param file one that is whole, or a piece: the pieces of a file come in their order
   */
  void add(FileRow file, ByteBuffer content) throws IOException {
    bytes += content.remaining();
    if (file.size() >= LARGE_BYTES) {
      large.add(file, content);
      return;
    }
    if (groupBytes + content.remaining() > GROUP_BYTES || part.rowsInGroup() == GROUP_FILES) {
      part.endGroup();
      groupBytes = 0;
    }
    groupBytes += content.remaining();
    write(file, content);
  }

  private void write(FileRow file, ByteBuffer content) {
    RecordConsumer row = part.row();
    row.startMessage();
    number(row, "study_id", 0, studyId);
    binary(row, "path", 1, Binary.fromString(file.path()));
    if (file.trialFile() != null) {
      binary(row, "trial_file", 2, Binary.fromString(file.trialFile()));
    }
    number(row, "size", 3, file.size());
    if (file.sha256() != null) {
      binary(row, "sha256", 4, Binary.fromString(file.sha256()));
    }
    integer(row, "piece", 5, file.piece());
    integer(row, "pieces", 6, file.pieces());
    binary(row, "content", 7, Binary.fromReusedByteBuffer(content));
    part.endRow();
  }

  private void writeLarge() throws IOException {
    if (large.bytes() > 0) {
      int pieces = Math.toIntExact((large.bytes() - 1) / GROUP_BYTES + 1);
      int[] last = {-1};
      large.forEach(
          pieces,
          (piece, content) -> {
            if (piece.piece() != last[0]) {
              part.endGroup();
              last[0] = piece.piece();
            }
            write(piece, content);
          });
    }
  }

  private static void integer(RecordConsumer row, String name, int index, int value) {
    row.startField(name, index);
    row.addInteger(value);
    row.endField(name, index);
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
    writeLarge();
    return part.finish(metadata);
  }

  @Override
  public void close() {
    try (large) {
      part.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
