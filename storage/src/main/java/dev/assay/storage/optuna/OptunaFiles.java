package dev.assay.storage.optuna;

import dev.assay.storage.migrate.GuardDatabase;
import dev.assay.storage.migrate.SourceDatabase;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Finds Optuna's files among others. */
public final class OptunaFiles {
  private static final List<String> DATABASES = List.of(".db", ".sqlite", ".sqlite3");
  private static final List<String> JOURNALS = List.of(".log", ".journal", ".jsonl");

  /** Enough for the tables' names. */
  private static final int LONGEST_VALUE = 1 << 20;

  private OptunaFiles() {}

  /**
   * The Optuna databases and journals below a folder, by their names and contents; symbolic links
   * are not followed, and stores of ours are left out.
   */
  public static List<Path> below(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return Files.exists(directory.resolve("store.json"))
                    && Files.exists(directory.resolve("live.db"))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && (isDatabase(file) || isJournal(file))) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // Whoever takes the folder says so.
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(found);
    return found;
  }

  /** Whether this is a journal, by its name and beginning. */
  public static boolean isJournal(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    try {
      return JOURNALS.stream().anyMatch(name::endsWith) && JournalFile.isJournal(file);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isDatabase(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (DATABASES.stream().noneMatch(name::endsWith) || name.equals(GuardDatabase.NAME)) {
      return false;
    }
    try {
      if (!SourceDatabase.isDatabase(file)) {
        return false;
      }
      try (SourceDatabase source = SourceDatabase.open(file, LONGEST_VALUE)) {
        return new OptunaDatabase(source.connection()).isOptuna();
      }
    } catch (IOException | SQLException e) {
      return false;
    }
  }
}
