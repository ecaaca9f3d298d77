package dev.assay.engine.cli;

import dev.assay.storage.optuna.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a migration is given: a path, or a URL in the form that Optuna takes. */
final class SourceArgument {
  private static final Pattern URL = Pattern.compile("([a-z][a-z0-9]*)(?:\\+[a-z0-9]+)?://(.*)");

  private SourceArgument() {}

  /**
   * @throws UsageException where nothing is at the path
   */
  static void requireThere(Path path) {
    if (!Files.exists(path)) {
      throw new UsageException(path + ": there is no such file or directory");
    }
  }

  /** The server's database that an argument names. */
  static DatabaseUrl server(String argument) {
    try {
      return DatabaseUrl.parse(argument);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** The path that an argument stands for: {@code sqlite:///file.db} is {@code file.db}. */
  static Path path(String argument) {
    Matcher url = URL.matcher(argument);
    String path = argument;
    if (url.matches()) {
      String rest = url.group(2).replaceFirst("\\?.*$", "");
      if (!url.group(1).equals("sqlite") || rest.length() < 2 || !rest.startsWith("/")) {
        throw new UsageException(
            DatabaseUrl.withoutCredentials(argument)
                + ": expected a path, sqlite:///FILE (with a fourth slash where FILE begins with"
                + " one), postgresql://... or mysql://...");
      }
      path = rest.substring(1);
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new UsageException(argument + ": there can be no such file: " + e.getReason());
    }
  }
}
