package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory of studies and their trials, opened by this process. Several processes and threads
 * may have it open at once.
 *
 * <ul>
 *   <li>A claim is given to exactly one of all that ask for the same parameters of a study.
 *   <li>A trial whose {@link #finish} has returned survives the end of the process, however sudden,
 *       and in {@link Durability#FULL} a power failure.
 *   <li>A process that dies while it evaluates loses its claims when its lease has run out.
 *   <li>The JSON files in {@code runs/} are written behind; {@link #flush} waits for them.
 * </ul>
 *
 * <p>Every method throws {@link StoreException} where the store cannot do what is asked, and after
 * {@link #close}. Safe to share between threads.
 */
public final class Store extends ReadableStore {
  private final Guard guard;
  private final Outcomes outcomes;
  private final Interruptions interruptions;
  private final StudyDeletion deletion;
  private final Lake lake;
  private final Compaction compaction;
  private final Heartbeat heartbeat;
  private final Upkeep upkeep;
  private final Behind behind;
  private final PackedFiles packed;
  private final StoreMeters meters;
  private final LiveTrials liveTrials;
  private final long workerId;
  private boolean closed;

  private Store(Path directory, LiveDatabase live, long workerId, Lake lake, StoreOptions options) {
    super(directory, live);
    this.workerId = workerId;
    this.lake = lake;
    Leases leases =
        new Leases(workerId, options.lease().toNanos(), this::isAlive, lake.clocks().nanoTime());
    TrialIds ids = new TrialIds(directory);
    this.guard = new Guard(lake, studies, ids, leases);
    this.outcomes = new Outcomes(lake, trials, studies);
    this.interruptions = new Interruptions(lake, studies, leases, outcomes);
    this.deletion = new StudyDeletion(lake, studies, leases);
    this.compaction = new Compaction(lake, trials.reader());
    this.upkeep = new Upkeep(lake, this::sealWritten, this::seal, options.sealRows() / 2);
    this.packed = new PackedFiles(directory, live, trials.reader());
    this.behind =
        new Behind(
            directory,
            live,
            studies,
            guard,
            packed,
            workerId,
            options.sealRows(),
            upkeep::sealSoon);
    this.liveTrials = new LiveTrials(this, lake, studies, trials, ids, behind::write);
    this.heartbeat = new Heartbeat(live, leases, workerId, options.lease());
    this.meters = new StoreMeters(options.meters(), this, live.counts());
  }

  /** Opens the store in {@code directory}; creates it where the directory is missing or empty. */
  public static Store open(Path directory) {
    return open(directory, StoreOptions.DEFAULT);
  }

  /** {@link #open(Path)} with these options for this process. */
  public static Store open(Path directory, StoreOptions options) {
    return open(
        directory, StoreDirectory.open(directory, options.durability()), options, Clocks.SYSTEM);
  }

  /** Opens an existing store; a StoreException says so where there is none. */
  public static Store openExisting(Path directory) {
    StoreOptions options = StoreOptions.DEFAULT;
    return open(
        directory,
        StoreDirectory.openExisting(directory, options.durability()),
        options,
        Clocks.SYSTEM);
  }

  /**
   * Whether there is a store in {@code directory}; nothing is written.
   *
   * @throws StoreException where there is none and none can be created, as {@link #open(Path)} says
   *     it
   */
  public static boolean isStore(Path directory) {
    StoreDirectory.check(directory);
    return Files.exists(directory) && StoreFile.read(directory) != null;
  }

  /**
   * Opens an existing store without writing to it, such as one on a read-only disk or of somebody
   * else. It shows the store as it is now; what others do to it later is not seen.
   *
   * @throws StoreException where there is no store, or it cannot be read
   */
  public static ReadableStore openReadOnly(Path directory) {
    return ReadOnlyStore.ofCopy(directory);
  }

  /**
   * Opens an existing store for a few questions: it takes no part in the store's work, and is there
   * sooner than one that does. What others do to the store is seen, save where this process may not
   * write to it ({@link #openReadOnly}).
   *
   * @throws StoreException where there is no store, or it cannot be read
   */
  public static ReadableStore openReader(Path directory) {
    return isReadOnly(directory) ? openReadOnly(directory) : ReadOnlyStore.inPlace(directory);
  }

  private static boolean isReadOnly(Path directory) {
    return Files.isDirectory(directory) && !Files.isWritable(directory);
  }

  /** Opens an existing store to be read: without writing to it where this process may not. */
  public static ReadableStore openForReading(Path directory) {
    return isReadOnly(directory) ? openReadOnly(directory) : openExisting(directory);
  }

  /**
   * {@link #verify()} of a store that may be too damaged to be opened: that is a fault of its live
   * database then.
   *
   * @throws StoreException where there is no store, or it is of another format
   */
  public static StoreVerification verify(Path directory) {
    StoreDirectory.requireStore(directory);
    try (ReadableStore store = openForReading(directory)) {
      return store.verify();
    } catch (StoreException e) {
      String message = String.valueOf(e.getMessage());
      return new StoreVerification(
          0, 0, 0, List.of(new StoreFault(StoreFault.Kind.DATABASE, "live.db", message)));
    }
  }

  /**
   * Refuses a store that this version of Assay does not know, before anything in it is read or
   * written. A directory without a store passes.
   *
   * @throws StoreException where its store.json is of another format, or not ours
   */
  public static void requireKnownFormat(Path directory) {
    if (Files.isDirectory(directory)) {
      StoreFile.read(directory);
    }
  }

  /**
   * Sets a store right that is damaged or has lost its live database: makes {@code live.db} anew
   * from what is left, moves what is broken to {@code quarantine/}, and remakes manifest and trial
   * files. A sound store is left as it is. Where it is cut off, the next repair goes on.
   *
   * @throws StoreException where there is no store, another process has it open, or the disk fails
   */
  public static RepairReport repair(Path directory) {
    return StoreRepair.run(directory);
  }

  static Store open(Path directory, LiveDatabase live, StoreOptions options, Clocks clocks) {
    try {
      long workerId = Workers.allocate(live);
      Lake lake = Lake.open(directory, live, workerId, Lake.GRACE, clocks);
      try {
        return begin(new Store(directory, live, workerId, lake, options));
      } catch (RuntimeException e) {
        lake.close();
        throw e;
      }
    } catch (RuntimeException e) {
      live.close();
      throw e;
    }
  }

  private static Store begin(Store store) {
    try {
      store.heartbeat.beat();
      Workers.forgetEnded(store.live, store::isAlive);
      store.deletion.finishInterrupted();
      store.heartbeat.start();
      store.behind.start();
      store.upkeep.start();
      return store;
    } catch (RuntimeException e) {
      store.heartbeat.close();
      store.meters.close();
      store.trials.close();
      throw e;
    }
  }

  /** Tells the other processes that this one lives; the heartbeat does so by itself. */
  void beat() {
    heartbeat.beat();
  }

  /** How many claims of this process have neither been finished nor refused. */
  int claimsInHand() {
    return outcomes.inHand();
  }

  /**
   * The study of that name; created with these settings where there is none.
   *
   * @throws StoreException where there can be no such study, and where it exists with other
   *     directions or another choice of trial files
   */
  public StudyRecord openStudy(StudySettings settings) {
    StudyRecord study = created(settings);
    prepareFiles(study);
    return study;
  }

  /**
   * A new study.
   *
   * @throws NameTakenException where there is one of that name
   */
  StudyRecord createStudy(StudySettings settings) {
    try {
      StudyRecord study = studies.create(settings, lake.clocks().now());
      prepareFiles(study);
      return study;
    } catch (IllegalArgumentException e) {
      throw new BadValueException("cannot create this study: " + e.getMessage(), e);
    }
  }

  private void prepareFiles(StudyRecord study) {
    Path run = runDirectory(study);
    try {
      if (!Files.isDirectory(run)) {
        behind.createDirectory(study);
      }
    } catch (IOException e) {
      throw new StoreException("cannot create %s: %s".formatted(run, e), e);
    }
    behind.tidy(study.id());
  }

  /** {@link #openStudy(StudySettings)} without a choice of trial files. */
  public StudyRecord openStudy(
      String name, List<Direction> directions, ObjectNode userAttrs, ObjectNode systemAttrs) {
    return openStudy(new StudySettings(name, directions, userAttrs, systemAttrs));
  }

  private StudyRecord created(StudySettings settings) {
    try {
      return studies.open(settings, lake.clocks().now());
    } catch (IllegalArgumentException e) {
      throw new StoreException("cannot open this study: " + e.getMessage(), e);
    }
  }

  /**
   * Claims a set of parameters: signature, trial and its id are one transaction.
   *
   * @param params not to be changed afterwards
   * @param limit how many trials the study may have (finished without the interrupted ones, and
   *     running); null for no limit
   */
  public Claim claim(
      long studyId, ObjectNode params, ObjectNode distributions, @Nullable Long limit) {
    Guard.Answer answer = guard.claim(studyId, params, distributions, limit);
    if (answer.claimed() != null) {
      outcomes.remember(answer.claimed());
    }
    return answer.claim();
  }

  /**
   * {@link #claim} for a trial that waits ({@link LiveTrials#firstWaiting}): it runs from then on,
   * and is finished as any that was claimed. Of all that ask for one, exactly one gets it.
   *
   * @param waiting the trial; it stays as it is where its parameters are not given
   * @return null where it does not wait any more
   */
  public @Nullable Claim claimWaiting(
      LiveTrial waiting, ObjectNode params, ObjectNode distributions, @Nullable Long limit) {
    OpenTrial.Version version = liveTrials.findWaiting(waiting);
    if (version == null) {
      return null;
    }
    FrozenTrial open = trials.form().freeze(version.trial(), version.trialFile());
    Guard.Answer answer = guard.claim(version, open, params, distributions, limit).orElse(null);
    if (answer != null && answer.claimed() != null) {
      outcomes.remember(answer.claimed());
    }
    return answer == null ? null : answer.claim();
  }

  /**
   * Finishes a claimed trial: state, values, record and counts in one transaction. Repeating the
   * same finish succeeds, also when the trial is sealed by then. {@code result}'s id, number,
   * params, start, trial key, signature, attempts and trial file are taken from the claim. A value
   * that is NaN makes the trial fail.
   *
   * @return the trial as stored
   * @throws LeaseLostException when another worker has taken the trial over, or it has ended with
   *     another result
   */
  public FrozenTrial finish(Claim.Lease lease, FrozenTrial result) {
    Outcomes.Ended ended = outcomes.finish(lease, result);
    behind.write(ended);
    return ended.trial();
  }

  /** Trials that clients fill step by step, as Optuna's storage protocol has them. */
  public LiveTrials liveTrials() {
    return liveTrials;
  }

  /** Which of these signatures the study's guard holds with an owner or an outcome. */
  public Set<String> seen(long studyId, Collection<String> signatures) {
    return guard.seen(studyId, signatures);
  }

  /**
   * Which of these signatures the study's guard knows. Those that it knows without an owner or an
   * outcome ({@link #addSignatures}) go to the first that claims their parameters.
   */
  public Set<String> known(long studyId, Collection<String> signatures) {
    return guard.known(studyId, signatures);
  }

  /**
   * The first trial of a signature, as a claim of its parameters would find it now. Writes nothing,
   * so that a worker may ask often while it waits for that trial's outcome.
   *
   * @return null where a claim would be given: nobody holds the signature, its trial has failed, or
   *     the lease of its owner has run out
   */
  public Claim.@Nullable Duplicate findHolder(long studyId, String signature) {
    return guard.find(studyId, signature);
  }

  /**
   * Makes signatures known to the study's guard without an outcome, as claims that have run out:
   * the first worker that asks for their parameters gets them.
   *
   * @return how many were new
   */
  public int addSignatures(long studyId, Collection<String> signatures) {
    return guard.add(studyId, signatures);
  }

  /**
   * Takes signatures out of the study's guard, so that their parameters may be evaluated, also
   * where a trial has finished with them: that trial stays. A signature whose trial is running
   * stays, so that nobody else evaluates it meanwhile.
   *
   * @return how many were taken out
   */
  public int removeSignatures(long studyId, Collection<String> signatures) {
    return guard.remove(studyId, signatures);
  }

  /** Frees trials whose worker's lease has run out: FAIL, {@code interrupted}. Returns how many. */
  public int failAbandoned(long studyId) {
    return interruptions.failAbandoned(studyId, behind::write);
  }

  /** Makes every finished trial visible to readers of the lake. */
  public void refresh() {
    lake.refresh();
  }

  /**
   * Moves the study's finished trials into a sealed part, when their files are written, those that
   * another process did not come to write included. Where many small parts have come together, they
   * become one.
   *
   * @throws StoreException that names a file which could not be written; nothing is sealed then
   */
  public void seal(long studyId) {
    studies.require(studyId);
    long last = live.query(Outcomes::lastChange);
    long written = last;
    int attempt = 0;
    do {
      lake.requireProgress(++attempt);
      behind.complete(studyId, written);
      sealWritten(studyId, written);
      // A delta that shows later trials as well is taken with those.
      written = live.query(Outcomes::lastChange);
    } while (lake.hasUnsealed(studyId, last));
  }

  private void sealWritten(long studyId, long lastChange) {
    lake.seal(studyId, lastChange);
    StudyRecord study = studies.find(studyId);
    if (study != null) {
      packed.remove(study);
    }
    compaction.mergeDue(studyId);
  }

  /**
   * Deletes a study with all that is of it: for good, and on disk when this returns. Its name may
   * be used again, its id and its trials' ids are not. Who reads the files of its parts has time
   * until their grace period ends.
   *
   * @throws StoreException where there is no such study, or trials of it run in this process or one
   *     that lives; nothing is deleted then
   */
  public DeletedStudy deleteStudy(long studyId) {
    return deletion.delete(studyId);
  }

  /**
   * Seals a study's finished trials and merges its small parts, those of its archive included. What
   * a query answers stays the same, and one that is running keeps its files. Others may use the
   * study meanwhile.
   *
   * @throws StoreException where there is no such study, a file could not be written, or a part is
   *     damaged; the parts stay as they are then
   */
  public CompactionReport compact(long studyId) {
    return compaction.run(studies.require(studyId), this::seal);
  }

  /**
   * Begins the import of a whole run as one new study; nothing is visible before its commit. The
   * choice of trial files is for the trials that are finished here later.
   */
  public StudyImport beginImport(StudySettings settings) {
    return lake.beginImport(settings);
  }

  /** {@link #beginImport(StudySettings)} without a choice of trial files. */
  public StudyImport beginImport(
      String name, List<Direction> directions, ObjectNode userAttrs, ObjectNode systemAttrs) {
    return beginImport(new StudySettings(name, directions, userAttrs, systemAttrs));
  }

  /**
   * Begins to add to an imported study; nothing is visible before its commit.
   *
   * @param study as it is now: where its system attributes are others by then, the commit throws
   * @param trials how many trials it has now, in any state; the same goes for them
   */
  public StudyGrowth beginGrowth(StudyRecord study, long trials) {
    return lake.beginGrowth(this.trials.reader(), study, trials);
  }

  /**
   * Waits until everything that is written behind is on disk.
   *
   * @throws StoreException that names a file which could not be written; no trial is lost by that
   */
  public void flush() {
    behind.flush();
  }

  /** What this store has done in this process since it was opened. */
  public StoreStatistics statistics() {
    return new StoreStatistics(
        behind.filesWritten(),
        guard.claims(),
        guard.duplicates(),
        live.counts().lockWaits(),
        live.counts().commits(),
        live.counts().works());
  }

  /** SQLite's settings in force for this process. */
  public LivePragmas pragmas() {
    return live.pragmas();
  }

  /** Writes trial files anew that are torn or missing; returns how many files were written. */
  long remakeFiles(RepairQuarantine quarantine) throws IOException {
    behind.flush();
    return new TrialFileRepair(this, workerId, quarantine).run();
  }

  /**
   * Gives up the trials that this store has claimed and not finished ({@code interrupted}), writes
   * what is left to write, makes every finished trial visible, and lets go of the directory.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (live;
        lake;
        trials;
        meters) {
      // A beat after the row's deletion would put it back.
      heartbeat.close();
      upkeep.close();
      try (behind) {
        interruptions.failOwn(behind::write);
        lake.refresh();
      }
      // Last: others cancel what a worker has reserved that is not on the list.
      Workers.forget(live, workerId);
    }
  }
}
