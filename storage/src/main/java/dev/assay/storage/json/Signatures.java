package dev.assay.storage.json;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Names for sets of parameters, equal to the legacy system's to the byte. Answers are remembered in
 * bounded caches, which change only how long an answer takes.
 *
 * <p>Both methods throw {@link IllegalArgumentException} for what {@link CanonicalJson} cannot
 * write. A set must not change while a method reads it; it may change afterwards. Safe to share
 * between threads.
 */
public final class Signatures {
  /** How many trial keys are remembered by default. */
  public static final int DEFAULT_KEY_LIMIT = 10_000;

  /** How many parameter signatures are remembered by default. */
  public static final int DEFAULT_SIGNATURE_LIMIT = 5_000;

  private static final Signatures SHARED =
      new Signatures(DEFAULT_KEY_LIMIT, DEFAULT_SIGNATURE_LIMIT);

  private final DigestCache keys;
  private final DigestCache signatures;

  /**
   * Caches of these sizes; 0 means none.
   *
   * @throws IllegalArgumentException when a limit is negative
   */
  public Signatures(int keyLimit, int signatureLimit) {
    keys = new DigestCache(CanonicalJson::writeSorted, keyLimit);
    signatures = new DigestCache(CanonicalJson::writeNormalized, signatureLimit);
  }

  /** The instance of this process, with the default limits until {@link #resize} is called. */
  public static Signatures shared() {
    return SHARED;
  }

  /** SHA-256 of {@link CanonicalJson#sorted}, in lower-case hexadecimal. */
  public String trialKey(ObjectNode parameters) {
    return keys.digest(parameters);
  }

  /** SHA-256 of {@link CanonicalJson#normalized}, in lower-case hexadecimal. */
  public String parameterSignature(ObjectNode parameters) {
    return signatures.digest(parameters);
  }

  /** What the cache of trial keys has done. */
  public CacheStatistics keyStatistics() {
    return keys.statistics();
  }

  /** What the cache of parameter signatures has done. */
  public CacheStatistics signatureStatistics() {
    return signatures.statistics();
  }

  /**
   * Changes the limits and forgets every entry; 0 switches a cache off. Counts go on.
   *
   * @throws IllegalArgumentException when a limit is negative
   */
  public void resize(int keyLimit, int signatureLimit) {
    keys.resize(keyLimit);
    signatures.resize(signatureLimit);
  }

  /** Forgets every entry and begins counting anew. */
  public void clear() {
    keys.clear();
    signatures.clear();
  }
}
