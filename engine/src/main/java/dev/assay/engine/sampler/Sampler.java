package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import org.jspecify.annotations.Nullable;

/**
 * Proposes parameters. What is proposed follows from the sampler's settings, the history and the
 * request alone: what an implementation remembers between requests only saves work. It is asked by
 * one thread at a time, always about the same history as it grows.
 */
@FunctionalInterface
public interface Sampler {
  /**
   * Proposes one set of parameters, nested as the study declares them.
   *
   * @return a new node; null when there is nothing left to propose
   */
  @Nullable ObjectNode suggest(History history, Ask ask);

  /** Whether it looks at the trials of the history; where it does not, nobody need collect them. */
  default boolean readsHistory() {
    return true;
  }
}
