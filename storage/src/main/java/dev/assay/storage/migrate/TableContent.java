package dev.assay.storage.migrate;

import dev.assay.storage.TrialState;
import java.util.List;
import java.util.Map;

/**
 * What a table held.
 *
 * @param rows that could be read
 * @param trials made of them
 * @param rejected rows that could not be read
 * @param states the trials by state
 */
record TableContent(
    long rows, long trials, long rejected, Map<TrialState, Long> states, List<Finding> findings) {}
