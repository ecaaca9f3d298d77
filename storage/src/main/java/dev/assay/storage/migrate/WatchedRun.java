package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyChangedException;
import dev.assay.storage.StudyGrowth;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One folder that is still being written, and the study that it becomes. Used by one thread; other
 * processes may watch the same folder: whoever commits second sees that, and looks again.
 */
final class WatchedRun {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedRun.class);

  /** A folder in which nothing happens is looked at less often, but at least so often. */
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The share of the time since the last change that passes before the next look. */
  private static final int PAUSE_SHARE = 10;

  private final Store store;
  private final @Nullable WatchedRun parent;
  private final long batchNanos;
  private final Stillness stillness;
  private LegacyFolder folder;
  private @Nullable WatchedState state;
  private @Nullable String refusal;
  private long lastChange;
  private long lastBatch;
  private long nextLook;
  private boolean isBegun;

  /**
   * @param parent the run that it lies in; null where it lies in none
   * @param batch how long a batch waits after the one before, to be worth its while
   */
  WatchedRun(
      Store store,
      LegacyFolder folder,
      @Nullable WatchedRun parent,
      Duration batch,
      Duration settle) {
    this.store = store;
    this.folder = folder;
    this.parent = parent;
    this.batchNanos = batch.toNanos();
    this.stillness = new Stillness(settle);
  }

  /** The folder was listed anew: other runs may have appeared inside it. */
  void folder(LegacyFolder folder) {
    this.folder = folder;
  }

  /** When something in the folder was new or had changed, on the clock of {@link #look}. */
  long lastChange() {
    return lastChange;
  }

  private String name() {
    return state == null ? folder.name() : state.study().name();
  }

  /**
   * Looks at the folder, and takes in what holds still if it is time for that.
   *
   * @param now nanoseconds on a clock that only goes forward
   * @param wallMillis milliseconds since 1970
   */
  List<WatchBatch> look(long now, long wallMillis) {
    if (refusal != null || (isBegun && now < nextLook)) {
      return List.of();
    }
    RunListing files = list(now, wallMillis);
    boolean isTime = !isBegun || now - lastBatch >= batchNanos;
    isBegun = true;
    List<WatchBatch> batches = isTime ? take(files) : List.of();
    lastBatch = batches.isEmpty() ? lastBatch : now;
    return batches;
  }

  /** Looks at the folder, and takes in what holds still. */
  List<WatchBatch> finish(long now, long wallMillis) {
    return refusal == null ? take(list(now, wallMillis)) : List.of();
  }

  private RunListing list(long now, long wallMillis) {
    RunListing files = RunListing.of(folder);
    if (stillness.look(files, now, wallMillis)) {
      lastChange = now;
    }
    nextLook = now + Math.min(LONGEST_PAUSE_NANOS, (now - lastChange) / PAUSE_SHARE);
    return files;
  }

  private List<WatchBatch> take(RunListing files) {
    List<WatchBatch> batches = new ArrayList<>();
    try {
      WatchedState known = known(files);
      while (known != null && known.isDue(files, stillness)) {
        WatchBatch batch = take(known, files);
        if (batch == null) {
          break;
        }
        batches.add(batch);
      }
    } catch (StudyChangedException e) {
      // Another process was first; what it has taken is seen at the next look.
      LOG.debug("{}", e.getMessage());
      requireStudy();
    }
    if (refusal != null) {
      batches.add(WatchBatch.refused(folder.directory(), name(), refusal));
    }
    return batches;
  }

  private void requireStudy() {
    WatchedState before = state;
    state = null;
    if (before != null && store.findStudy(before.study().name()) == null) {
      refusal = "its study was deleted; watch it anew to take it in again";
    }
  }

  /** Null where there is nothing to begin with, or the run is left alone. */
  private @Nullable WatchedState known(RunListing files) {
    if (state == null) {
      StudyRecord study = find();
      if (study != null) {
        state = WatchedState.load(store, study, files);
      } else if (isReadyToBegin(files)) {
        state = new WatchedState(begin(files));
      }
    }
    if (state != null && state.ownTrials() > 0) {
      refusal =
          "Assay has run %s of its study since; 'assay migrate' takes the folder in as another study"
              .formatted(Sizes.count(state.ownTrials(), "trial"));
      return null;
    }
    return state;
  }

  /** The study that was made of this very folder; of several the last. */
  private @Nullable StudyRecord find() {
    StudyRecord found = null;
    for (StudyRecord study : store.studies()) {
      ObjectNode attributes = study.systemAttrs();
      if (folder.directory().toString().equals(attributes.path(KnownRuns.SOURCE).textValue())
          && folder.kind().word().equals(attributes.path("source_kind").textValue())) {
        found = study;
      }
    }
    return found;
  }

  /** What the metadata say of the direction is for good: they are waited for. */
  private boolean isReadyToBegin(RunListing files) {
    return RunMeta.of(files).content() != null
        || files.files().stream().anyMatch(stillness::isSettled);
  }

  private StudyRecord begin(RunListing files) {
    RunMeta meta = RunMeta.of(files);
    String name = KnownRuns.of(store.studies()).freeName(folder.name());
    String inside = parent == null ? null : parent.name();
    ObjectNode attributes = LegacyMigration.systemAttrs(folder, meta, inside);
    try (StudyImport study =
        store.beginImport(name, List.of(meta.direction()), Json.object(), attributes)) {
      return study.commit();
    }
  }

  /** Null where nothing could be taken. */
  private @Nullable WatchBatch take(WatchedState known, RunListing files) {
    StudyRecord study = known.study();
    try (StudyGrowth growth = store.beginGrowth(study, known.trials())) {
      WatchTaking taking =
          new WatchTaking(
              growth, stillness, known, new Quarantine(store.directory(), study.name()), files);
      taking.take(files);
      List<String> signatures = known.guard().read(files, store, study.id(), known.index());
      growth.addSignatures(signatures);
      if (taking.isEmpty() && signatures.isEmpty()) {
        return null;
      }
      ObjectNode attributes = known.attributes(files, taking.trials());
      if (taking.meta() != null) {
        attributes.set("run_meta", taking.meta());
      }
      known.grown(growth.commit(attributes), taking.trials());
      return taking.batch(files, study.name(), known.trials(), signatures.size());
    } catch (StudyChangedException e) {
      throw e;
    } catch (StoreException e) {
      // What was noted of a batch that came to nothing is looked at again.
      state = null;
      throw e;
    }
  }
}
