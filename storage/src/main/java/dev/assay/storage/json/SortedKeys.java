package dev.assay.storage.json;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an object as canonical JSON has them: sorted by code point, each with its quotes,
 * escapes and colon. The trials of a study have the same keys in the same order, so that those used
 * lately are kept: they are neither sorted nor escaped anew. Immutable; what is kept is bounded,
 * and safe to share: threads that race only sort twice.
 */
final class SortedKeys {
  private static final int SLOTS = 1024;

  /** Objects with more keys are not kept. */
  private static final int MAX_KEYS = 64;

  /** Nor are those whose keys are longer than this, together and as they are written. */
  private static final int MAX_LENGTH = 2048;

  private static final @Nullable SortedKeys[] RECENT = new @Nullable SortedKeys[SLOTS];

  private final String[] keys;
  private final int[] places;
  private final byte[][] json;

  private SortedKeys(String[] keys) {
    this.keys = keys;
    places = new int[keys.length];
    json = new byte[keys.length][];
    Integer[] sorted = new Integer[keys.length];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(
        sorted, Comparator.comparing((Integer place) -> keys[place], CodePointOrder.INSTANCE));
    for (int i = 0; i < keys.length; i++) {
      places[i] = sorted[i];
      json[i] = json(keys[sorted[i]]);
    }
  }

  private static byte[] json(String key) {
    AsciiBuffer out = new AsciiBuffer(key.length() + 3);
    out.putQuoted(key);
    out.put(':');
    return out.toByteArray();
  }

  /**
   * The order of some keys.
   *
   * @param keys all different, in the order of the document; not to be changed afterwards
   * @param hash of the keys and their order
   */
  static SortedKeys of(String[] keys, int hash) {
    int slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
    SortedKeys recent = RECENT[slot];
    if (recent != null && Arrays.equals(recent.keys, keys)) {
      return recent;
    }
    SortedKeys sorted = new SortedKeys(keys);
    if (keys.length <= MAX_KEYS && sorted.length() <= MAX_LENGTH) {
      RECENT[slot] = sorted;
    }
    return sorted;
  }

  private int length() {
    return Arrays.stream(json).mapToInt(key -> key.length).sum();
  }

  /** The place in the document of the key that comes {@code i}-th. */
  int place(int i) {
    return places[i];
  }

  /** That key, quoted and with a colon; not to be changed. */
  byte[] json(int i) {
    return json[i];
  }
}
