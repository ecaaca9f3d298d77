package dev.assay.storage;

import org.jspecify.annotations.Nullable;

/**
 * A file of a run as the archive has it.
 *
 * @param path relative to the run's directory, with forward slashes
 * @param trialFile the trial file that it belongs to; null for the run as a whole
 * @param size in bytes
 * @param sha256 of the content, in hexadecimal; null where it was not recorded
 */
public record ArchivedFile(
    String path, @Nullable String trialFile, long size, @Nullable String sha256) {}
