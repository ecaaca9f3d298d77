package dev.assay.tests;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.Direction;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Studies with all that a report has to cope with. */
final class ReportStudies {
  static final String HOSTILE =
      "</script><script>document.title='escaped'</script><!-- '; DROP TABLE trials; -- \" & \ud83d\ude00 "
          + "x".repeat(500);

  /** Names of parameters: twins but for their case, what ends an element, what JavaScript has. */
  static final List<String> PARAMETERS =
      List.of(
          "rate",
          "RATE",
          "</script><img src=x onerror=\"document.title='escaped'\">",
          "__proto__",
          "it's \"quoted\"; DROP",
          "{b|rich}",
          "long" + ".part".repeat(119));

  static final int TRIALS = 120;

  private ReportStudies() {}

  /** One objective; every state, values that are not finite, conditions, steps, workers. */
  static void addHostile(Store store) {
    try (StudyImport adding = begin(store, HOSTILE, Direction.MAXIMIZE)) {
      Random random = new Random(5);
      for (int i = 0; i < TRIALS; i++) {
        adding.addTrial(hostile(i, random));
      }
      adding.commit();
    }
  }

  private static FrozenTrial hostile(int number, Random random) {
    ObjectNode params = Json.object();
    PARAMETERS.forEach(name -> params.put(name, Math.pow(10, -4 * random.nextDouble())));
    String kind = random.nextBoolean() ? "</script>" : "sgd";
    params.put("kind", kind);
    if (kind.equals("sgd")) {
      params.put("momentum", random.nextDouble());
    }
    TreeMap<Long, Double> steps = new TreeMap<>();
    for (long step = 1; step <= 1 + number % 9; step++) {
      steps.put(step, step == 4 ? Double.NaN : random.nextDouble());
    }
    Instant start = Instant.parse("2026-11-23T10:00:00Z").plusMillis(700L * number);
    TrialState state =
        number % 11 == 3
            ? TrialState.FAIL
            : number % 7 == 2 ? TrialState.PRUNED : TrialState.COMPLETE;
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .number(number)
            .state(state)
            .params(params)
            .distributions(distributions())
            .metrics(Json.object().put("<b>loss</b>", number % 5 == 0 ? Double.NaN : number))
            .intermediateValues(steps)
            .worker(number % 2 == 0 ? "<i>worker</i>" : null)
            .constraintsOk(number % 13 != 0)
            .start(number % 10 == 0 ? null : start)
            .complete(number % 10 == 0 ? null : start.plusMillis(900));
    if (state == TrialState.FAIL) {
      return trial.error("<script>document.title='escaped'</script>").build();
    }
    double value = params.path("rate").doubleValue();
    return trial.value(number % 17 == 1 ? Double.NEGATIVE_INFINITY : value).build();
  }

  private static ObjectNode distributions() {
    ObjectNode distributions = Json.object();
    FloatDistribution log = new FloatDistribution(1e-4, 1, null, true);
    PARAMETERS.forEach(name -> distributions.set(name, log.toJson()));
    distributions.set(
        "kind",
        new CategoricalDistribution(List.of(TextNode.valueOf("sgd"), TextNode.valueOf("</script>")))
            .toJson());
    return distributions;
  }

  /** Two objectives; every tenth trial, in which both are equal, is on the front. */
  static void addTwoObjectives(Store store, String name, int trials) {
    try (StudyImport adding = begin(store, name, Direction.MINIMIZE, Direction.MAXIMIZE)) {
      Random random = new Random(6);
      for (int i = 0; i < trials; i++) {
        double x = i == 0 ? 0 : random.nextDouble();
        adding.addTrial(
            FrozenTrial.builder()
                .number(i)
                .state(TrialState.COMPLETE)
                .values(List.of(x, i % 10 == 0 ? x : x * random.nextDouble() - 0.05))
                .params(Json.object().put("x", x).put("layers", random.nextInt(9)))
                .build());
      }
      adding.commit();
    }
  }

  /** A study that nothing was added to. */
  static void addEmpty(Store store, String name) {
    try (StudyImport adding = begin(store, name, Direction.MINIMIZE)) {
      adding.commit();
    }
  }

  private static StudyImport begin(Store store, String name, Direction... directions) {
    return store.beginImport(
        new StudySettings(name, List.of(directions), Json.object(), Json.object(), null));
  }
}
