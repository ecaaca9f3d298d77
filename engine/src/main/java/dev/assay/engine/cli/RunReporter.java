package dev.assay.engine.cli;

import dev.assay.engine.RunListener;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import org.jspecify.annotations.Nullable;

/**
 * Tells a run as it goes: a JSON line a trial on standard output, a line a trial or a progress line
 * on stderr, as asked. Thread-safe.
 */
final class RunReporter implements RunListener, AutoCloseable {
  private final Console console;
  private final RunRequest request;
  private final Direction direction;
  private final Span span;
  private final long begin = System.nanoTime();
  private final @Nullable ProgressLine line;
  private long finished;
  private long failed;
  private long duplicates;
  private @Nullable Double best;

  /**
   * Where the study stands when the run begins.
   *
   * @param done trials that earlier runs finished
   * @param total how many there may be in the end; null for no limit
   * @param best the best value of earlier runs; null where there is none
   */
  record Span(long done, @Nullable Long total, @Nullable Double best) {}

  RunReporter(Console console, RunRequest request, Direction direction, Span span) {
    this.console = console;
    this.request = request;
    this.direction = direction;
    this.span = span;
    this.best = span.best();
    this.line =
        request.talk() == RunRequest.Talk.PROGRESS_LINE
            ? new ProgressLine(console.err(), this::progress)
            : null;
  }

  @Override
  public synchronized void finished(FrozenTrial trial, long duplicates) {
    finished++;
    this.duplicates = duplicates;
    Double value = trial.value();
    if (trial.state() == TrialState.FAIL) {
      failed++;
    } else if (trial.state() == TrialState.COMPLETE
        && value != null
        && (best == null || direction.isBetter(value, best))) {
      best = value;
    }
    if (request.json()) {
      console.out().println(TrialLine.json(trial));
      console.out().flush();
    }
    if (request.talk() == RunRequest.Talk.LINE_A_TRIAL) {
      console.err().println(TrialLine.text(trial));
    }
  }

  @Override
  public synchronized void note(String message) {
    if (line != null) {
      line.clear();
    }
    console.note(message);
  }

  /** How far the run has come, in a line. */
  synchronized String progress() {
    double seconds = (System.nanoTime() - begin) / 1e9;
    double rate = finished / seconds;
    Long total = span.total();
    long done = span.done() + finished;
    StringBuilder text = new StringBuilder().append(done);
    if (total != null) {
      text.append('/').append(total);
    }
    text.append(" trials");
    if (best != null) {
      text.append("  best ").append(Numbers.shown(best));
    }
    text.append("  %s/s".formatted(Numbers.shown(Math.round(rate * 10) / 10.0)));
    if (total != null && finished > 0 && done < total) {
      text.append("  ").append(TimeSpan.shown((total - done) / rate)).append(" left");
    }
    text.append(duplicates == 0 ? "" : "  %d duplicates".formatted(duplicates));
    text.append(failed == 0 ? "" : "  %d failed".formatted(failed));
    return text.toString();
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
    }
  }
}
