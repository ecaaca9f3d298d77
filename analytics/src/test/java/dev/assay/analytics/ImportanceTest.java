package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Importance and correlation of parameters of every kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImportanceTest {
  private static final List<String> NAMES =
      List.of(
          "it's \"quoted\"",
          "'; DROP TABLE trials; --",
          "a/b~0",
          "dotted.name",
          "back\\slash",
          "X",
          "x",
          "",
          "line\nbreak",
          "\ud83d\ude00".repeat(100),
          "study=");

  /** Names that no SQL can hold. */
  private static final List<String> UNSPEAKABLE =
      Stream.concat(NAMES.stream(), Stream.of("nothing\u0000more", "\ud800 alone")).toList();

  private JsonNode studies;
  private Store store;
  private Analytics analytics;

  @BeforeAll
  void fill(@TempDir Path directory) throws IOException {
    studies = OptunaStudies.read();
    store = Store.open(directory);
    studies.forEach(study -> OptunaStudies.add(store, study));
    // Nested and flat, declared and not.
    add("hostile", NAMES, params -> Json.object().set("group", params), "group.");
    add("hostile, flat", NAMES, params -> params, "");
    add("hostile, unspeakable", UNSPEAKABLE, params -> params, "");
    add("hostile, undeclared", NAMES, params -> params, null);
    analytics = Analytics.open(store);
  }

  @AfterAll
  void close() {
    analytics.close();
    store.close();
  }

  private void add(
      String study,
      List<String> names,
      UnaryOperator<ObjectNode> nesting,
      @Nullable String prefix) {
    ObjectNode distributions = Json.object();
    if (prefix != null) {
      FloatDistribution unit = new FloatDistribution(0, 1, null, false);
      names.forEach(name -> distributions.set(prefix + name, unit.toJson()));
    }
    StudySettings settings =
        new StudySettings(study, List.of(Direction.MINIMIZE), Json.object(), Json.object(), null);
    try (StudyImport adding = store.beginImport(settings)) {
      for (int i = 0; i < 60; i++) {
        ObjectNode params = Json.object();
        for (String name : names) {
          params.put(name, new Random(31L * i + name.hashCode()).nextDouble());
        }
        adding.addTrial(
            FrozenTrial.builder()
                .number(i)
                .state(TrialState.COMPLETE)
                .value(i)
                .params(nesting.apply(params))
                .distributions(distributions)
                .metrics(Json.object().put("it's", i % 7).put("odd", Double.NaN))
                .build());
      }
      adding.commit();
    }
  }

  private Importance of(String study, Importance.Target target) {
    return Importance.of(analytics, study, target);
  }

  @Test
  void importanceIsThatOfOptuna() {
    for (JsonNode study : studies) {
      for (int i = 0; i < study.path("importances").size(); i++) {
        Importance importance = of(study.path("name").asText(), new Importance.Objective(i));
        requireEqual(importance, study.path("importances").path(i));
      }
    }
  }

  @Test
  void correlationIsThatOfRanksInSql() throws IOException {
    for (Importance.Parameter parameter : of("plain", new Importance.Objective(0)).parameters()) {
      String column = "\"params_" + parameter.name() + "\"";
      String expected =
          parameter.name().equals("kind")
              ? "null"
              : Answers.cell(
                  analytics,
                  """
                  SELECT corr(x, y) FROM (
                    SELECT rank() OVER (ORDER BY %1$s) + (count(*) OVER (PARTITION BY %1$s) - 1) / 2 AS x,
                      rank() OVER (ORDER BY value) + (count(*) OVER (PARTITION BY value) - 1) / 2 AS y
                    FROM trials_of('plain'))
                  """
                      .formatted(column));
      Double correlation = parameter.rankCorrelation();
      if (correlation == null) {
        assertThat(expected).isEqualTo("null");
      } else {
        assertThat(correlation).isCloseTo(Double.parseDouble(expected), within(1e-12));
      }
    }
  }

  @Test
  void noNameIsLostOrTakenForAnother() {
    Importance seen = of("hostile, undeclared", new Importance.Objective(0));
    for (String study : List.of("hostile", "hostile, flat")) {
      Importance importance = of(study, new Importance.Objective(0));
      assertThat(importance.parameters()).hasSameSizeAs(NAMES);
      for (Importance.Parameter parameter : importance.parameters()) {
        String name = parameter.name().replaceFirst("^group\\.", "");
        assertThat(NAMES).contains(name);
        assertThat(parameter.trials()).as(name).isEqualTo(60);
        assertThat(seen.parameters())
            .filteredOn(other -> other.name().equals(name))
            .singleElement()
            .extracting(Importance.Parameter::rankCorrelation)
            .isEqualTo(parameter.rankCorrelation());
      }
    }
    assertThat(of("hostile, unspeakable", new Importance.Objective(0)).parameters())
        .hasSameSizeAs(UNSPEAKABLE);
    assertThat(seen.notes()).hasSize(1).first().asString().contains("the ranges that were seen");
  }

  @Test
  void metricIsATargetAndWhatCannotBeIsNamed() {
    Importance.Target metric = new Importance.Metric("it's", Direction.MAXIMIZE);
    assertThat(of("hostile", metric).best()).isEqualTo(8);
    assertThatThrownBy(() -> of("hostile", new Importance.Metric("odd", Direction.MAXIMIZE)))
        .hasMessage(
            "'hostile' has 0 complete trials with a finite metric 'odd', and importance takes 2 at"
                + " least; it has odd, it's");
    assertThatThrownBy(() -> of("two", new Importance.Objective(2)))
        .hasMessage("'two' has the objectives 0 to 1, found 2");
    assertThat(of("few", new Importance.Objective(0)).notes())
        .containsExactly(
            "the best tenth comes to 2 trials: with fewer than 5 importance is a rough guess");
  }

  private static void requireEqual(Importance importance, JsonNode expected) {
    assertThat(importance.parameters().size() + importance.constant().size())
        .isEqualTo(expected.size());
    importance.constant().forEach(name -> assertThat(expected.path(name).asDouble(1)).isZero());
    for (Importance.Parameter parameter : importance.parameters()) {
      assertThat(parameter.importance())
          .as("%s of %s", parameter.name(), importance.run())
          .isCloseTo(expected.path(parameter.name()).asDouble(-1), within(1e-12));
    }
  }
}
