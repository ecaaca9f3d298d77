package dev.assay.engine.objective;

import java.nio.file.Path;

/**
 * What an objective may know of its trial.
 *
 * @param number the trial's number in its study, from 0
 * @param seed the trial's own seed, drawn from the study's seed and the number
 * @param logFile where its log goes; written only by objectives that have one
 */
public record TrialContext(long number, long seed, Path logFile) {}
