package dev.assay.storage;

import java.io.IOException;

/** The trials of a part on its way, in the part's order; they are read more than once. */
interface TrialRows {
  /** Takes one trial, and its JSON text. */
  @FunctionalInterface
  interface Reader {
    void accept(FrozenTrial trial, String record) throws IOException;
  }

  void forEach(Reader reader) throws IOException;
}
