package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialJson;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves for Optuna and comes back is the same, and nothing else takes its place. */
final class AssayTrialTest {
  private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

  private static final List<String> VALUES =
      List.of(
          "1",
          "-0.0",
          "2.5",
          "true",
          "null",
          "\"a\"",
          "[1,2]",
          "{}",
          "NaN",
          "1e999",
          "3.0",
          "123456789012345678901234567890",
          "9007199254740993",
          "\"[1,2]\"",
          "\"\\ud800\"");

  private static final List<Double> REALS =
      List.of(1.5, -0.0, 0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  /** In the hour that a clock in Vienna shows twice, before the year 1, and without parts. */
  private static final List<Instant> TIMES =
      List.of(
          Instant.parse("2026-10-25T01:30:00.000001Z"),
          Instant.parse("2026-10-25T00:30:00Z"),
          Instant.parse("-0044-03-15T12:00:00Z"),
          Instant.EPOCH);

  private final Random random = new Random();

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private JsonNode json(String text) {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private FrozenTrial trial(int number) {
    ObjectNode params = Json.object();
    ObjectNode distributions = Json.object();
    params.set("any", json(any(VALUES)));
    params.put("whole", random.nextInt(100));
    params.put("real", random.nextDouble());
    ObjectNode group = params.putObject("group");
    group.set("inner", json(any(VALUES)));
    group.putObject("deep").put("x.y", number);
    params.put("declared", random.nextInt(3) * 0.25);
    distributions.set("declared", new FloatDistribution(0, 0.5, 0.25, false).toJson());
    params.put("group.count", random.nextInt(9) + 1);
    distributions.set("group.count", new IntDistribution(1, 9, 1, true).toJson());
    List<JsonNode> choices =
        Stream.of("[1]", "{\"a\":1}", "1", "1.0", "true").map(this::json).toList();
    params.set("choice", any(choices));
    distributions.set("choice", new CategoricalDistribution(choices).toJson());
    if (random.nextBoolean()) {
      params.put("sometimes", "only");
      distributions.set("sometimes", new IntDistribution(0, 1, 1, false).toJson());
    }
    List<Double> values = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      values.add(any(REALS));
    }
    TreeMap<Long, Double> steps = new TreeMap<>();
    steps.put((long) random.nextInt(), any(REALS));
    return FrozenTrial.builder()
        .number(number)
        .state(any(List.of(TrialState.values())))
        .values(values)
        .params(params)
        .distributions(distributions)
        .metrics(Json.object().set("m", json(any(VALUES))))
        .userAttrs(Json.object().set("u", json(any(VALUES))))
        .systemAttrs(Json.object().set("s", json(any(VALUES))))
        .intermediateValues(steps)
        .start(random.nextBoolean() ? null : any(TIMES))
        .complete(random.nextBoolean() ? null : any(TIMES))
        .durationSeconds(random.nextBoolean() ? null : any(REALS))
        .attempts(1 + random.nextInt(2))
        .error(random.nextBoolean() ? null : "broke")
        .worker(random.nextBoolean() ? null : "7-1")
        .trialKey(random.nextBoolean() ? null : Signatures.shared().trialKey(params))
        .signature(random.nextBoolean() ? null : "ab")
        .trialFile(random.nextBoolean() ? null : "trial_%03d.json".formatted(number))
        .legacyTrialId(random.nextBoolean() ? null : json(any(List.of("1", "\"t\""))))
        .constraintsOk(random.nextBoolean() ? null : random.nextBoolean())
        .build();
  }

  private static String text(FrozenTrial trial) {
    return CanonicalJson.sorted(TrialJson.toJson(trial));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyTrialComesBackFieldByField(long seed) {
    random.setSeed(seed);
    StudySpace space = new StudySpace();
    List<FrozenTrial> trials = Stream.iterate(0, i -> i + 1).limit(40).map(this::trial).toList();
    trials.forEach(space::see);
    OptunaForm form = new OptunaForm(space, 1, DatabaseOutput.TIME.withZone(VIENNA), VIENNA);
    TrialConversion conversion = new TrialConversion(1, VIENNA);
    for (FrozenTrial trial : trials) {
      OptunaTrial exported = form.of(trial);
      assertThat(exported.values()).noneMatch(value -> value.type().equals("NAN"));
      assertThat(exported.params()).extracting(OptunaTrial.Param::name).contains("declared");
      FrozenTrial imported = conversion.convert(exported, trial.number()).trial();
      assertThat(text(imported)).isEqualTo(text(trial));
      // A copy of it, and one that Optuna went on with, are trials of their own.
      for (OptunaTrial other : List.of(copied(exported), ended(exported), changed(exported))) {
        FrozenTrial own = conversion.convert(other, other.id()).trial();
        assertThat(own.systemAttrs().has(AssayTrial.ATTRIBUTE)).isTrue();
        assertThat(own.metrics()).isEmpty();
      }
    }
  }

  private static OptunaTrial copied(OptunaTrial trial) {
    return with(trial, trial.id() + 1, trial.state(), trial.params());
  }

  private static OptunaTrial ended(OptunaTrial trial) {
    String other = trial.state().equals("PRUNED") ? "COMPLETE" : "PRUNED";
    return with(trial, trial.id(), other, trial.params());
  }

  private static OptunaTrial changed(OptunaTrial trial) {
    List<OptunaTrial.Param> params =
        trial.params().stream()
            .map(
                param ->
                    param.name().equals("declared")
                        ? new OptunaTrial.Param(param.name(), 0.125, param.distribution())
                        : param)
            .toList();
    return with(trial, trial.id(), trial.state(), params);
  }

  private static OptunaTrial with(
      OptunaTrial trial, long number, String state, List<OptunaTrial.Param> params) {
    return new OptunaTrial(
        number,
        number,
        state,
        trial.start(),
        trial.complete(),
        null,
        trial.values(),
        params,
        trial.userAttrs(),
        trial.systemAttrs(),
        trial.steps(),
        trial.unreadable());
  }
}
