package dev.assay.storage.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** SHA-256 of one form of parameter sets, remembered for the sets seen last. Thread-safe. */
final class DigestCache {
  private final BiConsumer<ObjectNode, AsciiBuffer> form;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private volatile int limit;
  private volatile @Nullable Cache<ParameterSnapshot, String> cache;

  DigestCache(BiConsumer<ObjectNode, AsciiBuffer> form, int limit) {
    this.form = form;
    resize(limit);
  }

  String digest(ObjectNode parameters) {
    Cache<ParameterSnapshot, String> entries = cache;
    ParameterSnapshot key = entries == null ? null : ParameterSnapshot.of(parameters);
    if (entries == null || key == null) {
      misses.increment();
      return Sha256.of(parameters, form);
    }
    String known = entries.getIfPresent(key);
    if (known != null) {
      hits.increment();
      return known;
    }
    misses.increment();
    String digest = Sha256.of(parameters, form);
    if (key.isKeepable()) {
      entries.put(key, digest);
    }
    return digest;
  }

  /** Forgets every entry; 0 switches the cache off. */
  void resize(int newLimit) {
    if (newLimit < 0) {
      throw new IllegalArgumentException(
          "a cache's limit is %d, expected 0 (off) or more".formatted(newLimit));
    }
    limit = newLimit;
    // Entries are dropped by whoever adds one, so that the limit holds at once.
    cache =
        newLimit == 0
            ? null
            : Caffeine.newBuilder().maximumSize(newLimit).executor(Runnable::run).build();
  }

  void clear() {
    Cache<ParameterSnapshot, String> entries = cache;
    if (entries != null) {
      entries.invalidateAll();
    }
    hits.reset();
    misses.reset();
  }

  CacheStatistics statistics() {
    Cache<ParameterSnapshot, String> entries = cache;
    if (entries != null) {
      entries.cleanUp();
    }
    return new CacheStatistics(
        hits.sum(), misses.sum(), entries == null ? 0 : entries.estimatedSize(), limit);
  }
}
