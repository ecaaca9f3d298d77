package dev.assay.engine;

import dev.assay.storage.LeaseLostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Evaluates one claimed trial after the other on its own thread. */
final class Worker {
  /**
   * Ctrl-C reaches the children of the process as well, and the death of one may be noticed before
   * our own signal is. A failure therefore waits this long for the run to be stopped.
   */
  private static final Duration SIGNAL_GRACE = Duration.ofMillis(30);

  private final String name;
  private final Shared shared;
  private final Thread thread;
  private boolean evaluating;

  /**
   * What the workers of a run have in common.
   *
   * @param stop at zero when the run is stopped
   */
  record Shared(TrialDesk desk, Objective objective, Tally tally, CountDownLatch stop) {
    boolean stopped() {
      return stop.getCount() == 0;
    }
  }

  /**
   * @param life what the worker's thread does
   */
  Worker(String name, Shared shared, Consumer<Worker> life) {
    this.name = name;
    this.shared = shared;
    this.thread = new Thread(() -> life.accept(this), "assay-worker-" + name);
  }

  void start() {
    thread.start();
  }

  /** Waits until the worker's thread has ended; returns at once where it has not been started. */
  void join() throws InterruptedException {
    thread.join();
  }

  /** Interrupts an evaluation that is under way, and nothing else: not a write of the store. */
  synchronized void interruptEvaluation() {
    if (evaluating) {
      thread.interrupt();
    }
  }

  /** Evaluates a claim and hands its outcome in. */
  void settle(Proposals.Next.Evaluate claimed) {
    TrialDesk.Opened opened = shared.desk().open(claimed);
    TrialOutcome outcome = evaluate(opened.trial());
    try {
      shared.tally().finished(shared.desk().close(opened, outcome, name), outcome);
    } catch (LeaseLostException e) {
      // The store works: somebody took the trial over, because this process stood still for longer
      // than its lease. The run goes on.
      shared.tally().note(String.valueOf(e.getMessage()));
    }
  }

  private TrialOutcome evaluate(Trial trial) {
    synchronized (this) {
      if (shared.stopped()) {
        return TrialOutcome.interrupted();
      }
      evaluating = true;
    }
    try {
      return attempt(trial);
    } finally {
      synchronized (this) {
        evaluating = false;
        Thread.interrupted();
      }
    }
  }

  private TrialOutcome attempt(Trial trial) {
    try {
      return TrialOutcome.of(shared.objective().evaluate(trial), shared.desk().objectives());
    } catch (TrialPruned e) {
      return TrialOutcome.pruned();
    } catch (InterruptedException e) {
      return shared.stopped()
          ? TrialOutcome.interrupted()
          : TrialOutcome.failed("the objective was interrupted");
    } catch (ObjectiveException e) {
      return stoppedSoon() ? TrialOutcome.interrupted() : TrialOutcome.failed(e.getMessage());
    } catch (Exception | LinkageError | AssertionError | StackOverflowError | OutOfMemoryError e) {
      return shared.stopped() ? TrialOutcome.interrupted() : TrialOutcome.crashed(e);
    }
  }

  private boolean stoppedSoon() {
    try {
      return shared.stop().await(SIGNAL_GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return shared.stopped();
    }
  }
}
