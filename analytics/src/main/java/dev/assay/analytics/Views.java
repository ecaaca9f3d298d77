package dev.assay.analytics;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.assay.storage.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * {@code views.sql}: a session file that opens a store in any DuckDB from 1.4 on. It is the same in
 * every store but for its first line, which says where the store is.
 */
public final class Views {
  /** What the views are called, for messages. */
  static final String NAMES =
      "studies (runs), trials, params, metrics, intermediate_values, files, trials_of('study')";

  private static final String FILE = "views.sql";
  private static final String PLACE = "'@root@'";

  private Views() {}

  /**
   * Writes {@code views.sql} into a store, where it is missing or the store has moved. Readers see
   * the old file or the new one, never half of it.
   *
   * @param store the store's directory
   * @return the file's absolute path
   * @throws AnalyticsException where there is no store, or the file cannot be written
   */
  public static Path publish(Path store) {
    Path root = place(store);
    Path file = root.resolve(FILE);
    byte[] text = sql(root).getBytes(StandardCharsets.UTF_8);
    try {
      if (!isCurrent(file, text)) {
        replace(file, text);
      }
    } catch (IOException e) {
      throw new AnalyticsException("cannot write %s: %s".formatted(file, e), e);
    }
    return file;
  }

  /**
   * The session file of a store that cannot be written: its own, or a new one in the temporary
   * directory where that is missing or the store has moved.
   *
   * @return the file's absolute path
   * @throws AnalyticsException where there is no store, or no file can be written
   */
  static Path beside(Path store) {
    Path root = place(store);
    Path file = root.resolve(FILE);
    byte[] text = sql(root).getBytes(StandardCharsets.UTF_8);
    try {
      return isCurrent(file, text)
          ? file
          : Files.write(Files.createTempFile("assay-views-", ".sql"), text).toAbsolutePath();
    } catch (IOException e) {
      throw new AnalyticsException(
          "%s cannot be written, nor can its views into the temporary directory: %s"
              .formatted(root, e),
          e);
    }
  }

  private static boolean isCurrent(Path file, byte[] text) throws IOException {
    return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), text);
  }

  private static void replace(Path file, byte[] text) throws IOException {
    Path temporary =
        file.resolveSibling(FILE + "." + ProcessHandle.current().pid() + "-" + System.nanoTime());
    try {
      Files.write(temporary, text);
      Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * A store's absolute path. Symbolic links stay as they are.
   *
   * @throws AnalyticsException where there is no store
   */
  static Path place(Path store) {
    Path absolute = store.toAbsolutePath();
    Path root = absolute.normalize();
    try {
      if (Files.exists(absolute) && !(Files.exists(root) && Files.isSameFile(absolute, root))) {
        // A ".." behind a symbolic link leads elsewhere than its text says.
        root = absolute.toRealPath();
      }
    } catch (IOException e) {
      throw new AnalyticsException("cannot read %s: %s".formatted(store, e), e);
    }
    Store.requireKnownFormat(root);
    if (!Files.isRegularFile(root.resolve("manifest.json"))) {
      throw new AnalyticsException(
          "%s is not a store: it has no manifest.json. Name the store's directory with --store or ASSAY_STORE"
              .formatted(root));
    }
    return root;
  }

  /** The session file for a store at {@code root}. */
  static String sql(Path root) {
    String path = root.toString().replace(root.getFileSystem().getSeparator(), "/");
    return template().replace(PLACE, literal(path));
  }

  /** SQL of a study's trials with their fixed columns alone, from its own files. */
  static String parts(String study) {
    return "read_parquet(%s)".formatted(files(study));
  }

  /** SQL of a study's trials with all columns that its files have. */
  static String wideParts(String study) {
    return "read_parquet(%s, union_by_name := true)".formatted(files(study));
  }

  private static String files(String study) {
    return "[assay_root() || '/lake/trials/empty.parquet'] || getvariable('assay').study[%s].parts"
        .formatted(literal(study));
  }

  /** A text as SQL writes it; one line, whatever the text. */
  static String literal(String text) {
    return "'"
        + text.replace("'", "''")
            .replace("\n", "' || chr(10) || '")
            .replace("\r", "' || chr(13) || '")
        + "'";
  }

  private static String template() {
    try (InputStream in = Views.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
