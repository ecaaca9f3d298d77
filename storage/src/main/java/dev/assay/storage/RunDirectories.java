package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a study's JSON files and logs are: a directory named by its id, which no name can leave.
 */
final class RunDirectories {
  static final String NAME = "runs";

  /** The name of a study's directory; the first group is the study's id. */
  static final Pattern RUN = Pattern.compile("(\\d{1,18})(?:-.*)?");

  private static final int MAX_SLUG = 40;
  private static final Pattern OTHER = Pattern.compile("[^a-z0-9]+");
  private static final Pattern OUTER = Pattern.compile("^-+|-+$");

  /** Longer numbers are not counted up to. */
  private static final Pattern TRIAL_FILE = Pattern.compile("trial_(\\d{1,18})\\.json");

  private RunDirectories() {}

  /** {@code runs/<id>-<slug>}, or {@code runs/<id>} where nothing of the name is left. */
  static Path of(Path store, long studyId, String studyName) {
    String slug = slug(studyName);
    return store.resolve(NAME).resolve(slug.isEmpty() ? "" + studyId : studyId + "-" + slug);
  }

  /**
   * Held by whoever writes a study's own files in {@code runs/}, or adds or removes a directory.
   */
  static FileMutex lock(Path runs) throws IOException {
    return new FileMutex(runs.resolve(".lock"));
  }

  /** What a person recognises the name by; never more than 40 of a-z, 0-9 and '-'. */
  private static String slug(String name) {
    String plain = OTHER.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
    String trimmed = OUTER.matcher(plain).replaceAll("");
    String cut = trimmed.substring(0, Math.min(MAX_SLUG, trimmed.length()));
    return OUTER.matcher(cut).replaceAll("");
  }

  /**
   * The name of a trial's JSON file: its number, counted from 1, with at least three digits. The
   * files of a study that was a legacy run go on where the run's own names end, so ask the trial.
   */
  static String trialFile(long number) {
    return String.format(Locale.ROOT, "trial_%03d.json", number + 1);
  }

  /** The name of the log beside a trial's JSON file. */
  static String logOf(String trialFile) {
    return trialFile.replaceFirst("\\.json$", ".log");
  }

  /** The lowest number whose file name, and those of all after it, differ from this name. */
  static long numberAfter(@Nullable String trialFile) {
    Matcher name = TRIAL_FILE.matcher(trialFile == null ? "" : trialFile);
    return name.matches() ? Long.parseLong(name.group(1)) : 0;
  }
}
