package dev.assay.storage.json;

/**
 * How a cache has done since it was made or last cleared.
 *
 * @param hits answers that came from the cache
 * @param misses answers that had to be computed, all of them where the cache is switched off
 * @param size entries that it holds now
 * @param limit entries that it may hold; 0 when it is switched off
 */
public record CacheStatistics(long hits, long misses, long size, long limit) {}
