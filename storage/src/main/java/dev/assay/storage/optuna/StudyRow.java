package dev.assay.storage.optuna;

/**
 * A study of a source.
 *
 * @param trials how many trials it has
 */
record StudyRow(long id, String name, long trials) {}
