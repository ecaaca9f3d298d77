package dev.assay.storage;

import dev.assay.storage.json.CacheStatistics;
import dev.assay.storage.json.Signatures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows an open store's counts to the metrics of the program that it is part of. They are read when
 * somebody looks; the store itself only adds up.
 */
final class StoreMeters implements AutoCloseable {
  private static final String TAG = "store";

  private final @Nullable MeterRegistry registry;
  private final String directory;
  private final List<Meter> meters = new ArrayList<>();

  /**
   * @param registry null for no metrics
   */
  StoreMeters(@Nullable MeterRegistry registry, Store store, LiveCounts live) {
    this.registry = registry;
    this.directory = store.directory().toString();
    if (registry != null) {
      register(registry, store);
      register(registry, live);
      caches(registry, "keys", Signatures.shared()::keyStatistics);
      caches(registry, "signatures", Signatures.shared()::signatureStatistics);
    }
  }

  private void register(MeterRegistry registry, Store store) {
    count(registry, "assay.claims", store, s -> s.statistics().claims());
    count(registry, "assay.duplicates", store, s -> s.statistics().duplicates());
    count(registry, "assay.files.written", store, s -> s.statistics().filesWritten());
  }

  private void register(MeterRegistry registry, LiveCounts live) {
    time(registry, "assay.lock.waits", live, LiveCounts::lockWaits, LiveCounts::lockWaitNanos);
    time(registry, "assay.commits", live, LiveCounts::commits, LiveCounts::commitNanos);
    time(
        registry, "assay.reader.waits", live, LiveCounts::readerWaits, LiveCounts::readerWaitNanos);
    count(registry, "assay.commit.writes", live, LiveCounts::works);
    count(registry, "assay.checkpoints", live, LiveCounts::checkpoints);
    meters.add(
        Gauge.builder("assay.commit.writes.max", live, LiveCounts::largestCommit)
            .tag(TAG, directory)
            .register(registry));
    meters.add(
        Gauge.builder("assay.commits.longest", live, counts -> counts.longestNanos() / 1e9)
            .baseUnit("seconds")
            .tag(TAG, directory)
            .register(registry));
  }

  private void caches(MeterRegistry registry, String cache, Supplier<CacheStatistics> statistics) {
    cached(registry, cache, "hit", statistics, CacheStatistics::hits);
    cached(registry, cache, "miss", statistics, CacheStatistics::misses);
  }

  private void cached(
      MeterRegistry registry,
      String cache,
      String result,
      Supplier<CacheStatistics> statistics,
      ToLongFunction<CacheStatistics> count) {
    meters.add(
        FunctionCounter.builder(
                "assay.cache.gets",
                Signatures.shared(),
                shared -> count.applyAsLong(statistics.get()))
            .tags(TAG, directory, "cache", cache, "result", result)
            .register(registry));
  }

  private <T> void count(MeterRegistry registry, String name, T object, ToDoubleFunction<T> count) {
    meters.add(FunctionCounter.builder(name, object, count).tag(TAG, directory).register(registry));
  }

  private <T> void time(
      MeterRegistry registry,
      String name,
      T object,
      ToLongFunction<T> count,
      ToDoubleFunction<T> nanos) {
    meters.add(
        FunctionTimer.builder(name, object, count, nanos, TimeUnit.NANOSECONDS)
            .tag(TAG, directory)
            .register(registry));
  }

  /** Takes the meters away, so that the next store of that directory has its own. */
  @Override
  public void close() {
    if (registry != null) {
      meters.forEach(registry::remove);
    }
  }
}
