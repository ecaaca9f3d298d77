package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Section.Said;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.engine.space.SpaceException;
import dev.assay.storage.Direction;
import dev.assay.storage.Durability;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads study files: YAML 1.2 in Assay's own short form, in the legacy optimizer's form, or in a
 * mixture. What both forms say must agree.
 *
 * <pre>
 * study: branin              # its name; else the file's own name without its ending
 * direction: minimize        # or maximize; for several objectives directions: [minimize, maximize]
 * sampler: tpe               # or {type: tpe, multivariate: false, seed: 7}; {@value Samplers#DEFAULT_NAME} where nothing is said
 * pruner: median             # or {type: hyperband, min_resource: 3}; none where nothing is said
 * trials: 200                # no limit where nothing is said
 * workers: 8
 * seed: 42
 * timeout: 10m               # seconds as a number, or 30s, 10m, 2h, 1d
 * on_duplicate: skip         # or wait, reuse, count: see {@link OnDuplicate}
 * retries: 0                 # how often parameters are tried again that failed
 * trial_files: keep          # the trials' JSON files: or compacted, or none
 * durability: normal         # what a finished trial survives: or full, a power failure as well
 * objective:                 # a mapping that the objectives understand
 *   builtin: branin
 * constraints: {min_trades: 25}
 * validation:                # the best trials once more, see {@link ValidationStage}
 *   top_n: 10
 *   objective: {candles: later.csv}   # in place of members of the objective
 *   constraints: {min_trades: 10}     # the study's own where nothing is said
 * parameters:                # see {@link SearchSpace}
 *   x: {type: float, low: -5, high: 10}
 * </pre>
 *
 * The legacy form says the same under {@code meta.runs}: {@code strategy} (grid, or optuna with the
 * sampler of {@code optuna.sampler}, tpe where that is silent), {@code max_trials}, {@code
 * max_concurrent}, {@code resume}, {@code score_version}, and {@code optuna} with {@code
 * study_name}, {@code direction}, {@code timeout_seconds}, {@code sampler.kwargs.seed} and {@code
 * storage}, an Optuna study of this name to go on from, and {@code bootstrap_random_trials}, the
 * first ones, which are drawn by chance from {@code bootstrap_seed}, which is the seed where the
 * sampler has none. {@code validation} is as above, with {@code use_sample_range}, {@code
 * sample_start} and {@code sample_end}, which commands get by name, as they get those of {@code
 * meta.runs}. A file with {@code meta.runs} maximizes where it names no direction, as the legacy
 * optimizer does; any other minimizes, as Optuna does.
 */
public final class StudyFileReader {
  private static final long MAX_BYTES = 2_000_000;
  private static final int MAX_RETRIES = 1000;

  /** Keys of the legacy form that are without effect wherever they stand. */
  private static final List<String> UNSUPPORTED = List.of("storage", "end_at");

  private final Map<String, Integer> lines;
  private final List<String> notHonoured = new ArrayList<>();
  private final ComponentReader components = new ComponentReader(notHonoured);
  private final Section top;
  private final Section meta;
  private final Section runs;
  private final Section optuna;

  private StudyFileReader(Map<String, Integer> lines, ObjectNode root) {
    this.lines = lines;
    this.top = Section.of("", root, lines);
    this.meta = top.inner("meta");
    this.runs = meta.inner("runs");
    this.optuna = runs.inner("optuna");
  }

