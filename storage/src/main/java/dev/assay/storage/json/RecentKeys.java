package dev.assay.storage.json;

import org.jspecify.annotations.Nullable;

/**
 * Keys read lately: the trials of a study repeat the same few, which are then one string each with
 * a known hash, and not one a trial. Bounded and safe to share: threads that race only miss.
 */
final class RecentKeys {
  private static final int SLOTS = 1024;
  private static final int MAX_LENGTH = 64;

  private static final @Nullable String[] KEYS = new @Nullable String[SLOTS];

  private RecentKeys() {}

  /**
   * {@code text.substring(start, end)}.
   *
   * @param hash the substring's hash code
   */
  static String share(String text, int start, int end, int hash) {
    int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    String recent = KEYS[slot];
    if (recent != null
        && recent.length() == end - start
        && recent.hashCode() == hash
        && text.startsWith(recent, start)) {
      return recent;
    }
    String key = text.substring(start, end);
    if (key.length() <= MAX_LENGTH) {
      KEYS[slot] = key;
    }
    return key;
  }
}
