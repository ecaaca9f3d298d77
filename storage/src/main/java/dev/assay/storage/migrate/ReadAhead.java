package dev.assay.storage.migrate;

import dev.assay.storage.StoreException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads a run's files on a thread of its own, in their order, while the caller stores the ones
 * before. What has been read and not yet been asked for is bounded in bytes.
 *
 * <p>One thread calls {@link #next} and {@link #close}.
 */
final class ReadAhead implements AutoCloseable {
  private static final int MAX_FILES = 256;
  private static final int UNIT = 1024;

  /** What a file costs beside its bytes, in units. */
  private static final int BASE_COST = 4;

  /** What the reading thread hands over: a file, a failure, or neither at the end. */
  private record Step(@Nullable ReadFile file, int cost, @Nullable Throwable failure) {}

  private final BlockingQueue<Step> steps = new ArrayBlockingQueue<>(MAX_FILES);
  private final List<SourceFile> files;
  private final int budget;
  private final Semaphore free;
  private final Thread thread;
  private int owed;

  /**
   * Begins to read.
   *
   * @param maxBytes how far ahead; one file may be larger, and is then read alone
   */
  ReadAhead(RunListing files, long maxBytes) {
    this.files = files.files();
    this.budget = (int) Math.max(1, Math.min(Integer.MAX_VALUE, maxBytes / UNIT));
    this.free = new Semaphore(budget);
    this.thread = new Thread(this::run, "assay-migration-reader");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      Step last = new Step(null, 0, null);
      try {
        for (SourceFile file : files) {
          int cost = (int) Math.min(budget, file.size() / UNIT + BASE_COST);
          free.acquire(cost);
          steps.put(new Step(ReadFile.of(file), cost, null));
        }
      } catch (RuntimeException | Error e) {
        last = new Step(null, 0, e);
      }
      steps.put(last);
    } catch (InterruptedException e) {
      // The caller has closed: nobody waits for the rest.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The next file, which the caller has done with when it asks for another; null after the last.
   *
   * @throws StoreException when the thread is interrupted
   */
  @Nullable ReadFile next() {
    free.release(owed);
    owed = 0;
    Step step;
    try {
      step = steps.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while reading; migrate again to go on", e);
    }
    if (step.failure() instanceof Error error) {
      throw error;
    }
    if (step.failure() instanceof RuntimeException failure) {
      throw new IllegalStateException("reading a run failed", failure);
    }
    owed = step.cost();
    return step.file();
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
