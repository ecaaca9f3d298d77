package dev.assay.storage.migrate;

import dev.assay.storage.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a store keeps copies of what could not be understood: {@code quarantine/<study>/<path>},
 * each with a note beside it. The folder's name is made from the study's, because the study has no
 * id before it is committed; a second try writes the same files again.
 */
final class Quarantine {
  private static final int SLUG_LENGTH = 40;
  private static final int HASH_LENGTH = 8;
  private static final int NAME_LENGTH = 240;

  private final Path directory;

  Quarantine(Path store, String study) {
    this.directory = store.resolve("quarantine").resolve(folderName(study));
  }

  private static String folderName(String study) {
    String slug =
        study.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String hash =
        Fingerprint.sha256(study.getBytes(StandardCharsets.UTF_8)).substring(0, HASH_LENGTH);
    String start = slug.substring(0, Math.min(SLUG_LENGTH, slug.length()));
    return start.isEmpty() ? hash : start + "-" + hash;
  }

  /** The note's name is longer than the file's, which may be as long as the disk allows. */
  private static String shortened(String path) {
    int name = path.lastIndexOf('/') + 1;
    if (path.length() - name <= NAME_LENGTH) {
      return path;
    }
    String hash = Fingerprint.sha256(path.getBytes(StandardCharsets.UTF_8));
    return path.substring(0, name + NAME_LENGTH - HASH_LENGTH) + hash.substring(0, HASH_LENGTH);
  }

  /** Keeps a copy of {@code content} and a note that says why. */
  void keep(String path, byte[] content, Path source, String reason) {
    // A name that this JVM cannot decode cannot be written either.
    Path copy = directory.resolve(shortened(path.replaceAll("[^ -~]", "_"))).normalize();
    if (!copy.startsWith(directory)) {
      throw new IllegalArgumentException("%s leads out of %s".formatted(path, directory));
    }
    try {
      Path folder = copy.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.write(copy, content);
      Files.writeString(
          copy.resolveSibling(FolderListing.nameOf(copy) + ".why.txt"),
          "%s%n%s%n".formatted(source, reason));
    } catch (IOException e) {
      throw new StoreException(
          "cannot write %s: %s; free space there, or allow writing, and migrate again"
              .formatted(copy, RunListing.text(e)),
          e);
    }
  }
}
