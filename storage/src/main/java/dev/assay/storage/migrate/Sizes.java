package dev.assay.storage.migrate;

import java.util.Locale;

/** Sizes and counts as people read them. */
public final class Sizes {
  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Sizes() {}

  /** Three digits or so with a decimal unit: {@code 61.3 MB}. */
  public static String text(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }

  /**
   * How many there are of something: {@code 1 trial}, {@code 2 trials}, {@code 2 studies}.
   *
   * @param thing one of them
   */
  public static String count(long count, String thing) {
    String many =
        thing.endsWith("y") ? thing.substring(0, thing.length() - 1) + "ies" : thing + "s";
    return count + " " + (count == 1 ? thing : many);
  }
}
