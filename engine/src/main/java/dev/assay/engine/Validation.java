package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a study file says of its validation: its best trials, run again on other settings.
 *
 * @param path where the file says so, such as {@code meta.runs.validation}
 * @param topN how many of the best trials, from 1
 * @param settings as {@link StudyFile#settings}, for this stage
 * @param constraints limits on the metrics; the study's own where the block has none
 * @param objective members in place of those of the study's objective; empty for none
 */
public record Validation(
    String path, int topN, ObjectNode settings, ObjectNode constraints, ObjectNode objective) {}
