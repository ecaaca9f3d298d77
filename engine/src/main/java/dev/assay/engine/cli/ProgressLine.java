package dev.assay.engine.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One line at the foot of a terminal that is written over again and again. Thread-safe. */
final class ProgressLine implements AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";
  private static final long PERIOD_MS = 200;

  private final PrintStream err;
  private final Supplier<String> text;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Draws {@code text} from now on, several times a second.
   *
   * @param text gives the line; called from the line's own thread
   */
  ProgressLine(PrintStream err, Supplier<String> text) {
    this.err = err;
    this.text = text;
    Thread clock = new Thread(this::live, "assay-progress");
    clock.setDaemon(true);
    clock.start();
  }

  private void live() {
    try {
      while (!closed.await(PERIOD_MS, TimeUnit.MILLISECONDS)) {
        draw(text.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void draw(String line) {
    if (closed.getCount() > 0) {
      err.print(CLEAR + line);
      err.flush();
    }
  }

  /** Clears the line, so that what is written next stands by itself. */
  synchronized void clear() {
    err.print(CLEAR);
    err.flush();
  }

  @Override
  public void close() {
    closed.countDown();
    clear();
  }
}
