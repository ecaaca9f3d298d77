package dev.assay.bench;

import java.util.concurrent.TimeUnit;

/**
 * A thread that does nothing but sleep a millisecond at a time. What it is late by has held up
 * every thread: a pause of the JVM, or a machine that is busy.
 */
final class IdleThread implements AutoCloseable {
  private final Thread thread = new Thread(this::run, "idle");
  private volatile double longestMillis;

  private IdleThread() {
    thread.setDaemon(true);
  }

  static IdleThread start() {
    IdleThread idle = new IdleThread();
    idle.thread.start();
    return idle;
  }

  private void run() {
    try {
      while (true) {
        long begin = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(1);
        longestMillis = Math.max(longestMillis, (System.nanoTime() - begin) / 1e6 - 1);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** By how much it was late at most. */
  double longestMillis() {
    return longestMillis;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
