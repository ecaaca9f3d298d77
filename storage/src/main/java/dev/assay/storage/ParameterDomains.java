package dev.assay.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Reads distributions, of which the same few come again and again. Safe to share between threads.
 */
final class ParameterDomains {
  private static final int MOST = 1000;

  /** Longer ones are read anew each time. */
  private static final int LONGEST = 8 * 1024;

  private final Cache<String, ParameterDomain> known =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  /** As {@link ParameterDomain#parse}. */
  ParameterDomain parse(String distribution) {
    return distribution.length() > LONGEST
        ? ParameterDomain.parse(distribution)
        : known.get(distribution, ParameterDomain::parse);
  }
}
