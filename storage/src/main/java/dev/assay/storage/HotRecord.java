package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A trial's record as a row of the live database holds it: the JSON text itself, or the name of the
 * file in {@code spool/} that has it.
 *
 * @param inline the text; null where a file has it
 * @param spool the file's name; null where the row has the text
 * @param bytes how long the text is; in a file it is ASCII
 */
record HotRecord(@Nullable String inline, @Nullable String spool, long bytes) {
  /** The columns that {@link #read(ResultSet, int)} takes, of {@code trials} and best_trials. */
  static final String COLUMNS = "record, spool, spool_bytes";

  /** What fits into an array. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  static HotRecord read(ResultSet row, int column) throws SQLException {
    String inline = row.getString(column);
    return new HotRecord(
        inline,
        row.getString(column + 1),
        inline == null ? row.getLong(column + 2) : inline.length());
  }

  /** A text that its row has. */
  static HotRecord of(String text) {
    return new HotRecord(text, null, text.length());
  }

  /** The value of the column {@code spool_bytes}. */
  @Nullable Long spoolBytes() {
    return spool == null ? null : bytes;
  }

  /**
   * The record's JSON.
   *
   * @throws NoSuchFileException where its file is gone: the row is sealed by now
   */
  String text(Path store) throws IOException {
    if (inline != null) {
      return inline;
    }
    if (spool == null) {
      throw new IOException("it has neither a record nor a file in spool");
    }
    Path file = Spool.fileOf(store, spool);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        ZstdInputStreamNoFinalizer in =
            new ZstdInputStreamNoFinalizer(Channels.newInputStream(channel))) {
      byte[] json = bytes < 0 || bytes > MAX_BYTES ? new byte[0] : in.readNBytes((int) bytes);
      if (json.length != bytes || in.read() >= 0) {
        throw new IOException("it does not hold %d bytes of JSON".formatted(bytes));
      }
      return new String(json, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("%s is damaged: %s".formatted(file, e.getMessage()), e);
    }
  }

  FrozenTrial trial(Path store) throws IOException {
    return TrialJson.fromJson((ObjectNode) Json.parse(text(store)));
  }
}
