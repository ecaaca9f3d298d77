package dev.assay.storage;

/**
 * A study that {@link Store#deleteStudy} has deleted.
 *
 * @param trials how many trials it had
 * @param parts how many files of the lake, sealed or not
 * @param bytes of these files and of those in {@code runs/}
 */
public record DeletedStudy(long id, String name, long trials, long parts, long bytes) {}
