package dev.assay.engine.cli;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.PrintableText;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of one trial: those in the run's directory, and those in the archive.
 *
 * @param sizes in bytes by their paths relative to the run's directory, with forward slashes
 */
record TrialFilesOf(ReadableStore store, StudyRecord study, SortedMap<String, Long> sizes) {
  static TrialFilesOf of(ReadableStore store, StudyRecord study, FrozenTrial trial) {
    SortedMap<String, Long> sizes = new TreeMap<>();
    String file = trial.trialFile();
    if (file != null) {
      String stem = file.replaceFirst("\\.json$", "");
      store.archivedFiles(study.id()).stream()
          .filter(each -> file.equals(each.trialFile()) || isNamed(each.path(), stem))
          .forEach(each -> sizes.put(each.path(), each.size()));
      Path run = store.runDirectory(study);
      if (Files.isDirectory(run)) {
        try (Stream<Path> files = Files.list(run)) {
          for (Path each : files.filter(Files::isRegularFile).toList()) {
            String name = each.getFileName().toString();
            if (isNamed(name, stem)) {
              sizes.put(name, Files.size(each));
            }
          }
        } catch (IOException e) {
          throw new CommandException("%s cannot be read: %s".formatted(run, e), e);
        }
      }
    }
    return new TrialFilesOf(store, study, sizes);
  }

  private static boolean isNamed(String name, String stem) {
    return name.startsWith(stem + ".") || name.startsWith(stem + "_");
  }

  /**
   * Copies a file to the output.
   *
   * @throws UsageException where the trial has no such file
   */
  void print(String name, Console console) {
    if (!sizes.containsKey(name)) {
      throw new UsageException(
          sizes.isEmpty()
              ? "the trial has no files"
              : "the trial has no file '%s'; it has %s"
                  .formatted(name, String.join(", ", sizes.keySet())));
    }
    try {
      Path live = store.runDirectory(study).resolve(name);
      if (Files.isRegularFile(live)) {
        copy(live, console);
        return;
      }
      Path directory = Files.createTempDirectory("assay-file-");
      try {
        store.restore(study.id(), directory, name::equals);
        copy(directory.resolve(name), console);
      } finally {
        remove(directory);
      }
    } catch (IOException e) {
      throw new CommandException("'%s' cannot be read or written: %s".formatted(name, e), e);
    }
  }

  private static void copy(Path file, Console console) throws IOException {
    if (!console.isOutputTerminal()) {
      Files.copy(file, console.out());
      return;
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    text.lines().forEach(line -> console.out().println(PrintableText.of(line)));
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> paths = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    }
  }
}
