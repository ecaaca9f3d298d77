package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json}: the studies and the committed parts, for readers. It is a projection of
 * the live database, replaced as a whole under a file lock, and its snapshot number never falls.
 *
 * <p>Safe to share between threads and processes.
 */
final class Manifest {
  static final String LOCK = "manifest.lock";
  private static final int FORMAT = 1;
  private static final String DUPLICATES = "duplicates";

  private final Path file;
  private final LiveDatabase live;
  private final FileMutex mutex;

  /** One state of the store, as the file has it. */
  private record State(long snapshot, String json) {}

  Manifest(Path store, LiveDatabase live) throws IOException {
    this.file = store.resolve("manifest.json");
    this.live = live;
    this.mutex = new FileMutex(store.resolve(LOCK));
  }

  /** Runs {@code work} while no other thread or process publishes. */
  <T> T exclusively(FileMutex.Work<T> work) throws IOException {
    return mutex.locked(work);
  }

  /**
   * Checks that the live database is not older than what was published from it.
   *
   * @throws StoreException where it is
   */
  void requireBehind() throws IOException {
    State published = published();
    long current = live.query(Parts::snapshot);
    if (published != null && published.snapshot() > current) {
      throw ahead(published.snapshot(), current);
    }
  }

  /**
   * Brings the file up to date, where it is not.
   *
   * @return the snapshot that is published now
   * @throws StoreException where the file is ahead of the live database
   */
  long publish() throws IOException {
    return mutex.locked(this::publishLocked);
  }

  /** {@link #publish}, for a caller that holds {@value #LOCK}. */
  long publishLocked() throws IOException {
    State published = published();
    State current = live.query(Manifest::current);
    if (published != null) {
      if (published.snapshot() > current.snapshot()) {
        throw ahead(published.snapshot(), current.snapshot());
      }
      if (published.json().equals(current.json())) {
        return current.snapshot();
      }
      if (published.snapshot() == current.snapshot()) {
        // A study came or changed: readers tell two manifests apart by their numbers.
        live.transaction(Parts::nextSnapshot);
        current = live.query(Manifest::current);
      }
    }
    // A power failure must not leave the live database older than the file.
    live.sync();
    Disk.replace(file, current.json().getBytes(StandardCharsets.UTF_8));
    return current.snapshot();
  }

  private StoreException ahead(long published, long current) {
    return new StoreException(
        ("%s is of snapshot %d, but live.db knows %d only: live.db was lost or is an older copy."
                + " Put back the live.db that belongs to this store, or let 'assay repair' make it"
                + " anew; nothing was changed")
            .formatted(file, published, current));
  }

  private @Nullable State published() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    String json = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    try {
      JsonNode snapshot = Json.parse(json).path("snapshot");
      return snapshot.canConvertToLong() ? new State(snapshot.longValue(), json) : null;
    } catch (JsonProcessingException e) {
      // Not ours any more: it is written anew.
      return null;
    }
  }

  /**
   * What is wrong with a store's published file, where something is; null where nothing is. That
   * the live database is ahead of it is not wrong.
   */
  static @Nullable String fault(Path store, LiveDatabase live) throws IOException {
    // The file is read first: what is published after that has a greater snapshot.
    JsonNode published = null;
    Path file = store.resolve("manifest.json");
    if (Files.exists(file)) {
      try {
        published = Json.parse(Files.readAllBytes(file));
      } catch (JsonProcessingException e) {
        return "is not JSON: " + e.getOriginalMessage();
      }
    }
    State current = live.query(Manifest::current);
    if (published == null) {
      return current.snapshot() == 0 ? null : "is missing";
    }
    long snapshot = published.path("snapshot").asLong(-1);
    if (snapshot < 0 || snapshot > current.snapshot()) {
      return "is of snapshot %s, live.db knows %d"
          .formatted(published.path("snapshot"), current.snapshot());
    }
    return snapshot < current.snapshot() ? null : difference(published, Json.parse(current.json()));
  }

  private static @Nullable String difference(JsonNode published, JsonNode current) {
    if (!published.path("files").equals(current.path("files"))) {
      return "names other files than live.db has at snapshot " + current.path("snapshot");
    }
    Set<JsonNode> studies = new HashSet<>();
    current.path("studies").forEach(study -> studies.add(identity(study)));
    for (JsonNode study : published.path("studies")) {
      // Those that were created since are not in the file yet.
      if (!studies.contains(identity(study))) {
        return "names the study %s, which live.db does not have so".formatted(study.path("name"));
      }
    }
    return null;
  }

  /** A study without what rises between two snapshots. */
  private static JsonNode identity(JsonNode study) {
    return study instanceof ObjectNode known ? known.deepCopy().without(DUPLICATES) : study;
  }

  private static State current(Statements sql) throws SQLException {
    long snapshot = Parts.snapshot(sql);
    ObjectNode manifest = Json.object();
    manifest.put("format", FORMAT);
    manifest.put("snapshot", snapshot);
    manifest
        .putArray("studies")
        .addAll(
            sql.list(
                "SELECT study_id, name, directions, user_attrs, system_attrs, trial_files, "
                    + "created_us, duplicates FROM studies ORDER BY study_id",
                Manifest::study));
    manifest
        .putArray("files")
        .addAll(
            sql.list(
                "SELECT part_id, study_id, kind, path, rows, bytes, sha256 "
                    + "FROM parts WHERE status = 'committed' ORDER BY part_id",
                Manifest::part));
    return new State(snapshot, CanonicalJson.compact(manifest) + "\n");
  }

  private static ObjectNode study(ResultSet row) throws SQLException {
    ObjectNode study = Json.object();
    study.put("study_id", row.getLong(1));
    study.put("name", row.getString(2));
    study.set("directions", directions(row.getString(3)));
    study.put("user_attrs", row.getString(4));
    study.put("system_attrs", row.getString(5));
    study.put("trial_files", row.getString(6));
    study.put("created", PartMetadata.iso(row.getLong(7)));
    study.put(DUPLICATES, row.getLong(8));
    return study;
  }

  private static JsonNode directions(String text) throws SQLException {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new SQLException("studies.directions is '%s', expected JSON".formatted(text), e);
    }
  }

  private static ObjectNode part(ResultSet row) throws SQLException {
    ObjectNode part = Json.object();
    part.put("part_id", row.getLong(1));
    part.put("study_id", row.getLong(2));
    part.put("kind", row.getString(3));
    part.put("path", row.getString(4));
    part.put("rows", row.getLong(5));
    part.put("bytes", row.getLong(6));
    part.put("sha256", row.getString(7));
    return part;
  }
}
