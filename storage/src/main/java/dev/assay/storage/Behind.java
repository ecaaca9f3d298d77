package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done behind the trials that end: their files are written, the study's files at most once
 * a second, and it is told when enough of a study's trials are hot for a seal. All of it can be
 * made again from the store, so nothing here is part of a finish; but a finish waits while too much
 * is queued.
 *
 * <p>One thread of its own does the work. Safe to share between threads.
 */
final class Behind implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Behind.class);

  /** How much may wait, in kilobytes of records. */
  private static final int QUEUE_KIB = 16 * 1024;

  /** Records of this size are sealed, in bytes, however few they are. */
  private static final long SEAL_BYTES = 256L << 20;

  /** The least time between two writings of a study's files. */
  static final long STUDY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path directory;
  private final LiveDatabase live;
  private final Studies studies;
  private final Guard guard;
  private final PackedFiles packed;
  private final Sealing due;
  private final RunFiles files;
  private final TrialFileWriter trialFiles;
  private final long workerId;
  private final long sealRows;
  private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();

  /** First come, first served: else small trials would keep a large one waiting. */
  private final Semaphore room = new Semaphore(QUEUE_KIB, true);

  private final Thread thread;

  /** The studies whose files are behind; when they were written last; what ended since a seal. */
  private final Map<Long, Progress> progress = new HashMap<>();

  private boolean closed;

  private static final class Progress {
    private boolean isBehind;
    private long writtenNanos = System.nanoTime() - STUDY_PAUSE_NANOS;
    private long endedSinceLook;
    private long bytesSinceLook;
  }

  private sealed interface Task {
    record Write(Outcomes.Ended ended, int size) implements Task {}

    /** Looks for files that were not written, of trials that ended up to a change. */
    record Complete(long studyId, long lastChange) implements Task {}

    /** Looks for files that other processes did not come to write; deletes what they have left. */
    record Tidy(long studyId) implements Task {}

    /** Done when everything before it is. */
    record Flush(CompletableFuture<Boolean> done) implements Task {}

    record Stop() implements Task {}
  }

  Behind(
      Path directory,
      LiveDatabase live,
      Studies studies,
      Guard guard,
      PackedFiles packed,
      long workerId,
      long sealRows,
      Sealing due) {
    this.directory = directory;
    this.live = live;
    this.studies = studies;
    this.guard = guard;
    this.packed = packed;
    this.due = due;
    this.workerId = workerId;
    this.sealRows = sealRows;
    this.files = new RunFiles(directory, live, workerId);
    this.trialFiles = new TrialFileWriter(directory, live, studies, files, workerId);
    this.thread = new Thread(this::run, "assay-files-" + workerId);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** How many files were written so far. */
  long filesWritten() {
    return files.written();
  }

  /** Queues the file of a trial that has ended; waits while too much is queued. */
  void write(Outcomes.Ended ended) {
    int size = (int) Math.min(QUEUE_KIB, 1 + ended.recordLength() / 1024L);
    room.acquireUninterruptibly(size);
    queue.add(new Task.Write(ended, size));
  }

  /** Creates a study's directory, unless it was deleted. */
  void createDirectory(StudyRecord study) throws IOException {
    files.createDirectory(study);
  }

  /**
   * Waits until every file is on disk of a study's trials that ended up to a change, those included
   * that other processes did not come to write.
   *
   * @throws StoreException that names a file which could not be written
   */
  void complete(long studyId, long lastChange) {
    queue.add(new Task.Complete(studyId, lastChange));
    flush();
  }

  /**
   * Queues a look for trial files that are missing, and has deleted what processes have left that
   * are gone. That takes a look at all of the study's files, which may be very many.
   */
  void tidy(long studyId) {
    queue.add(new Task.Tidy(studyId));
  }

  /**
   * Waits until what is queued is on disk.
   *
   * @throws StoreException that names a file which could not be written
   */
  synchronized void flush() {
    if (closed) {
      return;
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    queue.add(new Task.Flush(done));
    try {
      // Unlike get(), join() does not end at an interrupt.
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException cause
          ? cause
          : new StoreException("the trial files could not be written: " + e.getCause(), e);
    }
  }

  private void run() {
    while (true) {
      Task task = next();
      if (task instanceof Task.Stop) {
        return;
      }
      try {
        if (task != null) {
          run(task);
        }
        writeStudies(STUDY_PAUSE_NANOS);
      } catch (StoreException e) {
        LOG.warn("{}", e.getMessage());
      } catch (Throwable e) {
        // The thread must live: without it every finish would wait for room in the end.
        LOG.warn("writing behind failed", e);
      }
    }
  }

  private @Nullable Task next() {
    try {
      return queue.poll(pauseMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; close() stops it.
      return null;
    }
  }

  /** How long until a study's files are due. */
  private long pauseMillis() {
    long pause = TimeUnit.HOURS.toNanos(1);
    long now = System.nanoTime();
    for (Progress study : progress.values()) {
      if (study.isBehind) {
        pause = Math.min(pause, study.writtenNanos + STUDY_PAUSE_NANOS - now);
      }
    }
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(pause) + 1);
  }

  private void run(Task task) {
    if (task instanceof Task.Write write) {
      try {
        StudyRecord study = studies.known(write.ended().studyId());
        if (isWanted(study, write.ended().trial())) {
          behind(study.id());
          trialFiles.write(study, write.ended().trial());
        }
      } finally {
        room.release(write.size());
      }
      tellIfDue(write.ended());
    } else if (task instanceof Task.Complete complete) {
      behind(complete.studyId());
      trialFiles.writeMissing(complete.studyId(), complete.lastChange(), false);
    } else if (task instanceof Task.Tidy tidy) {
      tidyUp(tidy.studyId());
      behind(tidy.studyId());
      trialFiles.writeMissing(tidy.studyId(), Long.MAX_VALUE, true);
    } else if (task instanceof Task.Flush flush) {
      try {
        guard.studiesWithDuplicates().forEach(this::behind);
        writeStudies(0);
        trialFiles.writeFailed();
        flush.done().complete(true);
      } catch (Throwable e) {
        flush.done().completeExceptionally(e);
      }
    }
  }

  private boolean isWanted(StudyRecord study, FrozenTrial trial) {
    return switch (study.trialFiles()) {
      case KEEP -> true;
      case NONE -> false;
      // Once it is sealed, its file is in the archive.
      case COMPACTED ->
          live.find(
                  "SELECT 1 FROM trials WHERE trial_id = ? AND " + Parts.NOT_SEALED,
                  row -> true,
                  trial.id())
              != null;
    };
  }

  private Progress behind(long studyId) {
    Progress study = progress.computeIfAbsent(studyId, id -> new Progress());
    study.isBehind = true;
    return study;
  }

  /** Writes the files of the studies that are behind and were last written so long ago. */
  private void writeStudies(long pauseNanos) {
    for (Map.Entry<Long, Progress> entry : List.copyOf(progress.entrySet())) {
      Progress study = entry.getValue();
      long now = System.nanoTime();
      if (study.isBehind && now - study.writtenNanos >= pauseNanos) {
        study.writtenNanos = now;
        guard.saveDuplicates(entry.getKey());
        StudyRecord record = studies.find(entry.getKey());
        if (record == null) {
          // Deleted meanwhile.
          progress.remove(entry.getKey());
          continue;
        }
        try {
          files.writeStudy(record);
          study.isBehind = false;
        } catch (IOException e) {
          throw new StoreException(
              "cannot write best_trial.json and run_meta.json in %s: %s; no trial is lost"
                  .formatted(RunDirectories.of(directory, record.id(), record.name()), e),
              e);
        }
      }
    }
  }

  /** Tells that a study has enough trials for a seal. */
  private void tellIfDue(Outcomes.Ended ended) {
    long studyId = ended.studyId();
    Progress study = behind(studyId);
    study.endedSinceLook++;
    study.bytesSinceLook += ended.recordLength();
    boolean isLarge = study.bytesSinceLook >= SEAL_BYTES;
    if (study.endedSinceLook < Math.max(1, sealRows / 8) && !isLarge) {
      return;
    }
    study.endedSinceLook = 0;
    study.bytesSinceLook = 0;
    long hot = live.query(sql -> HotSelection.finished(sql, studyId));
    if (hot >= sealRows || isLarge) {
      // A seal takes away what the files are made of: it takes trials whose files are there.
      TrialFileWriter.Complete complete =
          trialFiles.writeMissing(studyId, live.query(Outcomes::lastChange), true);
      boolean isDue = complete.trials() >= (isLarge ? 1 : sealRows);
      if (isDue && !trialFiles.hasFailed(studyId)) {
        due.seal(studyId, complete.lastChange());
      }
    }
  }

  /** Deletes what processes have left that are gone. */
  private void tidyUp(long studyId) {
    StudyRecord study = studies.find(studyId);
    if (study != null) {
      Path run = RunDirectories.of(directory, study.id(), study.name());
      TemporaryFiles.deleteLeft(directory, run, workerId);
      packed.remove(study);
    }
  }

  /** Flushes and ends the thread; it ends as well where the flush fails. */
  @Override
  public void close() {
    try {
      flush();
    } finally {
      stop();
    }
  }

  private synchronized void stop() {
    if (!closed) {
      closed = true;
      queue.add(new Task.Stop());
      Threads.join(thread);
    }
  }
}
