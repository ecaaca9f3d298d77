package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What identifies a folder's content. The fingerprint proper covers every path and every byte. The
 * stamp covers paths, sizes and times of modification only: where it is unchanged, nothing has to
 * be read.
 */
final class Fingerprint {
  private static final int BUFFER = 1 << 20;

  private Fingerprint() {}

  /** SHA-256 over the paths, by code point, each with the SHA-256 of its content. */
  static String of(Map<String, String> digests) {
    SortedMap<String, String> sorted = new TreeMap<>(ArchiveOrder.BY_CODE_POINT);
    sorted.putAll(digests);
    return digestOf(sorted);
  }

  /** The fingerprint of the files as they are now; files that cannot be read are left out. */
  static String ofContent(RunListing files) {
    SortedMap<String, String> digests = new TreeMap<>(ArchiveOrder.BY_CODE_POINT);
    for (SourceFile file : files.files()) {
      if (file.size() > FileReading.maxFileSize()) {
        continue;
      }
      try {
        digests.put(file.path(), ofContent(file.location()));
      } catch (IOException e) {
        // The import would not get it either, and reports it.
      }
    }
    return digestOf(digests);
  }

  /** SHA-256 of a file, in hexadecimal. */
  static String ofContent(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 over the paths, by code point, each with size and time of modification. */
  static String stampOf(RunListing files) {
    SortedMap<String, String> stamps = new TreeMap<>(ArchiveOrder.BY_CODE_POINT);
    files.files().forEach(file -> stamps.put(file.path(), file.size() + " " + file.modified()));
    return digestOf(stamps);
  }

  static String sha256(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  private static String digestOf(SortedMap<String, String> lines) {
    MessageDigest digest = sha256();
    lines.forEach(
        (path, text) ->
            digest.update((path + "\0" + text + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
