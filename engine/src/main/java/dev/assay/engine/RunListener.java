package dev.assay.engine;

import dev.assay.storage.FrozenTrial;

/** Hears how a run goes. Calls come one at a time, from the workers' threads. */
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE =
      new RunListener() {
        @Override
        public void finished(FrozenTrial trial, long duplicates) {}

        @Override
        public void note(String message) {}
      };

  /**
   * A trial finished, and the store has acknowledged it.
   *
   * @param duplicates how many proposals of this run were known already, so far
   */
  void finished(FrozenTrial trial, long duplicates);

  /** Something the user should know, in one line. */
  void note(String message);
}
