package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What the name of a table's file says of its form. */
enum TableFile {
  CSV("csv|tsv"),
  JSON_LINES("jsonl|ndjson"),
  PARQUET("parquet|pq");

  private static final String GZIP = ".gz";

  /** Tables expand less. */
  private static final long LARGEST_RATIO = 200;

  private static final long SURELY_MODEST = 1L << 30;

  private final String endings;

  TableFile(String endings) {
    this.endings = endings;
  }

  /** By the ending of its name; null where it is no table's. */
  static @Nullable TableFile of(Path file) {
    String name = plainName(file).toLowerCase(Locale.ROOT);
    for (TableFile form : values()) {
      if (name.matches("(?s).*\\.(%s)".formatted(form.endings))
          && !(form == PARQUET && isCompressed(file))) {
        return form;
      }
    }
    return null;
  }

  static boolean isCompressed(Path file) {
    return FolderListing.nameOf(file).toLowerCase(Locale.ROOT).endsWith(GZIP);
  }

  /** Its name without the ending of a compressed file. */
  static String plainName(Path file) {
    String name = FolderListing.nameOf(file);
    return isCompressed(file) ? name.substring(0, name.length() - GZIP.length()) : name;
  }

  /** The file's content, expanded where it is compressed. */
  static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    if (!isCompressed(file)) {
      return in;
    }
    try {
      return new GZIPInputStream(in, 1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * @throws UnreadableDocumentException where a compressed file expands beyond what tables do
   */
  static void requireModest(Path file) throws IOException, UnreadableDocumentException {
    long limit = Math.max(SURELY_MODEST, LARGEST_RATIO * Files.size(file));
    // Deflate makes 1 of 1,032 at best.
    if (!isCompressed(file) || Files.size(file) < SURELY_MODEST / 1032) {
      return;
    }
    try (InputStream in = open(file)) {
      if (in.skip(limit + 1) > limit) {
        throw new UnreadableDocumentException(
            "expands to more than %s, which is %d times its size; expand it, and migrate that"
                .formatted(Sizes.text(limit), limit / Files.size(file)));
      }
    }
  }
}
