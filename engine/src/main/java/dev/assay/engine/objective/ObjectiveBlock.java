package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Objective;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.ParameterPaths;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads an {@code objective:} block; {@link PreparedObjective} has its form. */
final class ObjectiveBlock {
  private static final int MAX_ATTEMPTS = 1000;
  private static final double DEFAULT_COMMISSION = 0.0005;
  private static final double DEFAULT_CAPITAL = 10_000;
  private static final String MIXED = "mixed";
  private static final String BACKTEST = "backtest";

  private final Block block;
  private final Map<String, JsonNode> sample;
  private final Map<String, String> settings;
  private final Path folder;
  private final String origin;

  /**
   * A block of {@code origin}, a study file or an option.
   *
   * @param sample any set of the study's parameters
   * @param settings what a command gets by name: text by name
   * @param folder to which paths are relative
   */
  ObjectiveBlock(
      ObjectNode block, ObjectNode sample, ObjectNode settings, Path folder, String origin) {
    this.block = new Block(block, (name, is) -> problem("objective." + name + " " + is));
    this.sample = ParameterPaths.of(sample);
    this.settings =
        settings.properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().asText()));
    this.folder = folder;
    this.origin = origin;
  }

  private ObjectiveSetupException problem(String what) {
    return new ObjectiveSetupException(origin + ": " + what);
  }

  Objective objective() {
    boolean command = block.has("command");
    if (command == block.has("builtin")) {
      throw problem(
          "objective has %s, expected either command (what to run) or builtin (one of %s)"
              .formatted(command ? "both command and builtin" : "no command", builtins()));
    }
    Objective objective = command ? command() : builtin();
    List<String> unknown = block.unknown();
    if (!unknown.isEmpty()) {
      throw problem("objective has the unknown key " + String.join(", ", unknown));
    }
    return objective;
  }

  private static String builtins() {
    Stream<String> functions = Arrays.stream(TestFunction.values()).map(TestFunction::label);
    return String.join(
        ", ", Stream.concat(functions, Stream.of(MIXED, BACKTEST)).sorted().toList());
  }

  private Objective command() {
    List<String> words = words();
    Set<String> known = new LinkedHashSet<>(CommandSettings.PLACEHOLDERS);
    known.addAll(new TreeSet<>(settings.keySet()));
    known.addAll(sample.keySet());
    List<ArgumentTemplate> arguments = new ArrayList<>();
    for (String word : words) {
      try {
        arguments.add(ArgumentTemplate.parse(word, known));
      } catch (IllegalArgumentException bad) {
        throw problem("the command " + bad.getMessage());
      }
    }
    if (arguments.isEmpty() || words.get(0).isEmpty()) {
      throw block.unlike("command", "a program and its arguments");
    }
    if (!arguments.get(0).placeholders().isEmpty()) {
      throw problem(
          "the command's program is %s, expected one without placeholders".formatted(words.get(0)));
    }
    Path directory = directory();
    Program program = new Program(arguments.get(0).expand(name -> ""), directory);
    String missing = program.missing();
    if (missing != null) {
      throw problem(missing);
    }
    arguments.set(0, new ArgumentTemplate(List.of(program.word())));
    return new CommandObjective(
        new CommandSettings(
            arguments,
            directory,
            block.spanOrNull("timeout"),
            attempts(),
            block.textOrNull("score_version"),
            settings));
  }

  private List<String> words() {
    JsonNode command = block.value("command");
    if (command.isTextual()) {
      try {
        return CommandWords.split(command.textValue());
      } catch (IllegalArgumentException bad) {
        throw problem("the command " + bad.getMessage());
      }
    }
    List<String> words = new ArrayList<>();
    for (JsonNode word : command) {
      if (!word.isValueNode() || word.isNull()) {
        throw problem(
            "objective.command has %s among its words, expected text".formatted(Block.shown(word)));
      }
      words.add(word.asText());
    }
    return words;
  }

  private Path directory() {
    String named = block.textOrNull("directory");
    Path directory = named == null ? folder : path("directory", named);
    if (!Files.isDirectory(directory)) {
      throw problem("the command's directory %s is not there".formatted(directory));
    }
    return directory;
  }

  private Path path(String name, String text) {
    try {
      return folder.resolve(text).normalize();
    } catch (InvalidPathException bad) {
      throw block.unlike(name, "a path");
    }
  }

  private int attempts() {
    Long attempts = block.wholeOrNull("attempts");
    if (attempts != null && (attempts < 1 || attempts > MAX_ATTEMPTS)) {
      throw block.unlike("attempts", "1 to " + MAX_ATTEMPTS);
    }
    return attempts == null ? 1 : attempts.intValue();
  }

  private Objective builtin() {
    String name = block.textOrNull("builtin");
    if (BACKTEST.equals(name)) {
      return backtest();
    }
    if (MIXED.equals(name)) {
      requireParameters(MIXED, MixedObjective.PARAMETERS);
      return new MixedObjective();
    }
    for (TestFunction function : TestFunction.values()) {
      if (function.label().equals(name)) {
        return function(function);
      }
    }
    throw block.unlike("builtin", "one of " + builtins());
  }

  private Objective function(TestFunction function) {
    int dimension = sample.size();
    if (dimension < function.minDimension || dimension > function.maxDimension) {
      String more = function.maxDimension > function.minDimension ? " or more" : "";
      throw problem(
          "%s takes %d parameters%s, the study has %d: %s"
              .formatted(
                  function.label(),
                  function.minDimension,
                  more,
                  dimension,
                  String.join(", ", sample.keySet())));
    }
    for (Map.Entry<String, JsonNode> parameter : sample.entrySet()) {
      if (!parameter.getValue().isNumber()) {
        throw problem(
            "%s takes numbers, the study's parameter %s can be %s"
                .formatted(
                    function.label(), parameter.getKey(), Block.shown(parameter.getValue())));
      }
    }
    return new FunctionObjective(function, List.copyOf(sample.keySet()));
  }

  private Objective backtest() {
    requireParameters(BACKTEST, BacktestParameters.PATHS);
    String candles = block.textOrNull("candles");
    if (candles == null) {
      throw block.unlike("candles", "the path of a CSV file");
    }
    Double commission = block.realOrNull("commission");
    if (commission != null && !(commission >= 0 && commission < 1)) {
      throw block.unlike("commission", "a fraction from 0 to below 1");
    }
    Double capital = block.realOrNull("capital");
    if (capital != null && capital <= 0) {
      throw block.unlike("capital", "a number above 0");
    }
    return new BacktestObjective(
        new Backtest(
            CandleSeries.read(path("candles", candles)),
            commission == null ? DEFAULT_COMMISSION : commission,
            capital == null ? DEFAULT_CAPITAL : capital));
  }

  private void requireParameters(String name, List<String> expected) {
    if (!sample.keySet().equals(Set.copyOf(expected))) {
      Set<String> missing = new TreeSet<>(expected);
      missing.removeAll(sample.keySet());
      Set<String> unknown = new TreeSet<>(sample.keySet());
      expected.forEach(unknown::remove);
      throw problem(
          "%s takes the parameters %s; the study has not %s, and has besides %s"
              .formatted(
                  name,
                  String.join(", ", expected),
                  missing.isEmpty() ? "one missing" : String.join(", ", missing),
                  unknown.isEmpty() ? "none" : String.join(", ", unknown)));
    }
  }
}
