package dev.assay.engine.grpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.google.protobuf.ByteString;
import dev.assay.storage.LiveTrial;

/**
 * Trials as they go over the wire. Finished ones never change and are kept by their id, as many as
 * the bound allows; of unfinished ones the bytes are kept as long as the store gives the same
 * instance. Safe to share between threads.
 */
final class TrialBytes {
  /** What an entry costs beside its bytes. */
  private static final int OVERHEAD = 100;

  private final Messages messages;
  private final Cache<Long, ByteString> finished;
  private final Cache<LiveTrial, ByteString> unfinished;

  /**
   * @param bound how many bytes of finished trials are kept, and a tenth of it of unfinished ones
   */
  TrialBytes(Messages messages, long bound) {
    this.messages = messages;
    this.finished =
        Caffeine.newBuilder()
            .maximumWeight(bound)
            .weigher((Long id, ByteString bytes) -> bytes.size() + OVERHEAD)
            .recordStats()
            .build();
    // Weak keys are compared as instances.
    this.unfinished =
        Caffeine.newBuilder()
            .weakKeys()
            .maximumWeight(bound / 10)
            .weigher((LiveTrial trial, ByteString bytes) -> bytes.size() + OVERHEAD)
            .build();
  }

  ByteString of(LiveTrial trial) {
    if (!trial.state().isFinished()) {
      return unfinished.get(trial, this::encode);
    }
    ByteString bytes = encode(trial);
    finished.put(trial.id(), bytes);
    return bytes;
  }

  private ByteString encode(LiveTrial trial) {
    return messages.trial(trial).toByteString();
  }

  /** The bytes of a finished trial; null where they are not at hand. */
  @org.jspecify.annotations.Nullable
  ByteString finished(long trialId) {
    return finished.getIfPresent(trialId);
  }

  CacheStats statistics() {
    return finished.stats();
  }
}