  /**
   * Reads a study file.
   *
   * @throws StudyFileException naming the file, the line, the key, what was found and expected
   */
  public static StudyFile read(Path file) {
    try {
      YamlDocument document = YamlDocument.parse(text(file));
      if (!(document.root() instanceof ObjectNode root)) {
        throw new StudyFileException(
            "it holds %s, expected a mapping with parameters:"
                .formatted(Block.shown(document.root())));
      }
      return new StudyFileReader(document.lines(), root).study(file);
    } catch (StudyFileException e) {
      throw new StudyFileException("study file %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String text(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new StudyFileException("it is a directory, expected a YAML file");
      }
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new StudyFileException(
            "it has %d bytes, expected up to %d".formatted(size, MAX_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new StudyFileException("there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new StudyFileException("it is not UTF-8 text, expected YAML", e);
    } catch (IOException e) {
      throw new StudyFileException("it cannot be read: " + e, e);
    }
  }

  private StudyFile study(Path file) {
    ComponentReader.Read own = components.read(top, "sampler");
    ComponentReader.Read legacy = legacySampler();
    Component sampler = agreed(own, legacy);
    StudyFile.Bootstrap bootstrap = bootstrap();
    Component pruner = agreed(components.read(top, "pruner"), components.read(optuna, "pruner"));
    ObjectNode objective = top.block().mappingOrNull("objective");
    ObjectNode constraints = top.block().mappingOrNull("constraints");
    ObjectNode metaNode = top.block().mappingOrNull("meta");
    String name = name(file);
    List<Direction> directions = directions();
    Long seed = seed(own, legacy);
    Duration timeout =
        top.agreed(timeout(top, "timeout"), timeout(optuna, "timeout_seconds")).value();
    Long maxTrials =
        top.agreed(top.count("trials", Long.MAX_VALUE), runs.count("max_trials", Long.MAX_VALUE))
            .value();
    Integer workers = workers();
    Boolean resume = runs.block().flagOrNull("resume");
    String storage = optuna.block().textOrNull("storage");
    String scoreVersion = runs.block().textOrNull("score_version");
    OnDuplicate onDuplicate = choice("on_duplicate", OnDuplicate.class);
    Integer retries = retries();
    TrialFiles trialFiles = choice("trial_files", TrialFiles.class);
    Durability durability = choice("durability", Durability.class);
    SearchSpace space = space();
    StageReader stages = new StageReader(top, meta, runs, notHonoured);
    ObjectNode limits = constraints == null ? JsonNodeFactory.instance.objectNode() : constraints;
    ObjectNode settings = stages.settings();
    Validation validation = stages.validation(limits, directions.size());
    noteUnsupported();
    stages.noteElsewhere(optuna);
    noteUnknown(top, meta, runs, optuna);
    return new StudyFile(
        file,
        name,
        directions,
        space,
        objective,
        limits,
        sampler == null ? Component.named(Samplers.DEFAULT_NAME) : sampler,
        bootstrap,
        pruner,
        maxTrials,
        workers,
        seed,
        timeout,
        onDuplicate == null ? OnDuplicate.SKIP : onDuplicate,
        retries == null ? 0 : retries,
        trialFiles,
        durability,
        resume,
        storage,
        scoreVersion,
        settings,
        validation,
        metaNode == null ? JsonNodeFactory.instance.objectNode() : metaNode,
        List.copyOf(notHonoured));
  }

  private SearchSpace space() {
    ObjectNode parameters = top.block().mappingOrNull("parameters");
    if (parameters == null) {
      String close =
          top.block().unknown().stream()
              .filter(key -> key.endsWith("(did you mean parameters?)"))
              .map(key -> "; found " + key)
              .collect(Collectors.joining());
      throw top.block().unlike("parameters", "a mapping of parameters" + close);
    }
    try {
      SearchSpace space = SearchSpace.of(parameters);
      space.ignored().forEach(path -> notHonoured.add("parameters." + path));
      return space;
    } catch (SpaceException e) {
      throw new StudyFileException(
          Section.line(lines, "parameters." + e.path(), "parameters") + e.getMessage(), e);
    }
  }

  private String name(Path file) {
    Said<String> said = top.agreed(top.text("study"), optuna.text("study_name"));
    String name = said.value();
    if (name == null) {
      return String.valueOf(file.getFileName()).replaceFirst("(?<=.)\\.[^.]*$", "");
    }
    if (name.isBlank() || name.length() > StudyRecord.MAX_NAME_LENGTH) {
      throw new StudyFileException(
          "%s%s has %d characters, expected a name of 1 to %d"
              .formatted(
                  Section.line(lines, said.path()),
                  said.path(),
                  name.length(),
                  StudyRecord.MAX_NAME_LENGTH));
    }
    // The store keeps names as UTF-8 text that ends at a NUL.
    int bad =
        name.codePoints()
            .filter(c -> c == 0 || Character.getType(c) == Character.SURROGATE)
            .findFirst()
            .orElse(-1);
    if (bad >= 0) {
      throw new StudyFileException(
          "%s%s holds the character U+%04X, expected a name without it"
              .formatted(Section.line(lines, said.path()), said.path(), bad));
    }
    return name;
  }

  private List<Direction> directions() {
    List<Direction> several = directions(top);
    List<Direction> legacy = directions(optuna);
    Direction direction = top.agreed(direction(top), direction(optuna)).value();
    several = several == null ? legacy : several;
    if (several != null && direction != null) {
      throw top.block().problem("directions", "stands beside direction, expected one of the two");
    }
    if (several != null) {
      return several;
    }
    if (direction != null) {
      return List.of(direction);
    }
    return List.of(meta.block().has("runs") ? Direction.MAXIMIZE : Direction.MINIMIZE);
  }

  /** Null where the file does not say. */
  private static @Nullable List<Direction> directions(Section section) {
    if (!section.block().has("directions")) {
      return null;
    }
    Choice<Direction> choice = Choice.of(Direction.class);
    List<Direction> directions = new ArrayList<>();
    for (JsonNode each : section.block().list("directions")) {
      Direction direction = each.isTextual() ? choice.find(each.textValue()) : null;
      if (direction == null) {
        throw section
            .block()
            .problem(
                "directions",
                "has %s in it, expected minimize or maximize".formatted(Block.shown(each)));
      }
      directions.add(direction);
    }
    return directions;
  }

  private @Nullable Integer retries() {
    Long retries = top.block().wholeOrNull("retries");
    if (retries != null && (retries < 0 || retries > MAX_RETRIES)) {
      throw top.block().unlike("retries", "0 to " + MAX_RETRIES);
    }
    return retries == null ? null : retries.intValue();
  }

  /** Null where the file does not say. */
  private <E extends Enum<E>> @Nullable E choice(String key, Class<E> type) {
    String text = top.block().textOrNull(key);
    if (text == null) {
      return null;
    }
    Choice<E> choice = Choice.of(type);
    E chosen = choice.find(text);
    if (chosen == null) {
      throw top.block().unlike(key, choice.names());
    }
    return chosen;
  }

  private static Said<Direction> direction(Section section) {
    Said<String> said = section.text("direction");
    String text = said.value();
    if (text == null) {
      return new Said<>(said.path(), null);
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "minimize" -> new Said<>(said.path(), Direction.MINIMIZE);
      case "maximize" -> new Said<>(said.path(), Direction.MAXIMIZE);
      default -> throw section.block().unlike("direction", "minimize or maximize");
    };
  }

  private ComponentReader.Read legacySampler() {
    String strategy = runs.block().textOrNull("strategy");
    if (strategy != null && !strategy.equals("grid") && !strategy.equals("optuna")) {
      throw runs.block().unlike("strategy", "grid or optuna");
    }
    Said<String> grid = new Said<>(runs.path("strategy"), "grid");
    if ("grid".equals(strategy)) {
      if (optuna.block().has("sampler")) {
        notHonoured.add(optuna.path("sampler") + " (the strategy is grid)");
      }
      return new ComponentReader.Read(
          grid, null, new Said<>(optuna.path("sampler.kwargs.seed"), null));
    }
    ComponentReader.Read read = components.read(optuna, "sampler");
    boolean silent = read.name().value() == null && "optuna".equals(strategy);
    return silent && top.block().member("sampler") == null
        ? new ComponentReader.Read(
            new Said<>(runs.path("strategy"), "tpe"), read.options(), read.seed())
        : read;
  }

  /** What both blocks say of a sampler or a pruner; null where they say nothing. */
  private @Nullable Component agreed(ComponentReader.Read own, ComponentReader.Read legacy) {
    String name = top.agreed(own.name(), legacy.name()).value();
    return own.options() == null ? legacy.named(name) : own.named(name);
  }

  private @Nullable Long seed(ComponentReader.Read own, ComponentReader.Read legacy) {
    Said<Long> sampler = top.agreed(own.seed(), legacy.seed());
    Long seed = top.agreed(top.whole("seed"), sampler).value();
    return seed == null ? bootstrapSeed().value() : seed;
  }

  private Said<Long> bootstrapSeed() {
    return runs.agreed(runs.whole("bootstrap_seed"), optuna.whole("bootstrap_seed"));
  }

  /** How the first trials are drawn; null where the sampler has all. */
  private StudyFile.@Nullable Bootstrap bootstrap() {
    String key = "bootstrap_random_trials";
    Long trials = runs.agreed(runs.whole(key), optuna.whole(key)).value();
    if (trials == null || trials <= 0) {
      return null;
    }
    return new StudyFile.Bootstrap(trials, bootstrapSeed().value());
  }

  private @Nullable Integer workers() {
    Long workers =
        top.agreed(
                top.count("workers", RunSettings.MAX_WORKERS),
                runs.count("max_concurrent", RunSettings.MAX_WORKERS))
            .value();
    return workers == null ? null : workers.intValue();
  }

  private static Said<Duration> timeout(Section section, String key) {
    return new Said<>(section.path(key), section.block().spanOrNull(key));
  }

  private void noteUnsupported() {
    // Texts about the study, and what goes into the run's metadata as it is.
    top.block().member("description");
    meta.block().member("symbol");
    meta.block().member("timeframe");
    meta.block().member("snapshot_id");
    if (top.block().has("strategy_family")) {
      notHonoured.add("strategy_family");
    }
    for (Section section : List.of(meta, runs, optuna)) {
      for (String key : UNSUPPORTED) {
        boolean honoured = section.path(key).equals("meta.runs.optuna.storage");
        if (!honoured && section.block().has(key) && !isFalse(section.block().value(key))) {
          notHonoured.add(section.path(key));
        }
      }
    }
    if (runs.block().has("promotion")
        && !isFalse(runs.block().value("promotion").path("enabled"))) {
      notHonoured.add(runs.path("promotion"));
    }
    if (optuna.block().has("n_jobs") && optuna.block().whole("n_jobs") != 1) {
      notHonoured.add(optuna.path("n_jobs"));
    }
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  private void noteUnknown(Section... read) {
    for (Section section : read) {
      section.block().unknown().forEach(key -> notHonoured.add(section.path(key)));
    }
  }
}
