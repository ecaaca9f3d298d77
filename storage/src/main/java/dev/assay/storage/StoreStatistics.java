package dev.assay.storage;

/**
 * What one open store has done since it was opened, in this process alone.
 *
 * @param filesWritten JSON files written to {@code runs/}, rewritten ones each time
 * @param claims trials claimed, takeovers included
 * @param duplicates claims that found the parameters taken
 * @param lockWaits transactions that had to begin again because another process held the database
 * @param commits committed write transactions
 */
public record StoreStatistics(
    long filesWritten, long claims, long duplicates, long lockWaits, long commits) {}
