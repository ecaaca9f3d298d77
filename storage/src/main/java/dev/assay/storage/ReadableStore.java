package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of a store, whether this process may write to it ({@link Store}) or not ({@link
 * Store#openReadOnly}).
 *
 * <p>Every method throws {@link StoreException} where the store cannot be read, and after {@link
 * #close}. Safe to share between threads.
 */
public abstract sealed class ReadableStore implements AutoCloseable permits Store, ReadOnlyStore {
  private final Path directory;
  final LiveDatabase live;
  final Studies studies;
  final Trials trials;

  ReadableStore(Path directory, LiveDatabase live) {
    this.directory = directory;
    this.live = live;
    this.studies = new Studies(directory, live);
    this.trials = new Trials(directory, live);
  }

  public final Path directory() {
    return directory;
  }

  /** All studies, in the order of their creation. */
  public final List<StudyRecord> studies() {
    return studies.all();
  }

  public final @Nullable StudyRecord findStudy(String name) {
    return studies.find(name);
  }

  /**
   * Where the study's JSON files and logs are: {@code runs/<id>-<slug>/}. {@link Store#openStudy}
   * creates it.
   */
  public final Path runDirectory(StudyRecord study) {
    return RunDirectories.of(directory, study.id(), study.name());
  }

  /** Counts by state, and how many signatures the guard holds. */
  public final StudyCounts counts(long studyId) {
    return studies.counts(studyId);
  }

  /**
   * How many claims of a study found their parameters taken, in all processes so far.
   *
   * @throws StoreException where the store cannot be read
   */
  public final long duplicates(long studyId) {
    return live.query(
        sql ->
            sql.number(
                "SELECT coalesce((SELECT duplicates FROM studies WHERE study_id = ?1), 0)",
                studyId));
  }

  /**
   * The study's best COMPLETE trial by objective value, the first of equals, whether its
   * constraints hold or not; null where there is none, or the study has several objectives.
   */
  public final @Nullable FrozenTrial bestTrial(long studyId) {
    return studies.best(studyId);
  }

  /**
   * All trials of a study in the order of their numbers, running and waiting ones included: the
   * study as it is now, whatever happens to it while the stream is read. It is lazy, and a study of
   * any size takes little memory: the trials that are not finished, a number for each that is not
   * sealed yet, and what a part of the lake needs for reading. Close it, as with {@code
   * Files.lines}: it holds files open.
   *
   * <p>Reading it throws a {@link StoreException} that names the file which is missing or cannot be
   * read, and after the store was closed. A finished trial's documents (parameters, attributes, …)
   * are kept as text until they are asked for: it is then that one which is damaged throws.
   *
   * @throws StoreException where there is no such study
   */
  public final Stream<FrozenTrial> trials(long studyId) {
    return trials.of(studyId);
  }

  /**
   * How many numbers the study has given to trials: all that it has, in whatever state, have lower
   * ones.
   *
   * @throws StoreException where there is no such study
   */
  public final long nextNumber(long studyId) {
    return trials.nextNumber(studyId);
  }

  /**
   * How many trials of a study count where {@link Store#claim} is given a limit: those that
   * finished, but for the interrupted ones, and those that run.
   */
  public final long limitedTrials(long studyId) {
    return live.query(
        sql ->
            sql.number(
                "SELECT coalesce((SELECT finished FROM summaries WHERE study_id = ?1), 0) "
                    + "+ (SELECT count(*) FROM trials WHERE study_id = ?1 AND state = 'RUNNING') "
                    + "+ (SELECT count(*) FROM live_trials "
                    + "WHERE study_id = ?1 AND state = 'RUNNING')",
                studyId));
  }

  /**
   * One trial by its number in the study, whatever its state; null where there is none.
   *
   * @throws StoreException where there is no such study, or the trial's file cannot be read
   */
  public final @Nullable FrozenTrial trial(long studyId, long number) {
    return trials.find(studyId, number);
  }

  /**
   * What the study's finished trials came to, from a few rows of the live database: it costs the
   * same whatever the study's size.
   *
   * @param top how many of the best trials to list, at most {@link StudySummary#MAX_TOP}
   */
  public final StudySummary summary(long studyId, int top) {
    if (top < 0 || top > StudySummary.MAX_TOP) {
      throw new IllegalArgumentException(
          "top is %d, expected 0 to %d".formatted(top, StudySummary.MAX_TOP));
    }
    return Summaries.read(live, trials, studies.require(studyId), top);
  }

  /**
   * How many finished trials no reader of the lake's files has been shown yet; {@link
   * Store#refresh} shows them.
   */
  public final long trialsNotShown() {
    return live.query(
        sql ->
            sql.number(
                "SELECT count(*) FROM trials WHERE delta_id IS NULL AND "
                    + Trials.FINISHED
                    + " AND "
                    + Parts.NOT_SEALED));
  }

  /**
   * Puts a run's files back: byte for byte those that were migrated or packed, after their
   * checksums; for trials without such a file, their JSON as it was in {@code runs/}; and for
   * studies that did not come from elsewhere {@code best_trial.json} and {@code run_meta.json}.
   * What cannot be put back is in the report, and the rest goes on. Memory is bounded, whatever the
   * run's size.
   *
   * @param directory missing or empty; nothing is written outside it
   * @param only which files, by their path relative to {@code directory} with forward slashes
   * @throws StoreException where there is no such study, or the directory cannot be written or is
   *     not empty
   */
  public final RestoreReport restore(long studyId, Path directory, Predicate<String> only) {
    return new Restore(this, studies.require(studyId), directory, only).run();
  }

  /**
   * The files that the archive has of a study, in no particular order, and not their contents.
   *
   * @throws StoreException where there is no such study, or a part cannot be read
   */
  public final List<ArchivedFile> archivedFiles(long studyId) {
    studies.require(studyId);
    return trials.archived(studyId);
  }

  /** What is in the store now, of all processes: sizes, counts, parts, workers, settings. */
  public final StoreState state() {
    return new StoreStateReader(directory(), live, studies, this::isAlive).read();
  }

  /**
   * Reads the whole store and says what in it is damaged: the live database, every file of the
   * lake, each study's trials, counts and guard, and the trial files. Writes nothing. Others may
   * write meanwhile, which is not taken for damage.
   */
  public final StoreVerification verify() {
    return new StoreCheck(trials).run(studies.all());
  }

  /** Whether the worker's process has not ended; where that cannot be seen, its lease decides. */
  final boolean isAlive(long worker) {
    try {
      return WorkerLock.isHeld(directory().resolve("lake"), worker);
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public abstract void close();
}
