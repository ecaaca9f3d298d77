package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Finds what another system keeps of the trials of runs. */
public interface RunLinks {
  /** Finds nothing, and says nothing of it. */
  RunLinks NONE = new None();

  /** Pairs a run's trials with those of the other system; everything is still to be taken. */
  RunLink open(LinkableRun run);

  /**
   * Whether a run is to be found there.
   *
   * @param meta its {@code run_meta.json}
   */
  boolean covers(ObjectNode meta);

  /** Where runs come in without links. */
  final class None implements RunLinks {
    private None() {}

    @Override
    public RunLink open(LinkableRun run) {
      return new RunLink.Unlinked(null);
    }

    @Override
    public boolean covers(ObjectNode meta) {
      return false;
    }
  }
}
