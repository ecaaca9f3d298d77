package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import dev.assay.engine.space.SearchSpaceBuilder;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A study as a random search with eight workers might have left it, made up from a seed, and each
 * trial of it from its number alone. Of 50 trials one failed and five were pruned after some steps.
 * The value depends on every parameter, on the first ones most. Safe to share between threads.
 */
final class GeneratedStudy {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int WORKERS = 8;
  private static final int STEPS = 10;

  /** Without caches: hardly any two trials are alike. */
  private static final Signatures SIGNATURES = new Signatures(0, 0);

  private final long seed;
  private final int index;
  private final SearchSpace space;
  private final List<Parameter> parameters;
  private final ObjectNode distributions;

  /**
   * @param index counts the studies, from 0
   * @param parameters how many, at least 1
   */
  GeneratedStudy(long seed, int index, int parameters) {
    this.seed = TrialRandom.seed(seed, index);
    this.index = index;
    this.space = space(parameters);
    this.parameters = space.parameters();
    this.distributions = space.distributions();
  }

  /** Five kinds take turns; those of the last are nested. */
  private static SearchSpace space(int parameters) {
    SearchSpaceBuilder space = SearchSpace.builder();
    for (int i = 0; i < parameters; i++) {
      switch (i % 5) {
        case 0 -> space.floating("float" + i, -5, 10);
        case 1 -> space.floatingLog("log" + i, 1e-5, 1);
        case 2 -> space.integer("int" + i, 1, 200);
        case 3 -> space.categorical("choice" + i, "adam", "sgd", "rmsprop", 4);
        default -> space.floating("nested.step" + i, 0.1, 2.5, 0.005);
      }
    }
    return space.build();
  }

  static String name(int index) {
    return "study_%04d".formatted(index);
  }

  StudySettings settings() {
    return new StudySettings(
        name(index),
        List.of(index % 2 == 0 ? Direction.MINIMIZE : Direction.MAXIMIZE),
        Json.object().put("seed", seed),
        Json.object(),
        TrialFiles.NONE);
  }

  /** The trial of a number; its id and number are the store's to give. */
  FrozenTrial trial(long number) {
    RandomGenerator random = TrialRandom.stream(seed, number, 0);
    ObjectNode params = space.draw(random);
    double value = value(params) + 0.1 * unit(random);
    long micros = Math.round(-90e6 * Math.log(1 - unit(random)));
    Instant start = BEGIN.plusSeconds(index * 3600L).plusMillis(number * 90_000 / WORKERS);
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .params(params)
            .distributions(distributions)
            .trialKey(SIGNATURES.trialKey(params))
            .signature(SIGNATURES.parameterSignature(params))
            .worker("worker-" + number % WORKERS)
            .attempts(unit(random) < 0.01 ? 2 : 1)
            .start(start)
            .complete(start.plus(micros, ChronoUnit.MICROS))
            .durationSeconds(micros / 1e6);
    end(trial, value, random);
    return trial.build();
  }

  private double value(ObjectNode params) {
    double[] numbers = space.values(params);
    double value = 0;
    for (int i = 0; i < numbers.length; i++) {
      double distance = parameters.get(i).toUnit(numbers[i]) - 0.3;
      value += distance * distance / (1 + i);
    }
    return index % 2 == 0 ? value : -value;
  }

  private static void end(FrozenTrial.Builder trial, double value, RandomGenerator random) {
    double chance = unit(random);
    if (chance < 0.02) {
      trial.state(TrialState.FAIL).error("RuntimeError: out of memory");
      return;
    }
    int epochs = 1 + (int) (STEPS * unit(random));
    trial
        .state(TrialState.COMPLETE)
        .value(value)
        .metrics(
            Json.object()
                .put("loss", value)
                .put("accuracy", 1 / (1 + Math.exp(value)))
                .put("epochs", epochs));
    if (chance < 0.12) {
      TreeMap<Long, Double> steps = new TreeMap<>();
      for (long step = 1; step <= epochs; step++) {
        steps.put(step, value + (double) (STEPS - step) / STEPS);
      }
      trial.state(TrialState.PRUNED).value(steps.lastEntry().getValue()).intermediateValues(steps);
    }
  }

  /** From 0 to below 1. */
  private static double unit(RandomGenerator random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }
}
