package dev.assay.engine.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code assay export} writes, and by which ending of a name it is known. */
enum ExportFormat {
  OPTUNA("db|sqlite|sqlite3"),
  JOURNAL("journal|log"),
  /** A directory. */
  RUN(""),
  JSONL("jsonl|ndjson"),
  CSV("csv"),
  PARQUET("parquet"),
  /** The IPC file. */
  ARROW("arrow|feather"),
  /** The IPC stream. */
  ARROWS("arrows");

  private final String endings;

  ExportFormat(String endings) {
    this.endings = endings;
  }

  /** Whether several studies may go into one target. */
  boolean takesSeveral() {
    return this == OPTUNA || this == JOURNAL;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ExportFormat named(String word) {
    for (ExportFormat format : values()) {
      if (format.word().equalsIgnoreCase(word)) {
        return format;
      }
    }
    throw new UsageException("--format is '%s', expected %s".formatted(word, all()));
  }

  /** By the ending of a file's name; null where none fits. */
  static @Nullable ExportFormat ofFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (ExportFormat format : values()) {
      if (lower.matches("(?s).*\\.(%s)".formatted(format.endings))) {
        return format;
      }
    }
    return null;
  }

  static String all() {
    return Arrays.stream(values()).map(ExportFormat::word).collect(Collectors.joining(", "));
  }
}
