package dev.assay.storage;

import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files below {@code lake/} that are, or are named like, parts of studies. */
final class LakeListing {
  private static final Pattern PART =
      Pattern.compile("lake/(trials|deltas|files)/study=(\\d{1,18})/part-(\\d{1,18})\\.parquet");

  private LakeListing() {}

  /** The parts that there are files of, by id. */
  static List<Part> parts(Path store) throws IOException {
    return files(store).stream()
        .map(LakeListing::part)
        .flatMap(Stream::ofNullable)
        .sorted(Comparator.comparingLong(Part::id))
        .toList();
  }

  /** The paths of all files in the studies' folders, relative to the store, with slashes. */
  static List<String> files(Path store) throws IOException {
    List<String> files = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Path folder = store.resolve(kind.folder());
      if (Files.isDirectory(folder)) {
        try (Stream<Path> below = Files.walk(folder)) {
          below
              .filter(
                  file -> Files.isRegularFile(file) && folder.relativize(file).getNameCount() > 1)
              .map(file -> store.relativize(file).toString().replace('\\', '/'))
              .forEach(files::add);
        }
      }
    }
    return files;
  }

  /** The greatest id of a part that there is a file of; 0 where there is none. */
  static long greatestId(Path store) throws IOException {
    long greatest = 0;
    for (Kind kind : Kind.values()) {
      for (Path study : entries(store.resolve(kind.folder()))) {
        for (Path file : entries(study)) {
          Part part = part(store.relativize(file).toString().replace('\\', '/'));
          greatest = part == null ? greatest : Math.max(greatest, part.id());
        }
      }
    }
    return greatest;
  }

  /** Others may delete them meanwhile. */
  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
      found.forEach(entries::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return entries;
  }

  /** The part of this path; null where no part has such a one. */
  static @Nullable Part part(String path) {
    Matcher name = PART.matcher(path);
    if (!name.matches()) {
      return null;
    }
    return new Part(
        Long.parseLong(name.group(3)),
        Long.parseLong(name.group(2)),
        Kind.ofFolder("lake/" + name.group(1)),
        path);
  }
}
