package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.ParameterPaths;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trial while it is evaluated: its parameters, and what the objective reports on the way. Safe to
 * share between threads.
 */
public final class Trial {
  private final long number;
  private final long seed;
  private final ObjectNode params;
  private final Map<String, JsonNode> byPath;
  private final @Nullable Path logFile;
  private final Reports heard;
  private final SortedMap<Long, Double> reports = new TreeMap<>();
  private final ObjectNode userAttrs = Json.object();

  /** Hears what a trial reports and says whether it should go on. */
  interface Reports {
    /** Nobody listens. */
    Reports UNHEARD =
        new Reports() {
          @Override
          public void report(long step, double value) {}

          @Override
          public boolean shouldPrune() {
            return false;
          }

          @Override
          public void end(FrozenTrial trial) {}
        };

    /** Called once for each step. */
    void report(long step, double value);

    boolean shouldPrune();

    /** The trial has ended like this. */
    void end(FrozenTrial trial);
  }

  Trial(long number, ObjectNode params, long seed, @Nullable Path logFile, Reports heard) {
    this.number = number;
    this.params = params;
    this.byPath = ParameterPaths.of(params);
    this.seed = seed;
    this.logFile = logFile;
    this.heard = heard;
  }

  /**
   * A trial of no study, to try an objective with: it is never to be pruned.
   *
   * @param params nested as a study declares them
   * @param logFile where its log goes
   */
  public static Trial fixed(long number, ObjectNode params, long seed, Path logFile) {
    return new Trial(number, params, seed, logFile, Reports.UNHEARD);
  }

  /** Its number in its study, from 0. */
  public long number() {
    return number;
  }

  /** The trial's own seed, which follows from the study's seed and the number. */
  public long seed() {
    return seed;
  }

  /** Where its log goes, which objectives write that have one; null where there is no place. */
  public @Nullable Path logFile() {
    return logFile;
  }

  /** All parameters, nested as the study declares them. Shared: not to be changed. */
  public ObjectNode params() {
    return params;
  }

  /** Whether there is such a parameter: one whose condition does not hold is left out. */
  public boolean has(String path) {
    return byPath.containsKey(path);
  }

  /**
   * A parameter by its dotted path.
   *
   * @throws NoSuchElementException when this trial has none of that name
   */
  public JsonNode value(String path) {
    JsonNode value = byPath.get(path);
    if (value == null) {
      throw new NoSuchElementException(
          "there is no parameter %s in trial %d, expected one of %s"
              .formatted(path, number, String.join(", ", byPath.keySet())));
    }
    return value;
  }

  /**
   * A parameter that is a number.
   *
   * @throws NoSuchElementException when there is none of that name, or it is no number
   */
  public double real(String path) {
    JsonNode value = value(path);
    if (!value.isNumber()) {
      throw unlike(path, "a number");
    }
    return value.doubleValue();
  }

  /**
   * A parameter that is a whole number.
   *
   * @throws NoSuchElementException when there is none of that name, or it is no such number
   */
  public long whole(String path) {
    JsonNode value = value(path);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw unlike(path, "a whole number of at most 64 bits");
    }
    return value.longValue();
  }

  /**
   * A parameter that is text.
   *
   * @throws NoSuchElementException when there is none of that name, or it is no text
   */
  public String text(String path) {
    JsonNode value = value(path);
    if (!value.isTextual()) {
      throw unlike(path, "text");
    }
    return value.textValue();
  }

  /**
   * A parameter that is true or false.
   *
   * @throws NoSuchElementException when there is none of that name, or it is neither
   */
  public boolean flag(String path) {
    JsonNode value = value(path);
    if (!value.isBoolean()) {
      throw unlike(path, "true or false");
    }
    return value.booleanValue();
  }

  private NoSuchElementException unlike(String path, String expected) {
    return new NoSuchElementException(
        "parameter %s of trial %d is %s, expected %s"
            .formatted(path, number, Block.shown(byPath.get(path)), expected));
  }

  /**
   * Reports how far the objective has come, for the pruner and for later analysis. Of several
   * values for one step the first counts.
   *
   * @param step such as an epoch or a number of bars; at least 0
   * @param value the objective's value there; may be NaN or infinite
   */
  public void report(long step, double value) {
    if (step < 0) {
      throw new IllegalArgumentException("step is %d, expected 0 or more".formatted(step));
    }
    synchronized (reports) {
      if (reports.putIfAbsent(step, value) != null) {
        return;
      }
    }
    heard.report(step, value);
  }

  /**
   * Whether the study's pruner would give the trial up, going by what it has reported. The
   * objective then throws {@link TrialPruned}.
   */
  public boolean shouldPrune() {
    return heard.shouldPrune();
  }

  /** Keeps something with the trial, under a name of the user's choice; the last one counts. */
  public void userAttr(String key, JsonNode value) {
    synchronized (userAttrs) {
      userAttrs.set(key, value);
    }
  }

  /** Tells who hears its reports how it has ended. */
  void end(FrozenTrial trial) {
    heard.end(trial);
  }

  /** A copy of what was reported so far, by step. */
  SortedMap<Long, Double> reports() {
    synchronized (reports) {
      return Collections.unmodifiableSortedMap(new TreeMap<>(reports));
    }
  }

  /** A copy of the attributes that were set so far. */
  ObjectNode userAttrs() {
    synchronized (userAttrs) {
      return userAttrs.deepCopy();
    }
  }
}
