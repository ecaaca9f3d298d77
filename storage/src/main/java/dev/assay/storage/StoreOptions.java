package dev.assay.storage;

import java.time.Duration;

/**
 * How one process uses a store.
 *
 * @param lease how long a worker's heartbeat may stand still before others take over its trials;
 *     more than 0
 * @param sealRows how many finished trials of a study the live database keeps before they are moved
 *     into a sealed part; at least 1
 */
public record StoreOptions(Duration lease, long sealRows) {
  /** A lease of 60 seconds, a part for each 10,000 trials. */
  public static final StoreOptions DEFAULT = new StoreOptions(Duration.ofSeconds(60), 10_000);

  public StoreOptions {
    if (lease.isNegative() || lease.isZero()) {
      throw new IllegalArgumentException("lease is %s, expected more than 0".formatted(lease));
    }
    if (sealRows < 1) {
      throw new IllegalArgumentException("sealRows is %d, expected 1 or more".formatted(sealRows));
    }
  }
}
