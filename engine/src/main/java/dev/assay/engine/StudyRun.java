package dev.assay.engine;

import static java.util.Objects.requireNonNullElse;

import dev.assay.storage.StoreException;
import dev.assay.storage.StudyCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a study: several workers propose, claim, evaluate and finish trials until the study
 * has all that it may have, the space is exhausted, the time is over or somebody stops it.
 *
 * <ul>
 *   <li>Parameters that the store holds are not evaluated again, by whichever process.
 *   <li>A trial that fails frees its parameters for later runs; this run does not try them again.
 *   <li>A trial that is stopped under way fails as {@value TrialOutcome#INTERRUPTED} and does not
 *       count towards the limit.
 *   <li>A store that cannot take a result ends the run with its exception; what is under way is
 *       interrupted.
 * </ul>
 *
 * <p>{@link #run} is called once; {@link #stop} is safe from any thread.
 */
final class StudyRun {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration ABANDONED_WATCH = Duration.ofSeconds(3);

  private final Ledger ledger;
  private final Proposals proposals;
  private final RunSettings settings;
  private final long seed;
  private final LongSupplier nanoTime;
  private final Diagnostics diagnostics;
  private final Tally tally;
  private final List<Worker> workers = new ArrayList<>();
  private final CountDownLatch working;
  private final CountDownLatch stop = new CountDownLatch(1);
  private RunResult.@Nullable End end;
  private RunResult.@Nullable End lastWord;
  private @Nullable Throwable broken;

  /**
   * Prepares a run; frees the trials that a process left behind which is gone.
   *
   * @param seed the study's
   * @throws StoreException when the store fails
   */
  StudyRun(
      TrialDesk desk,
      Objective objective,
      RunSettings settings,
      long seed,
      RunListener listener,
      LongSupplier nanoTime) {
    this.ledger = desk.ledger();
    this.proposals = desk.proposals();
    this.settings = settings;
    this.seed = seed;
    this.nanoTime = nanoTime;
    ledger.failAbandoned();
    this.diagnostics = proposals.begin();
    this.tally = new Tally(listener, diagnostics, ledger.directory());
    this.working = new CountDownLatch(settings.workers());
    Worker.Shared shared = new Worker.Shared(desk, objective, tally, stop);
    String process = ProcessHandle.current().pid() + "-";
    for (int i = 1; i <= settings.workers(); i++) {
      workers.add(new Worker(process + i, shared, this::live));
    }
  }

  /**
   * Runs until the end.
   *
   * @throws StoreException when the store fails
   */
  RunResult run() {
    long begin = nanoTime.getAsLong();
    try {
      workers.forEach(Worker::start);
      watch(begin);
    } finally {
      // Whatever ended the watch: nobody may use the store when this returns.
      endWorkers();
    }
    double seconds = (nanoTime.getAsLong() - begin) / 1e9;
    synchronized (this) {
      if (broken instanceof StoreException storeFailure) {
        throw storeFailure;
      }
      if (broken != null) {
        throw new IllegalStateException("a worker broke: " + broken, broken);
      }
      RunResult.End reason = end == null ? lastWord : end;
      return tally.result(
          requireNonNullElse(reason, RunResult.End.LIMIT),
          seconds,
          seed,
          diagnostics.warnings(settings.workers(), settings.limit()));
    }
  }

  /**
   * Asks for no more trials and interrupts those under way; returns at once. Further calls change
   * nothing.
   */
  void stop() {
    finish(RunResult.End.INTERRUPTED);
    stop.countDown();
    workers.forEach(Worker::interruptEvaluation);
  }

  /** Waits for the workers, watches the time and looks for trials whose owner is gone. */
  private void watch(long begin) {
    long nextLook = begin + ABANDONED_WATCH.toNanos();
    Duration timeout = settings.timeout();
    while (!workersLeft()) {
      long now = nanoTime.getAsLong();
      if (timeout != null && Duration.ofNanos(now - begin).compareTo(timeout) >= 0) {
        finish(RunResult.End.TIMEOUT);
      }
      if (now >= nextLook) {
        nextLook = now + ABANDONED_WATCH.toNanos();
        guarded(ledger::failAbandoned);
      }
    }
  }

  private void endWorkers() {
    if (working.getCount() > 0) {
      stop();
    }
    for (Worker worker : workers) {
      while (!joined(worker)) {
        stop();
      }
    }
  }

  private static boolean joined(Worker worker) {
    try {
      worker.join();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private boolean workersLeft() {
    try {
      return working.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stop();
      return false;
    }
  }

  private synchronized void finish(RunResult.End reason) {
    if (end == null) {
      end = reason;
    }
  }

  private synchronized boolean ended() {
    return end != null || broken != null;
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      // Whatever it is, the other workers must hear of it, or the run would go on without a store.
      synchronized (this) {
        if (broken == null) {
          broken = e;
        }
      }
      stop();
    }
  }

  /** The life of a worker's thread. */
  private void live(Worker worker) {
    try {
      guarded(() -> work(worker));
    } finally {
      working.countDown();
    }
  }

  private void work(Worker worker) {
    while (!ended()) {
      Proposals.Next next = proposals.next(settings.limit(), this::ended);
      if (next instanceof Proposals.Next.Await await) {
        next = outlast(await);
      }
      if (next instanceof Proposals.Next.Evaluate claimed) {
        worker.settle(claimed);
      } else if (next instanceof Proposals.Next.Wait wait) {
        tally.waiting(wait.elsewhere());
        awaitChange(wait.before());
      } else if (next instanceof Proposals.Next.Done done) {
        synchronized (this) {
          lastWord = done.end();
        }
        return;
      }
    }
  }

  /** Waits for the outcome of the trial that has the parameters of a proposal. */
  private Proposals.@Nullable Next outlast(Proposals.Next.Await await) {
    try {
      boolean stopped = false;
      while (!stopped && !ended() && proposals.isUnderWay(await)) {
        stopped = stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      stop();
    }
    if (ended()) {
      proposals.giveUp(await);
      return null;
    }
    return proposals.resume(await, settings.limit());
  }

  private void awaitChange(@Nullable StudyCounts before) {
    try {
      do {
        if (stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } while (before != null && !ended() && before.equals(ledger.counts()));
    } catch (InterruptedException e) {
      stop();
    }
  }
}
