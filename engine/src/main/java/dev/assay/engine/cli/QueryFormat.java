package dev.assay.engine.cli;

import dev.assay.analytics.ResultFormat;
import dev.assay.engine.Choice;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How {@code assay query} writes results, and by which ending of a name it is known. */
enum QueryFormat {
  TABLE(ResultFormat.TABLE, "txt"),
  CSV(ResultFormat.CSV, "csv"),
  JSON(ResultFormat.JSON, "json"),
  JSONL(ResultFormat.JSONL, "jsonl|ndjson"),
  /** The IPC stream. */
  ARROW(ResultFormat.ARROW, "arrows"),
  /** The IPC file. */
  FEATHER(ResultFormat.FEATHER, "arrow|feather"),
  PARQUET(null, "parquet");

  private final @Nullable ResultFormat streamed;
  private final String endings;

  QueryFormat(@Nullable ResultFormat streamed, String endings) {
    this.streamed = streamed;
    this.endings = endings;
  }

  /** How it is written row by row; null where DuckDB writes a file itself. */
  @Nullable ResultFormat streamed() {
    return streamed;
  }

  /**
   * @param word what {@code --format} says; null where the file's name is to say it
   * @param file where results go; null for standard output
   */
  static QueryFormat of(@Nullable String word, @Nullable String file) {
    if (word == null) {
      return file == null ? TABLE : ofFile(file);
    }
    Choice<QueryFormat> choice = Choice.of(QueryFormat.class);
    QueryFormat format = choice.find(word);
    if (format == null) {
      throw new UsageException("--format is '%s', expected %s".formatted(word, choice.names()));
    }
    if (format == PARQUET && file == null) {
      throw new UsageException("--format is parquet, which needs a file; add -o FILE");
    }
    return format;
  }

  private static QueryFormat ofFile(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    for (QueryFormat format : values()) {
      if (lower.matches("(?s).*\\.(%s)".formatted(format.endings))) {
        return format;
      }
    }
    throw new UsageException(
        "-o is '%s', whose name does not say what to write; add --format with one of %s"
            .formatted(file, Choice.of(QueryFormat.class).names()));
  }
}
