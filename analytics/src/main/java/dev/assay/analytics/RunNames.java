package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the study that a person means. In this order: its exact name; its folder; the end of its
 * name or folder, by whole segments; the beginning of its name; a path that ends in its name; a
 * path whose last segment is that of its name or folder.
 */
final class RunNames {
  private static final int MOST_CANDIDATES = 10;

  private static final Pattern OWN_FOLDER = Pattern.compile("([0-9]{1,18})(-.*)?");

  private static final int NEAREST = 5;

  private final Path store;
  private final List<Study> studies;

  /** What a question is about. */
  sealed interface Run permits Study, Folder {
    String name();
  }

  record Study(StudyRecord study) implements Run {
    @Override
    public String name() {
      return study.name();
    }

    /** The folder that it was migrated from; empty where it was not. */
    String source() {
      return study.systemAttrs().path("source").asText("").replace('\\', '/');
    }
  }

  /** A folder of runs, which has no trials of its own. */
  record Folder(String name, List<String> runs) implements Run {}

  /**
   * @param store the store's directory
   */
  RunNames(List<StudyRecord> studies, Path store) {
    this.studies = studies.stream().map(Study::new).toList();
    this.store = store;
  }

  /** The studies that a session knows: of their attributes, where they come from. */
  static List<StudyRecord> studies(Connection session) throws SQLException {
    List<StudyRecord> studies = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT study_id, study_name, array_to_string(directions, ','), source, "
                    + "source_kind, trial_files FROM studies ORDER BY study_id")) {
      while (row.next()) {
        ObjectNode origin = Json.object();
        origin.put("source", row.getString(4));
        origin.put("source_kind", row.getString(5));
        List<Direction> directions =
            Stream.of(row.getString(3).split(",")).map(Direction::valueOf).toList();
        studies.add(
            new StudyRecord(
                row.getLong(1),
                row.getString(2),
                directions,
                Json.object(),
                origin,
                TrialFiles.ofText(row.getString(6))));
      }
    }
    return studies;
  }

  /**
   * @throws AnalyticsException where no study is meant, or several
   */
  Run find(String text) {
    String run = text.replace('\\', '/').replaceFirst("/+$", "").replaceFirst("^(\\./+)+", "");
    Run found = exactly(text, run);
    if (found == null) {
      found = inFolder(text);
    }
    if (found == null) {
      found = one(text, s -> endsWith(s.name(), run) || endsWith(s.source(), run));
    }
    if (found == null) {
      found = folder(run, s -> s.name().startsWith(run + "/"));
    }
    if (found == null) {
      found = run.isBlank() ? null : one(text, s -> s.name().startsWith(run));
    }
    if (found == null) {
      found = named(run);
    }
    if (found == null && run.contains("/")) {
      String last = last(run);
      found = one(text, s -> last.equals(last(s.name())) || last.equals(last(s.source())));
    }
    if (found == null) {
      throw unknown(text);
    }
    return found;
  }

  private @Nullable Study exactly(String text, String run) {
    for (Study study : studies) {
      if (study.name().equals(text) || study.name().equals(run)) {
        return study;
      }
    }
    return null;
  }

  private @Nullable Run inFolder(String text) {
    try {
      Path folder = Path.of(text);
      if (!Files.isDirectory(folder)) {
        return null;
      }
      String path = slashed(folder.toRealPath().toString());
      Study study = one(text, s -> path.equals(s.source()));
      if (study == null) {
        study = ofStore(folder.toRealPath());
      }
      if (study != null) {
        return study;
      }
      return folder(path, s -> s.source().startsWith(path + "/"));
    } catch (InvalidPathException | IOException e) {
      // Not a folder on this machine: it may still be a name.
      return null;
    }
  }

  /** The study whose folder in {@code runs/} of this store it is. */
  private @Nullable Study ofStore(Path folder) throws IOException {
    Path parent = folder.getParent();
    Path name = folder.getFileName();
    Path runs = store.resolve("runs");
    if (parent == null
        || name == null
        || !Files.exists(runs)
        || !parent.equals(runs.toRealPath())) {
      return null;
    }
    Matcher matcher = OWN_FOLDER.matcher(name.toString());
    long id = matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    return studies.stream().filter(study -> study.study().id() == id).findFirst().orElse(null);
  }

  /** The folder, where it holds several runs; a single one is what is meant. */
  private @Nullable Run folder(String name, Predicate<Study> inside) {
    List<Study> runs = studies.stream().filter(inside).toList();
    if (runs.size() < 2) {
      return runs.isEmpty() ? null : runs.get(0);
    }
    return new Folder(name, runs.stream().map(Study::name).toList());
  }

  private @Nullable Study one(String text, Predicate<Study> meant) {
    List<Study> found = studies.stream().filter(meant).toList();
    if (found.size() > 1) {
      throw new AnalyticsException(
          "'%s' may be any of %d runs; give more of the name:%s"
              .formatted(text, found.size(), lines(found.stream().map(Study::name).toList())));
    }
    return found.isEmpty() ? null : found.get(0);
  }

  /** The study with the longest name in which the path ends. */
  private @Nullable Study named(String run) {
    Study longest = null;
    for (Study study : studies) {
      if (endsWith(run, study.name())
          && (longest == null || longest.name().length() < study.name().length())) {
        longest = study;
      }
    }
    return longest;
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String slashed(String path) {
    return path.replace('\\', '/');
  }

  private static boolean endsWith(String path, String end) {
    return !end.isEmpty() && (path.equals(end) || path.endsWith("/" + end));
  }

  private AnalyticsException unknown(String text) {
    List<String> near = NearNames.of(text, studies.stream().map(Study::name).toList(), NEAREST);
    return new AnalyticsException(
        near.isEmpty()
            ? "there is no run '%s': the store has no runs yet".formatted(text)
            : "there is no run '%s'; the nearest names are:%s".formatted(text, lines(near)));
  }

  private static String lines(List<String> names) {
    String lines =
        names.stream().limit(MOST_CANDIDATES).map(n -> "\n  " + n).collect(Collectors.joining());
    int more = names.size() - MOST_CANDIDATES;
    return more > 0 ? lines + "\n  and %d more".formatted(more) : lines;
  }
}
