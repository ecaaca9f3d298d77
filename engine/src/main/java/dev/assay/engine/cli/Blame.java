package dev.assay.engine.cli;

import dev.assay.analytics.AnalyticsException;
import dev.assay.engine.StudyFileException;
import dev.assay.engine.objective.ObjectiveSetupException;
import dev.assay.engine.pruner.PrunerException;
import dev.assay.engine.sampler.SamplerException;
import dev.assay.engine.space.SpaceException;
import dev.assay.storage.StoreException;
import dev.assay.storage.migrate.TableMappingException;

/** Whose fault an exception is: it decides on the exit code and the words. */
enum Blame {
  /** What the user asked for; the message says what to do instead. */
  USE,
  /** The world's; the message says all. */
  WORLD,
  /** A defect of ours. */
  ASSAY;

  static Blame of(Exception e) {
    if (e instanceof UsageException
        || e instanceof StudyFileException
        || e instanceof SamplerException
        || e instanceof PrunerException
        || e instanceof SpaceException
        || e instanceof TableMappingException
        || e instanceof ObjectiveSetupException) {
      return USE;
    }
    boolean told =
        e instanceof CommandException
            || e instanceof StoreException
            || e instanceof AnalyticsException;
    return told ? WORLD : ASSAY;
  }
}
