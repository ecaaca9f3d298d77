package dev.assay.storage.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The files of one folder that becomes a study, in {@link ArchiveOrder}; folders inside it that are
 * runs themselves are left out.
 *
 * @param findings what was seen but cannot be taken
 */
record RunListing(Path directory, List<SourceFile> files, List<Finding> findings) {
  RunListing {
    files = List.copyOf(files);
    findings = List.copyOf(findings);
  }

  /** Lists a run at any depth, or the files that lie directly in a campaign's folder. */
  static RunListing of(LegacyFolder folder) {
    List<SourceFile> files = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    Deque<Path> open = new ArrayDeque<>(List.of(folder.directory()));
    while (!open.isEmpty()) {
      Path directory = open.pop();
      FolderListing listing;
      try {
        listing = FolderListing.of(directory);
      } catch (IOException e) {
        findings.add(
            skipped(relative(folder, directory), "a folder that cannot be read: " + text(e)));
        continue;
      }
      for (Path file : listing.files()) {
        add(folder, file, files, findings);
      }
      for (Path other : listing.others()) {
        findings.add(skipped(relative(folder, other), FolderListing.whyNot(other)));
      }
      if (folder.kind() == LegacyFolder.Kind.RUN) {
        listing.folders().stream()
            .filter(inner -> !folder.nested().contains(inner))
            .forEach(open::push);
      }
    }
    return new RunListing(folder.directory(), distinct(files, findings), findings);
  }

  /** Names that this JVM cannot decode look alike; the store tells files apart by their paths. */
  private static List<SourceFile> distinct(List<SourceFile> files, List<Finding> findings) {
    Set<String> paths = new HashSet<>();
    List<SourceFile> distinct = new ArrayList<>();
    for (SourceFile file : files) {
      if (paths.add(file.path())) {
        distinct.add(file);
      } else {
        findings.add(
            skipped(file.path(), "another file's name reads the same; rename one of them"));
      }
    }
    distinct.sort(ArchiveOrder.INSTANCE);
    return distinct;
  }

  private static void add(
      LegacyFolder folder, Path file, List<SourceFile> files, List<Finding> findings) {
    String path = relative(folder, file);
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      files.add(
          new SourceFile(
              file,
              path,
              attributes.size(),
              attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)));
    } catch (IOException e) {
      findings.add(skipped(path, "cannot be read: " + text(e)));
    }
  }

  long bytes() {
    return files.stream().mapToLong(SourceFile::size).sum();
  }

  /** How many of the files are documents of trials. */
  long trials() {
    return files.stream().filter(file -> ArchiveOrder.isTrial(file.path())).count();
  }

  static Finding skipped(String path, String reason) {
    return new Finding(Finding.Kind.SKIPPED, path, reason);
  }

  /** What an I/O error says, with its kind where the message is only the file's name. */
  static String text(IOException e) {
    return "%s (%s)".formatted(e.getMessage(), e.getClass().getSimpleName());
  }

  private static String relative(LegacyFolder folder, Path path) {
    Path relative = folder.directory().relativize(path);
    return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
  }
}
