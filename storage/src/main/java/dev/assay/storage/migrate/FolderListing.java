package dev.assay.storage.migrate;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a folder holds directly, each sorted by name.
 *
 * @param files regular files
 * @param folders folders
 * @param others symbolic links, which are never followed, and what is neither file nor folder
 */
record FolderListing(List<Path> files, List<Path> folders, List<Path> others) {
  private static final Pattern RUN_FILE =
      Pattern.compile("trial_.*\\.(json|log)|run_meta\\.json|best_trial\\.json|_dedup\\.db");
  private static final String CACHE_FOLDER = "_cache";

  /**
   * @throws IOException when the folder cannot be read
   */
  static FolderListing of(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        BasicFileAttributes attributes;
        try {
          attributes =
              Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
          // It went away, or cannot be looked at: whoever reads it says so.
          files.add(entry);
          continue;
        }
        if (attributes.isRegularFile()) {
          files.add(entry);
        } else if (attributes.isDirectory()) {
          folders.add(entry);
        } else {
          others.add(entry);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    List.of(files, folders, others).forEach(list -> list.sort(Comparator.naturalOrder()));
    return new FolderListing(files, folders, others);
  }

  /** The same without some files. */
  FolderListing without(Set<Path> left) {
    return left.isEmpty()
        ? this
        : new FolderListing(
            files.stream().filter(file -> !left.contains(file)).toList(), folders, others);
  }

  /** Whether this is a folder that the legacy system wrote a run to. */
  boolean isRun() {
    return files.stream().anyMatch(file -> RUN_FILE.matcher(nameOf(file)).matches())
        || folders.stream().anyMatch(folder -> nameOf(folder).equals(CACHE_FOLDER));
  }

  /** Whether this is one of our own stores: its trials are not legacy ones. */
  boolean isStore() {
    List<String> names = files.stream().map(FolderListing::nameOf).toList();
    return names.contains("store.json") && names.contains("live.db");
  }

  static String nameOf(Path path) {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }

  /** Why an entry of {@link #others} is not taken. */
  static String whyNot(Path entry) {
    if (!Files.isSymbolicLink(entry)) {
      return "neither a file nor a folder, not taken";
    }
    try {
      return "a symbolic link to %s, not followed".formatted(Files.readSymbolicLink(entry));
    } catch (IOException e) {
      return "a symbolic link, not followed";
    }
  }
}
