package dev.assay.storage;

/** Waiting for a thread's end, whatever interrupts come. */
final class Threads {
  private Threads() {}

  /** Waits for the end of a thread that was told to end; an interrupt is kept for the caller. */
  static void join(Thread thread) {
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
