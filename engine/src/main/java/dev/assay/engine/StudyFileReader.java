package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Section.Said;
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
 * direction: minimize        # or maximize
 * sampler: random            # or {type: random, seed: 7}; random where nothing is said
 * trials: 200                # no limit where nothing is said
 * workers: 8
 * seed: 42
 * timeout: 10m               # seconds as a number, or 30s, 10m, 2h, 1d
 * on_duplicate: skip         # or wait, for the outcome of a trial that has the same parameters
 * trial_files: keep          # the trials' JSON files: or compacted, or none
 * durability: normal         # what a finished trial survives: or full, a power failure as well
 * objective:                 # a mapping that the objectives understand
 *   builtin: branin
 * constraints: {min_trades: 25}
 * parameters:                # see {@link SearchSpace}
 *   x: {type: float, low: -5, high: 10}
 * </pre>
 *
 * The legacy form says the same under {@code meta.runs}: {@code strategy} (grid, or optuna with the
 * sampler of {@code optuna.sampler}, tpe where that is silent), {@code max_trials}, {@code
 * max_concurrent}, {@code resume}, {@code score_version}, and {@code optuna} with {@code
 * study_name}, {@code direction}, {@code timeout_seconds}, {@code sampler.kwargs.seed} and {@code
 * bootstrap_seed}, which is the seed where the sampler has none. A file with {@code meta.runs}
 * maximizes where it names no direction, as the legacy optimizer does; any other minimizes, as
 * Optuna does.
 */
public final class StudyFileReader {
  private static final long MAX_BYTES = 2_000_000;

