package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the files of {@code runs/}: a trial's document, and for a study {@code best_trial.json}
 * (the best by objective value, whatever its constraints) and {@code run_meta.json}. Each file is
 * replaced as a whole; what others have put into {@code run_meta.json} before stays there. The
 * study's files are made from the live database under a file lock, so that of two processes none
 * puts an older state over a newer one.
 *
 * <p>Used by one thread, but for {@link #written} and {@link #createDirectory}.
 */
final class RunFiles {
  private static final String BEST = "best_trial.json";
  private static final String META = "run_meta.json";

  private static final String STATE =
      """
      SELECT s.name, s.directions, s.system_attrs, s.created_us, s.next_number,
        coalesce(m.complete, 0), coalesce(m.pruned, 0), coalesce(m.fail, 0), s.duplicates,
        m.best_trial_id
      FROM studies s LEFT JOIN summaries m USING (study_id) WHERE study_id = ?""";

  private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);

  /** The objects of {@code run_meta.json} in which others may have members beside ours. */
  private static final Set<String> SHARED = Set.of("optuna", "diagnostics");

  /** How a document ends, and no part of one: inner members are indented. */
  private static final byte[] END = {'\n', '}'};

  /** The members of a document that tell which trial it is of, where a number was given again. */
  private static final List<String> IDENTITY =
      List.of("number", "datetime_start", "datetime_complete", "trial_key", "signature");

  private final Path store;
  private final LiveDatabase live;
  private final long workerId;
  private final FileMutex mutex;
  private final Map<Long, Long> bestWritten = new HashMap<>();
  private final Map<Long, ObjectNode> metaFound = new HashMap<>();
  private final LongAdder written = new LongAdder();

  /** What the study's files say. */
  private record State(
      String name,
      JsonNode directions,
      JsonNode systemAttrs,
      Instant created,
      long trials,
      long complete,
      long pruned,
      long fail,
      long duplicates,
      @Nullable Long bestId) {
    static State read(ResultSet row) throws SQLException {
      try {
        return new State(
            row.getString(1),
            Json.parse(row.getString(2)),
            Json.parse(row.getString(3)),
            Instant.EPOCH.plus(row.getLong(4), ChronoUnit.MICROS),
            row.getLong(5),
            row.getLong(6),
            row.getLong(7),
            row.getLong(8),
            row.getLong(9),
            Statements.nullableLong(row, 10));
      } catch (JsonProcessingException e) {
        throw new SQLException("studies: a column is not JSON: " + e.getMessage(), e);
      }
    }
  }

  RunFiles(Path store, LiveDatabase live, long workerId) {
    this.store = store;
    this.live = live;
    this.workerId = workerId;
    try {
      this.mutex = RunDirectories.lock(store.resolve(RunDirectories.NAME));
    } catch (IOException e) {
      throw new StoreException("cannot use %s: %s".formatted(store, e), e);
    }
  }

  /** How many files were written. */
  long written() {
    return written.sum();
  }

  Path fileOf(StudyRecord study, FrozenTrial trial) {
    return fileOf(study, requireNonNull(trial.trialFile(), "a trial that was claimed has a file"));
  }

  Path fileOf(StudyRecord study, String trialFile) {
    return RunDirectories.of(store, study.id(), study.name()).resolve(trialFile);
  }

  void writeTrial(StudyRecord study, FrozenTrial trial) throws IOException {
    Path file = fileOf(study, trial);
    ObjectNode json = TrialDocument.toJson(trial);
    try {
      replace(file, json);
    } catch (NoSuchFileException e) {
      // A study that came in whole has no directory yet, one that was deleted none any more.
      createDirectory(study);
      replace(file, json);
    }
  }

  /**
   * Creates a study's directory.
   *
   * @throws StoreException where the study was deleted
   */
  void createDirectory(StudyRecord study) throws IOException {
    // Under the lock, under which the directory of a study that is gone is taken away.
    mutex.locked(
        () -> {
          if (live.find("SELECT 1 FROM studies WHERE study_id = ?", row -> true, study.id())
              == null) {
            throw new Tombstones(store).noStudy(study.id());
          }
          return Files.createDirectories(RunDirectories.of(store, study.id(), study.name()));
        });
  }

  /** Whether a trial's file is there as a whole, and not that of another trial. */
  boolean isWritten(StudyRecord study, FrozenTrial trial) {
    Path file = fileOf(study, trial);
    try {
      return isWhole(file) && !isOfAnother(Files.readAllBytes(file), trial);
    } catch (IOException e) {
      // Whatever is in its way is named when it is written.
      return false;
    }
  }

  /**
   * Whether a document is that of another trial, which had the same number until a power failure
   * took it back. A document that does not say is somebody's own, and stays.
   */
  static boolean isOfAnother(byte[] document, FrozenTrial trial) {
    try {
      JsonNode found = Json.parse(document);
      ObjectNode own = TrialDocument.toJson(trial);
      return found.has("number")
          && IDENTITY.stream()
              .filter(own::has)
              .anyMatch(name -> !own.path(name).asText().equals(found.path(name).asText()));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Whether a trial's file is there as a whole; a machine that lost its power may leave a part. */
  static boolean isWhole(Path trialFile) {
    try (FileChannel file = FileChannel.open(trialFile, StandardOpenOption.READ)) {
      ByteBuffer end = ByteBuffer.allocate(END.length);
      return file.size() > END.length
          && file.read(end, file.size() - END.length) == END.length
          && Arrays.equals(end.array(), END);
    } catch (IOException e) {
      // Whatever is in its way is named when it is written.
      return false;
    }
  }

  /** Writes {@code best_trial.json}, where it has changed, and {@code run_meta.json}. */
  void writeStudy(StudyRecord study) throws IOException {
    Path directory = RunDirectories.of(store, study.id(), study.name());
    mutex.locked(
        () -> {
          State state = live.find(STATE, State::read, study.id());
          if (state != null) {
            if (!Files.isDirectory(directory)) {
              Files.createDirectories(directory);
            }
            // The database may have a better one by now; its files follow next time.
            FrozenTrial best =
                state.bestId() == null ? null : HotTrial.best(store, live, study.id());
            Path file = directory.resolve(BEST);
            Long last = bestWritten.get(study.id());
            if (best != null && !(last != null && last == best.id() && Files.exists(file))) {
              replace(file, TrialDocument.toJson(best));
              bestWritten.put(study.id(), best.id());
            }
            Path metaFile = directory.resolve(META);
            ObjectNode meta = meta(state, best);
            keep(foundMeta(study.id(), metaFile), meta);
            replace(metaFile, meta);
          }
          return true;
        });
  }

  /** The study's own files by name, as {@link #writeStudy} would write them now. */
  static Map<String, ObjectNode> ofStudy(Path store, LiveDatabase live, long studyId) {
    Map<String, ObjectNode> files = new LinkedHashMap<>();
    State state = live.find(STATE, State::read, studyId);
    if (state != null) {
      FrozenTrial best = state.bestId() == null ? null : HotTrial.best(store, live, studyId);
      if (best != null) {
        files.put(BEST, TrialDocument.toJson(best));
      }
      files.put(META, meta(state, best));
    }
    return files;
  }

  /** What {@code run_meta.json} held when this process first wrote it. */
  private ObjectNode foundMeta(long studyId, Path file) throws IOException {
    ObjectNode found = metaFound.get(studyId);
    if (found == null) {
      found = readMeta(file);
      metaFound.put(studyId, found);
    }
    return found;
  }

  private static ObjectNode readMeta(Path file) throws IOException {
    try {
      return Json.parse(Files.readAllBytes(file)) instanceof ObjectNode found
          ? found
          : Json.object();
    } catch (NoSuchFileException e) {
      return Json.object();
    } catch (JsonProcessingException e) {
      LOG.warn("{} is not JSON and is written anew: {}", file, e.getMessage());
      return Json.object();
    }
  }

  /** Adds the members that somebody else has put there. */
  private static void keep(ObjectNode found, ObjectNode meta) {
    for (Map.Entry<String, JsonNode> member : found.properties()) {
      JsonNode own = meta.get(member.getKey());
      if (own == null) {
        meta.set(member.getKey(), member.getValue());
      } else if (SHARED.contains(member.getKey())
          && own instanceof ObjectNode into
          && member.getValue() instanceof ObjectNode from) {
        keep(from, into);
      }
    }
  }

  private static ObjectNode meta(State state, @Nullable FrozenTrial best) {
    ObjectNode meta = Json.object();
    JsonNode rawMeta = state.systemAttrs().path("raw_meta");
    meta.put("run_id", state.name());
    copy(state.systemAttrs(), "source", meta, "config_path");
    for (String name : List.of("snapshot_id", "symbol", "timeframe")) {
      copy(rawMeta, name, meta, name);
    }
    meta.put("started_at", TrialDocument.time(state.created()));
    copy(state.systemAttrs(), "raw_meta", meta, "raw_meta");
    ObjectNode optuna = meta.putObject("optuna");
    optuna.put("study_name", state.name());
    if (state.directions().size() == 1) {
      optuna.put("direction", state.directions().path(0).asText().toLowerCase(Locale.ROOT));
    } else {
      state
          .directions()
          .forEach(
              direction ->
                  optuna.withArray("directions").add(direction.asText().toLowerCase(Locale.ROOT)));
    }
    optuna.put("n_trials", state.trials());
    optuna.put("best_value", best == null ? null : best.value());
    optuna.put("best_trial_number", best == null ? null : best.number());
    optuna.set("diagnostics", diagnostics(state));
    return meta;
  }

  /** Gives {@code to} a member of {@code from} under the name {@code as}, where there is one. */
  static void copy(JsonNode from, String name, ObjectNode to, String as) {
    JsonNode value = from.get(name);
    if (value != null) {
      to.set(as, value);
    }
  }

  private static ObjectNode diagnostics(State state) {
    long attempted = state.trials() + state.duplicates();
    ObjectNode diagnostics = Json.object();
    diagnostics.put("total_trials_attempted", attempted);
    diagnostics.put("duplicate_count", state.duplicates());
    diagnostics.put("complete_count", state.complete());
    diagnostics.put("pruned_count", state.pruned());
    diagnostics.put("failed_count", state.fail());
    diagnostics.put("duplicate_ratio", ratio(state.duplicates(), attempted));
    diagnostics.put("pruned_ratio", ratio(state.pruned(), attempted));
    return diagnostics;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** A reader sees the old file or the new one. Not synced: the file can be made again. */
  private void replace(Path file, ObjectNode json) throws IOException {
    Path temporary = TemporaryFiles.of(file, workerId);
    try {
      write(temporary, json);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IllegalArgumentException e) {
      Files.deleteIfExists(temporary);
      throw new IOException(e.getMessage(), e);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    written.increment();
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      CanonicalJson.indentedTo(out, json);
    }
  }
}
