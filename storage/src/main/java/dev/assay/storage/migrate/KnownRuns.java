package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.StudyRecord;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What earlier migrations brought in, by the attributes that they left on their studies, and which
 * names are taken. Not safe to share between threads.
 */
public final class KnownRuns {
  public static final String SOURCE = "source";

  /** What a study was called in a source that holds several. */
  public static final String PART = "source_study";

  /** Of a run: what its study is called in Optuna, in the database {@link #LINKED_SOURCE}. */
  public static final String LINKED_STUDY = "linked_study";

  public static final String LINKED_SOURCE = "linked_source";

  /** Of an Optuna study: the studies of the runs that have its trials as files. */
  public static final String LINKED_RUNS = "linked_runs";

  static final String FINGERPRINT = "fingerprint";
  static final String STAMP = "source_stamp";
  static final String FILES = "source_files";
  static final String BYTES = "source_bytes";
  static final String TRIALS = "source_trials";

  private static final String UNNAMED = "unnamed";

  private final List<Run> runs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> linked = new HashSet<>();

  /**
   * What a study was made of.
   *
   * @param part what the study is called in a source that holds several; null for a folder
   * @param stamp by which it is known unread; null where the source did not hold still
   */
  public record Run(
      String study,
      String source,
      @Nullable String part,
      String fingerprint,
      @Nullable String stamp,
      long files,
      long bytes,
      long trials) {

    /**
     * Whether this folder, which holds the same bytes, is the same run: where it was, under the
     * name that it had elsewhere, or renamed. Folders without trials are often equal (metadata,
     * empty guards), so for them a renamed one is another.
     */
    private boolean isSame(LegacyFolder folder) {
      int slash = Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\'));
      return source.substring(slash + 1).equals(folder.ownName())
          || (trials > 0 && !Files.exists(folder.directory().resolve(source)));
    }

    /** The attributes by which a later migration knows the run again. */
    public void putTo(ObjectNode systemAttrs) {
      systemAttrs.put(SOURCE, source);
      if (part != null) {
        systemAttrs.put(PART, part);
      }
      systemAttrs.put(FINGERPRINT, fingerprint);
      if (stamp != null) {
        systemAttrs.put(STAMP, stamp);
      }
      systemAttrs.put(FILES, files);
      systemAttrs.put(BYTES, bytes);
      systemAttrs.put(TRIALS, trials);
    }
  }

  private KnownRuns() {}

  /** What these studies tell. */
  public static KnownRuns of(List<StudyRecord> studies) {
    KnownRuns known = new KnownRuns();
    known.take(studies);
    return known;
  }

  /** Looks again: these are the studies that there are now. */
  void take(List<StudyRecord> studies) {
    names.clear();
    runs.clear();
    linked.clear();
    for (StudyRecord study : studies) {
      names.add(study.name());
      ObjectNode attributes = study.systemAttrs();
      if (attributes.has(LINKED_STUDY)) {
        linked.add(study.name());
      }
      String source = attributes.path(SOURCE).textValue();
      String fingerprint = attributes.path(FINGERPRINT).textValue();
      if (source != null && fingerprint != null) {
        JsonNode stamp = attributes.path(STAMP);
        runs.add(
            new Run(
                study.name(),
                source,
                attributes.path(PART).textValue(),
                fingerprint,
                stamp.textValue(),
                attributes.path(FILES).longValue(),
                attributes.path(BYTES).longValue(),
                attributes.path(TRIALS).longValue()));
      }
    }
  }

  public void add(Run run) {
    runs.add(run);
    names.add(run.study());
  }

  /**
   * The run that this folder holds, byte for byte; null where there is none. A copy under another
   * name, beside the folder that it was made of, is a run of its own. Nothing is read where paths,
   * sizes and times are as they were, or where no known run is as large.
   */
  @Nullable Run find(LegacyFolder folder, RunListing files) {
    String source = folder.directory().toString();
    String stamp = Fingerprint.stampOf(files);
    for (Run run : runs) {
      if (run.part() == null && run.source().equals(source) && stamp.equals(run.stamp())) {
        return run;
      }
    }
    long count = files.files().size();
    long bytes = files.bytes();
    List<Run> candidates =
        runs.stream()
            .filter(run -> run.part() == null)
            .filter(run -> run.files() == count && run.bytes() == bytes)
            .filter(run -> run.isSame(folder))
            .sorted(Comparator.comparing(run -> !run.source().equals(source)))
            .toList();
    if (candidates.isEmpty()) {
      return null;
    }
    String fingerprint = Fingerprint.ofContent(files);
    return candidates.stream()
        .filter(run -> run.fingerprint().equals(fingerprint))
        .findFirst()
        .orElse(null);
  }

  /** The studies that were made of what this folder held at other times. */
  List<Run> earlier(LegacyFolder folder) {
    String source = folder.directory().toString();
    return runs.stream().filter(run -> run.part() == null && run.source().equals(source)).toList();
  }

  /** The studies that were called so in a source that holds several. */
  public List<Run> parts(String part) {
    return runs.stream().filter(run -> part.equals(run.part())).toList();
  }

  /** The study that was made of a file as it is, by its stamp; null where there is none. */
  @Nullable Run unchanged(String source, String stamp) {
    return runs.stream()
        .filter(run -> run.source().equals(source) && stamp.equals(run.stamp()))
        .findFirst()
        .orElse(null);
  }

  /** The study of this content, wherever it came from; null where there is none. */
  @Nullable Run withContent(String fingerprint) {
    return runs.stream()
        .filter(run -> run.fingerprint().equals(fingerprint))
        .findFirst()
        .orElse(null);
  }

  /** Whether this study's trials came in with what Optuna knew of them. */
  boolean isLinked(String study) {
    return linked.contains(study);
  }

  public boolean isTaken(String name) {
    return names.contains(name);
  }

  /** {@code wanted}, as a name may be, with the first suffix that makes it new. */
  public String freeName(String wanted) {
    String base = wanted.isBlank() ? UNNAMED : wanted;
    Supplier<String> suffixed = suffixes(base);
    String name = shortened(base, "");
    while (names.contains(name)) {
      name = suffixed.get();
    }
    return name;
  }

  private static Supplier<String> suffixes(String base) {
    int[] number = {1};
    return () -> shortened(base, " (%d)".formatted(++number[0]));
  }

  /** Its end is what tells a long path from another. */
  private static String shortened(String base, String suffix) {
    int room = StudyRecord.MAX_NAME_LENGTH - suffix.length();
    return (base.length() <= room ? base : base.substring(base.length() - room)) + suffix;
  }
}
