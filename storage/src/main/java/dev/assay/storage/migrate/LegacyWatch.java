package dev.assay.storage.migrate;

import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Takes run directories in while the legacy system is still writing them. Each look lists the
 * folders; what nobody is writing at the moment and was not taken, or has changed, comes into the
 * run's study in one commit, so that the study is at all times the run as it was a moment ago. When
 * the run has ended, its study is what {@link LegacyMigration} would have made of it, but for the
 * trials' numbers, which follow the order in which they ended.
 *
 * <ul>
 *   <li>A file is taken when it has held still between two looks; a JSON document, when it is whole
 *       besides; what belongs to a trial, together with the trial. What nobody has written for the
 *       settling time is taken as it is, as a migration would.
 *   <li>A file that changes after it was taken is taken again: the archive has its newest bytes. A
 *       trial stays as its document had it first.
 *   <li>What is known is kept with the study: another process goes on without reading what was not
 *       touched, at the same time as well.
 *   <li>A study to which Assay has added trials of its own grows no more.
 * </ul>
 *
 * <p>The sources are never written to. Used by one thread.
 */
public final class LegacyWatch {
  /** How often new runs are looked for. */
  private static final long TREE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Store store;
  private final List<Path> paths;
  private final Duration batch;
  private final Duration settle;
  private final LongSupplier nanoTime;
  private final LongSupplier wallMillis;
  private final Map<Path, WatchedRun> runs = new LinkedHashMap<>();
  private final long begun;
  private long lastTree;

  /**
   * Begins to watch every run at or below {@code paths}, those that appear later as well.
   *
   * @param batch how long at least lies between two commits of a run
   * @param settle after so long without a change a file will stay as it is
   */
  public LegacyWatch(Store store, List<Path> paths, Duration batch, Duration settle) {
    this(store, paths, batch, settle, System::nanoTime, System::currentTimeMillis);
  }

  LegacyWatch(
      Store store,
      List<Path> paths,
      Duration batch,
      Duration settle,
      LongSupplier nanoTime,
      LongSupplier wallMillis) {
    this.store = store;
    this.paths = List.copyOf(paths);
    this.batch = batch;
    this.settle = settle;
    this.nanoTime = nanoTime;
    this.wallMillis = wallMillis;
    this.begun = nanoTime.getAsLong();
    this.lastTree = begun - TREE_NANOS;
  }

  /**
   * Looks once, and takes in what it is time for.
   *
   * @return what was taken
   * @throws StoreException when the store cannot be written; nothing of that commit is there
   */
  public List<WatchBatch> look() {
    long now = nanoTime.getAsLong();
    if (now - lastTree >= TREE_NANOS) {
      lastTree = now;
      findRuns();
    }
    List<WatchBatch> batches = new ArrayList<>();
    for (WatchedRun run : runs.values()) {
      batches.addAll(run.look(now, wallMillis.getAsLong()));
    }
    return batches;
  }

  /** Looks for the last time, and takes in what holds still, however short the last commit ago. */
  public List<WatchBatch> finish() {
    long now = nanoTime.getAsLong();
    findRuns();
    List<WatchBatch> batches = new ArrayList<>();
    for (WatchedRun run : runs.values()) {
      batches.addAll(run.finish(now, wallMillis.getAsLong()));
    }
    return batches;
  }

  /** How long nothing has changed in any of the folders. */
  public Duration idle() {
    long last = begun;
    for (WatchedRun run : runs.values()) {
      last = Math.max(last, run.lastChange());
    }
    return Duration.ofNanos(nanoTime.getAsLong() - last);
  }

  /** How many runs there are so far. */
  public int runs() {
    return runs.size();
  }

  private void findRuns() {
    // What is gone, such as a share that is not mounted, may come back.
    List<Path> there = paths.stream().filter(Files::exists).toList();
    for (LegacyFolder folder : LegacyTree.of(there, Set.of()).folders()) {
      WatchedRun known = runs.get(folder.directory());
      if (known == null) {
        LegacyFolder parent = folder.parent();
        runs.put(
            folder.directory(),
            new WatchedRun(
                store,
                folder,
                parent == null ? null : runs.get(parent.directory()),
                batch,
                settle));
      } else {
        known.folder(folder);
      }
    }
  }
}
