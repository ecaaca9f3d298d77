package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The studies that were deleted, a small file each in {@code tombstones/}: it keeps a study from
 * coming back where the live database is made anew from the files of the lake. A tombstone is
 * intended before the transaction that deletes its study, and final after it, each on disk when its
 * method returns. A file that cannot be read counts as final.
 *
 * <p>Safe to share between threads and processes; whoever writes does so {@link #exclusively}.
 */
final class Tombstones {
  private static final Logger LOG = LoggerFactory.getLogger(Tombstones.class);
  static final String NAME = "tombstones";
  private static final Pattern FILE = Pattern.compile("study-(\\d{1,18})\\.json");
  private static final String FINAL = "final";
  private static final String INTENDED = "intended";

  private final Path store;

  /**
   * @param greatestTrialId no trial of the study had a greater id when this was written; -1 where
   *     that is not known
   * @param deleted when the deletion began
   * @param isFinal whether the study is gone; else its deletion has begun
   */
  record Tombstone(
      long studyId, String name, long greatestTrialId, Instant deleted, boolean isFinal) {}

  Tombstones(Path store) {
    this.store = store;
  }

  /** Runs {@code work} while no other thread or process deletes a study. */
  <T> T exclusively(FileMutex.Work<T> work) throws IOException {
    return new FileMutex(store.resolve(NAME + ".lock")).locked(work);
  }

  /** All of them, by study id. */
  List<Tombstone> list() throws IOException {
    List<Tombstone> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(store.resolve(NAME))) {
      for (Path file : files) {
        Matcher name = FILE.matcher(file.getFileName().toString());
        Tombstone tombstone = name.matches() ? find(Long.parseLong(name.group(1))) : null;
        if (tombstone != null) {
          found.add(tombstone);
        }
      }
    } catch (NoSuchFileException e) {
      // No study was ever deleted.
    }
    found.sort(Comparator.comparingLong(Tombstone::studyId));
    return found;
  }

  /** Whether the study is gone for good; false where its deletion was only intended. */
  boolean isDeleted(long studyId) throws IOException {
    Tombstone tombstone = find(studyId);
    return tombstone != null && tombstone.isFinal();
  }

  /** The study's tombstone; null where it has none. */
  @Nullable Tombstone find(long studyId) throws IOException {
    Path file = fileOf(studyId);
    try {
      return read(studyId, Json.parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException | DateTimeException e) {
      LOG.warn(
          "{} is not a tombstone, study {} counts as deleted: {}", file, studyId, e.toString());
      return new Tombstone(studyId, "study " + studyId, -1, Instant.EPOCH, true);
    }
  }

  private static Tombstone read(long studyId, JsonNode json) {
    return new Tombstone(
        studyId,
        json.path("name").asText(),
        json.path("greatest_trial_id").asLong(-1),
        Instant.parse(json.path("deleted_at").asText()),
        !json.path("state").asText().equals(INTENDED));
  }

  /** Writes a tombstone, over an earlier one of the study. */
  void write(Tombstone tombstone) throws IOException {
    ObjectNode json = Json.object();
    json.put("study_id", tombstone.studyId());
    json.put("name", tombstone.name());
    json.put("greatest_trial_id", tombstone.greatestTrialId());
    json.put("deleted_at", tombstone.deleted().toString());
    json.put("state", tombstone.isFinal() ? FINAL : INTENDED);
    Disk.createDirectories(store.resolve(NAME));
    Disk.replace(fileOf(tombstone.studyId()), CanonicalJson.indentedBytes(json));
  }

  /** Makes a tombstone final: its study is deleted, and no trial of it had a greater id. */
  void makeFinal(Tombstone tombstone, long greatestTrialId) throws IOException {
    write(
        new Tombstone(
            tombstone.studyId(), tombstone.name(), greatestTrialId, tombstone.deleted(), true));
  }

  /** What is wrong where a study is not there: it was deleted, or never was. */
  StoreException noStudy(long studyId) {
    Tombstone tombstone;
    try {
      tombstone = find(studyId);
    } catch (IOException e) {
      LOG.warn("cannot see whether study {} was deleted: {}", studyId, e.toString());
      tombstone = null;
    }
    return new NoSuchStudyException(
        tombstone == null
            ? "there is no study with the id %d".formatted(studyId)
            : "study '%s' was deleted; open it again to begin a new study of that name"
                .formatted(tombstone.name()));
  }

  /** Removes a tombstone whose study was not deleted after all. */
  void remove(long studyId) throws IOException {
    Files.deleteIfExists(fileOf(studyId));
  }

  private Path fileOf(long studyId) {
    return store.resolve(NAME).resolve("study-%d.json".formatted(studyId));
  }
}
