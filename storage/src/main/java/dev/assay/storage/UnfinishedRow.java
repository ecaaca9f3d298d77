package dev.assay.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A trial that has not finished, as rows of the live database have it at one moment. */
interface UnfinishedRow {
  long id();

  long number();

  TrialState state();

  int attempt();

  /**
   * The whole trial.
   *
   * @throws NoSuchFileException where a file of it is gone: it has ended since, or has changed
   */
  FrozenTrial trial(Path store) throws IOException;
}
