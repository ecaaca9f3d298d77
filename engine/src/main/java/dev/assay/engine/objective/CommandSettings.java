package dev.assay.engine.objective;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What runs for each trial of a command objective.
 *
 * @param arguments the program and its arguments
 * @param directory where it runs
 * @param timeout for one attempt; null for none
 * @param attempts how often a trial is tried before it fails, 1 or more
 * @param scoreVersion of results that do not say theirs; null for none
 * @param named what the command gets by name besides
 */
record CommandSettings(
    List<ArgumentTemplate> arguments,
    Path directory,
    @Nullable Duration timeout,
    int attempts,
    @Nullable String scoreVersion,
    Map<String, String> named) {
  static final String PARAMS_FILE = "params_file";
  static final String RESULT_FILE = "result_file";
  static final String NUMBER = "number";
  static final String SEED = "seed";

  /** The placeholders that are there whatever the parameters are called. */
  static final List<String> PLACEHOLDERS = List.of(PARAMS_FILE, RESULT_FILE, NUMBER, SEED);

  CommandSettings {
    arguments = List.copyOf(arguments);
    named = Map.copyOf(named);
  }

  boolean uses(String placeholder) {
    return placeholders().contains(placeholder);
  }

  /** The names that stand in braces in the arguments. */
  Set<String> placeholders() {
    return arguments.stream()
        .flatMap(argument -> argument.placeholders().stream())
        .collect(Collectors.toSet());
  }
}
