package dev.assay.storage;

/**
 * How many trials a study has.
 *
 * @param complete trials in state COMPLETE
 * @param pruned trials in state PRUNED
 * @param fail trials in state FAIL
 * @param running trials in state RUNNING
 * @param signatures parameter sets that the guard holds
 */
public record StudyCounts(long complete, long pruned, long fail, long running, long signatures) {
  public long finished() {
    return complete + pruned + fail;
  }
}