  /** Keys of the legacy form that are without effect wherever they stand. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "warmup_bars",
          "use_sample_range",
          "sample_start",
          "sample_end",
          "bootstrap_random_trials",
          "storage",
          "end_at");

  private final Map<String, Integer> lines;
  private final List<String> notHonoured = new ArrayList<>();
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

  /** What a block about a sampler says, and the path of each. */
  private record SamplerChoice(Said<String> name, Said<Long> seed) {}

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
    SamplerChoice own = sampler(top);
    SamplerChoice legacy = legacySampler();
    String sampler = top.agreed(own.name, legacy.name).value();
    ObjectNode objective = top.block().mappingOrNull("objective");
    ObjectNode constraints = top.block().mappingOrNull("constraints");
    ObjectNode metaNode = top.block().mappingOrNull("meta");
    String name = name(file);
    Direction direction = direction();
    Long seed = seed(own, legacy);
    Duration timeout =
        top.agreed(timeout(top, "timeout"), timeout(optuna, "timeout_seconds")).value();
    Long maxTrials =
        top.agreed(top.count("trials", Long.MAX_VALUE), runs.count("max_trials", Long.MAX_VALUE))
            .value();
    Integer workers = workers();
    Boolean resume = runs.block().flagOrNull("resume");
    String scoreVersion = runs.block().textOrNull("score_version");
    OnDuplicate onDuplicate = choice("on_duplicate", OnDuplicate.class);
    TrialFiles trialFiles = choice("trial_files", TrialFiles.class);
    Durability durability = choice("durability", Durability.class);
    SearchSpace space = space();
    noteUnsupported();
    noteUnknown(top, meta, runs, optuna);
    return new StudyFile(
        file,
        name,
        List.of(direction),
        space,
        objective,
        constraints == null ? JsonNodeFactory.instance.objectNode() : constraints,
        sampler == null ? "random" : sampler,
        maxTrials,
        workers,
        seed,
        timeout,
        onDuplicate == null ? OnDuplicate.SKIP : onDuplicate,
        trialFiles,
        durability,
        resume,
        scoreVersion,
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
    int bad = name.codePoints().filter(c -> c == 0 || isSurrogate(c)).findFirst().orElse(-1);
    if (bad >= 0) {
      throw new StudyFileException(
          "%s%s holds the character U+%04X, expected a name without it"
              .formatted(Section.line(lines, said.path()), said.path(), bad));
    }
    return name;
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private Direction direction() {
    if (top.block().has("directions")) {
      throw top.block()
          .problem("directions", "is not there yet, expected direction: with minimize or maximize");
    }
    Direction direction = top.agreed(direction(top), direction(optuna)).value();
    if (direction != null) {
      return direction;
    }
    return meta.block().has("runs") ? Direction.MAXIMIZE : Direction.MINIMIZE;
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

  /** The sampler as text or as a mapping with type or name, and seed or kwargs.seed. */
  private SamplerChoice sampler(Section section) {
    JsonNode said = section.block().member("sampler");
    if (said == null || said.isValueNode()) {
      return new SamplerChoice(
          section.text("sampler"), new Said<>(section.path("sampler.seed"), null));
    }
    Section sampler = section.inner("sampler");
    Section kwargs = sampler.inner("kwargs");
    Said<String> name = sampler.agreed(sampler.text("type"), sampler.text("name"));
    Said<Long> seed = sampler.agreed(sampler.whole("seed"), kwargs.whole("seed"));
    noteUnknown(sampler);
    // They belong to samplers of other systems, so that there is no close name to suggest.
    ObjectNode others = sampler.block().mappingOrNull("kwargs");
    if (others != null) {
      others
          .fieldNames()
          .forEachRemaining(
              key -> {
                if (!key.equals("seed")) {
                  notHonoured.add(kwargs.path(key));
                }
              });
    }
    return new SamplerChoice(name, seed);
  }

  private SamplerChoice legacySampler() {
    String strategy = runs.block().textOrNull("strategy");
    if (strategy != null && !strategy.equals("grid") && !strategy.equals("optuna")) {
      throw runs.block().unlike("strategy", "grid or optuna");
    }
    if ("grid".equals(strategy)) {
      if (optuna.block().has("sampler")) {
        notHonoured.add(optuna.path("sampler") + " (the strategy is grid)");
      }
      return new SamplerChoice(
          new Said<>(runs.path("strategy"), "grid"),
          new Said<>(optuna.path("sampler.kwargs.seed"), null));
    }
    SamplerChoice choice = sampler(optuna);
    boolean silent = choice.name.value() == null && "optuna".equals(strategy);
    return silent && top.block().member("sampler") == null
        ? new SamplerChoice(new Said<>(runs.path("strategy"), "tpe"), choice.seed)
        : choice;
  }

  private @Nullable Long seed(SamplerChoice own, SamplerChoice legacy) {
    Said<Long> sampler = top.agreed(own.seed, legacy.seed);
    Said<Long> bootstrap =
        runs.agreed(runs.whole("bootstrap_seed"), optuna.whole("bootstrap_seed"));
    if (sampler.value() != null && bootstrap.value() != null) {
      notHonoured.add(bootstrap.path());
    }
    return top.agreed(top.whole("seed"), sampler.value() == null ? bootstrap : sampler).value();
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
        if (section.block().has(key) && !isFalse(section.block().value(key))) {
          notHonoured.add(section.path(key));
        }
      }
    }
    for (String key : List.of("validation", "promotion")) {
      if (runs.block().has(key) && !isFalse(runs.block().value(key).path("enabled"))) {
        notHonoured.add(runs.path(key));
      }
    }
    if (optuna.block().has("n_jobs") && optuna.block().whole("n_jobs") != 1) {
      notHonoured.add(optuna.path("n_jobs"));
    }
    if (optuna.block().has("pruner") && !isNone(optuna.block().value("pruner"))) {
      notHonoured.add(optuna.path("pruner"));
    }
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  private static boolean isNone(JsonNode pruner) {
    JsonNode kind = pruner.hasNonNull("type") ? pruner.path("type") : pruner.path("name");
    return "none".equals((kind.isMissingNode() ? pruner : kind).textValue());
  }

  private void noteUnknown(Section... read) {
    for (Section section : read) {
      section.block().unknown().forEach(key -> notHonoured.add(section.path(key)));
    }
  }
}
