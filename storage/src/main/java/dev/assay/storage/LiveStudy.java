package dev.assay.storage;

import java.util.SortedMap;

/**
 * The trials of a study at one moment, without those that have finished, which never change.
 *
 * @param sequence rises with every change of the store
 * @param trials how many numbers the study has given: it has a trial of each from 0 on, finished
 *     where it is not among {@code unfinished}
 * @param unfinished by number: those that wait and those that run, whoever runs them. A trial that
 *     has not changed since the last look is the same instance.
 */
public record LiveStudy(
    long studyId, long sequence, long trials, SortedMap<Long, LiveTrial> unfinished) {}
