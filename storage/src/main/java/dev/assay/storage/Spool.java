package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Large records on their way to a part, one compressed file each: as rows of the live database they
 * would hold up every claim while they are written. A file is on disk before the transaction that
 * names it, and is deleted when no row names it any more; its name is never used again.
 *
 * <p>Safe to share between threads.
 */
final class Spool {
  /** The longest record that a row holds itself, in bytes. */
  static final int INLINE_BYTES = 64 * 1024;

  static final String NAME = "spool";

  /** The worker that wrote it, then what makes it unique. */
  private static final Pattern FILE = Pattern.compile("(\\d{1,18})-[-0-9a-f]+\\.json\\.zst");

  private static final String NAMED =
      "SELECT spool FROM trials WHERE spool IS NOT NULL "
          + "UNION ALL SELECT spool FROM best_trials WHERE spool IS NOT NULL "
          + "UNION ALL SELECT spool FROM live_steps WHERE spool IS NOT NULL";

  private final Path store;
  private final LiveDatabase live;
  private final long workerId;

  /** Files that a transaction of this process is about to name. */
  private final Set<String> pending = ConcurrentHashMap.newKeySet();

  Spool(Path store, LiveDatabase live, long workerId) {
    this.store = store;
    this.live = live;
    this.workerId = workerId;
  }

  static Path fileOf(Path store, String name) {
    return store.resolve(NAME).resolve(name);
  }

  /**
   * Makes a trial's record ready for its row; the caller {@link #release releases} it when its
   * transaction has ended.
   */
  HotRecord put(FrozenTrial trial) {
    String inline = Records.upTo(INLINE_BYTES, trial);
    if (inline != null) {
      return new HotRecord(inline, null, inline.length());
    }
    return write(out -> Records.writeTo(out, trial), "trial number " + trial.number());
  }

  /**
   * Makes an attribute ready for its row: its text, or where that is long, the same in ASCII as a
   * file. The caller {@link #release releases} it when its transaction has ended.
   */
  HotRecord put(String text, JsonNode value) {
    return text.length() <= INLINE_BYTES
        ? HotRecord.of(text)
        : write(out -> CanonicalJson.compactTo(out, value), "the attribute");
  }

  /** Writes a text in ASCII to a stream; returns its length. */
  private interface Writer {
    long write(OutputStream out) throws IOException;
  }

  private HotRecord write(Writer writer, String what) {
    String name = "%d-%s.json.zst".formatted(workerId, UUID.randomUUID());
    Path file = fileOf(store, name);
    long[] length = {0};
    pending.add(name);
    try {
      Disk.createDirectories(store.resolve(NAME));
      Disk.create(file, out -> length[0] = compress(writer, out));
      return new HotRecord(null, name, length[0]);
    } catch (IOException e) {
      forget(name);
      throw new StoreException(
          "cannot write %s: %s; nothing of %s was stored, check the disk and its space"
              .formatted(file, e, what),
          e);
    } catch (StoreException e) {
      forget(name);
      throw e;
    }
  }

  private static long compress(Writer writer, OutputStream out) throws IOException {
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
      zstd.setChecksum(true);
      return writer.write(zstd);
    }
  }

  private void forget(String name) {
    pending.remove(name);
    Lake.delete(fileOf(store, name));
  }

  /** The transaction has ended: from here on a file that no row names may be deleted. */
  void release(HotRecord record) {
    if (record.spool() != null) {
      pending.remove(record.spool());
    }
  }

  /**
   * Deletes files that no row names, whose transactions are over: own ones, and of ended workers.
   */
  void sweep() throws IOException {
    List<String> settled = settled();
    List<String> unnamed = settled.isEmpty() ? List.of() : live.query(sql -> unnamed(sql, settled));
    if (!unnamed.isEmpty()) {
      // On disk first: a power failure must not bring back a row without its file.
      live.sync();
      delete(store, unnamed);
    }
  }

  private List<String> settled() throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(store.resolve(NAME))) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(store.resolve(NAME))) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          Matcher matcher = FILE.matcher(name);
          if (matcher.matches() && isSettled(name, Long.parseLong(matcher.group(1)))) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  private boolean isSettled(String name, long worker) throws IOException {
    return worker == workerId
        ? !pending.contains(name)
        : !WorkerLock.isHeld(store.resolve("lake"), worker);
  }

  /** The files that rows name. */
  static List<String> named(Statements sql) throws SQLException {
    return sql.list(NAMED, row -> row.getString(1));
  }

  private static List<String> unnamed(Statements sql, List<String> names) throws SQLException {
    ArrayNode array = Json.object().putArray("names");
    names.forEach(array::add);
    return sql.list(
        "SELECT value FROM json_each(?) WHERE value NOT IN (" + NAMED + ")",
        row -> row.getString(1),
        CanonicalJson.compact(array));
  }

  /** Deletes files that no row names any more, as a durable transaction has left it. */
  static void delete(Path store, Collection<String> unnamed) {
    unnamed.forEach(name -> Lake.delete(fileOf(store, name)));
  }
}
