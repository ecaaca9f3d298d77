package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Trial;
import dev.assay.engine.TrialPruned;
import dev.assay.engine.space.Block;
import org.jspecify.annotations.Nullable;

/**
 * The intermediate values that a command prints while it runs: lines that are JSON objects with a
 * {@code step}, a whole number from 0, and a {@code value}, and with neither {@code score} nor
 * {@code values}. Such a line is never a result. Each goes to the trial, and the study's pruner is
 * asked; once that gives the trial up, or this is closed, nothing more is reported.
 *
 * <p>Lines come from the thread that reads the command's output; safe to share between threads.
 */
final class CommandReports implements AutoCloseable {
  /** Up to here every whole number is a double. */
  private static final double MAX_EXACT = 0x1p53;

  private final Trial trial;
  private final TrialLog log;
  private boolean seen;
  private boolean complained;
  private boolean over;
  private boolean closed;
  private Runnable whenOver = () -> {};
  private @Nullable RuntimeException failure;

  CommandReports(Trial trial, TrialLog log) {
    this.trial = trial;
    this.log = log;
  }

  /** Whether {@code line} is a report, which has then been taken. */
  synchronized boolean take(ObjectNode line) {
    JsonNode step = line.get("step");
    JsonNode value = line.get("value");
    if (step == null || value == null || line.has("score") || line.has("values")) {
      return false;
    }
    seen = true;
    if (closed || over) {
      return true;
    }
    if (!isStep(step)) {
      complain("step", step, "a whole number from 0");
    } else if (!value.isNumber()) {
      complain("value", value, "a number");
    } else {
      report(step.longValue(), value.doubleValue());
    }
    return true;
  }

  private static boolean isStep(JsonNode step) {
    if (step.isIntegralNumber()) {
      return step.canConvertToLong() && step.longValue() >= 0;
    }
    double number = step.isNumber() ? step.doubleValue() : -1;
    return number >= 0 && number <= MAX_EXACT && number == Math.rint(number);
  }

  private void complain(String member, JsonNode found, String expected) {
    if (!complained) {
      complained = true;
      log.line(
          "[a report is passed over: its %s is %s, expected %s]"
              .formatted(member, Block.shown(found), expected));
    }
  }

  private void report(long step, double value) {
    try {
      trial.report(step, value);
      if (trial.shouldPrune()) {
        log.line("[pruned at step %d, where the value is %s]".formatted(step, value));
        end();
      }
    } catch (RuntimeException e) {
      // It belongs to the worker's thread: this one only reads.
      failure = e;
      end();
    }
  }

  private void end() {
    over = true;
    whenOver.run();
  }

  /**
   * Has {@code action} run as soon as the command need not go on, by whichever thread finds out; it
   * must not take long.
   */
  synchronized void whenOver(Runnable action) {
    whenOver = action;
    if (over) {
      action.run();
    }
  }

  /**
   * To be called when the command has ended.
   *
   * @throws TrialPruned when the study's pruner has given the trial up
   */
  synchronized void check() throws TrialPruned {
    if (failure != null) {
      throw failure;
    }
    if (over) {
      throw new TrialPruned();
    }
  }

  /** Whether there was any. */
  synchronized boolean seen() {
    return seen;
  }

  /** What a process prints that outlives the trial is no longer reported. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
