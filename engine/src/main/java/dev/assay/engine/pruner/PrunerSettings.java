package dev.assay.engine.pruner;

/** A pruner's settings, from which one is made for each run of a study. */
@FunctionalInterface
public interface PrunerSettings {
  /**
   * A new pruner.
   *
   * @param study the study's name
   */
  Pruner create(String study);
}
