package dev.assay.storage.migrate;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Orders a run's files: files that resemble each other stand together, which is what the archive's
 * compression lives on, and trials follow each other by the number in their names ({@code
 * trial_1000.json} after {@code trial_999.json}), which gives the trials their numbers.
 */
final class ArchiveOrder {
  private static final Pattern TRIAL = Pattern.compile("trial_.*\\.json");
  private static final Pattern CONFIG = Pattern.compile("trial_.*_config\\.json");
  private static final Pattern LOG = Pattern.compile("trial_.*\\.log");
  private static final Pattern NUMBER = Pattern.compile("trial_(\\d+)\\D.*");
  private static final String META = "run_meta.json";

  static final Comparator<String> BY_CODE_POINT =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private enum Group {
    TRIAL,
    CONFIG,
    LOG,
    RESULT,
    CACHE,
    OTHER
  }

  /** A file's place: group, then number, then name. */
  private record Place(Group group, boolean numbered, BigInteger number, String path) {}

  private static final Comparator<Place> BY_PLACE =
      Comparator.comparing(Place::group)
          .thenComparing(Place::numbered, Comparator.reverseOrder())
          .thenComparing(Place::number)
          .thenComparing(Place::path, BY_CODE_POINT);

  static final Comparator<SourceFile> INSTANCE =
      Comparator.comparing(file -> placeOf(file.path()), BY_PLACE);

  private ArchiveOrder() {}

  /** Whether this is the document of a trial. */
  static boolean isTrial(String path) {
    return groupOf(path) == Group.TRIAL;
  }

  /** Whether this is what a trial was started with. */
  static boolean isConfig(String path) {
    return groupOf(path) == Group.CONFIG;
  }

  /** Whether this is a result that the run may take again for equal parameters. */
  static boolean isCached(String path) {
    return groupOf(path) == Group.CACHE && path.endsWith(".json");
  }

  /** The trial key that a cached result is named after. */
  static String keyOf(String cachedResult) {
    return cachedResult.substring(
        cachedResult.lastIndexOf('/') + 1, cachedResult.length() - ".json".length());
  }

  /** Whether this is a JSON document of a kind that the legacy system writes beside its trials. */
  static boolean isJson(String path) {
    return switch (groupOf(path)) {
      case CONFIG, RESULT -> true;
      case CACHE -> path.endsWith(".json");
      case TRIAL, LOG, OTHER -> false;
    };
  }

  /** Whether the file is of the run as a whole, and is written again as the run goes on. */
  static boolean mayChange(String path) {
    return groupOf(path) == Group.OTHER;
  }

  /** The document's name of the trial that a configuration or log is named after; else empty. */
  static String trialFileOf(String path) {
    return switch (groupOf(path)) {
      case TRIAL -> path;
      case CONFIG -> path.substring(0, path.length() - "_config.json".length()) + ".json";
      case LOG -> path.substring(0, path.length() - ".log".length()) + ".json";
      default -> "";
    };
  }

  private static Place placeOf(String path) {
    Matcher number = NUMBER.matcher(path);
    boolean numbered = number.matches();
    return new Place(
        groupOf(path),
        numbered,
        numbered ? new BigInteger(number.group(1)) : BigInteger.ZERO,
        path);
  }

  private static Group groupOf(String path) {
    if (path.startsWith("_cache/")) {
      return Group.CACHE;
    }
    if (path.indexOf('/') >= 0) {
      return Group.OTHER;
    }
    if (CONFIG.matcher(path).matches()) {
      return Group.CONFIG;
    }
    if (TRIAL.matcher(path).matches()) {
      return Group.TRIAL;
    }
    if (LOG.matcher(path).matches()) {
      return Group.LOG;
    }
    return path.endsWith(".json") && !path.equals(META) && !path.equals("best_trial.json")
        ? Group.RESULT
        : Group.OTHER;
  }
}
