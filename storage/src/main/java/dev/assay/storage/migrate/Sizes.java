package dev.assay.storage.migrate;

import java.util.Locale;

/** Sizes in bytes as people read them. */
final class Sizes {
  private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};

  private Sizes() {}

  /** Three digits or so with a decimal unit: {@code 61.3 MB}. */
  static String text(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }
}
