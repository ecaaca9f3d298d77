package dev.assay.tests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.sources.Migration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real Optuna wrote comes in as that Optuna reads it, from a database and a journal. */
@Timeout(600)
final class OptunaMigrationTest {
  private static final int STUDIES = 3;
  private static final int TRIALS = 14;

  @TempDir private static Path sources;
  @TempDir private Path directory;

  @BeforeAll
  static void fill() throws IOException, InterruptedException {
    OptunaEnvironment.run("optuna_studies.py", sources.toString());
  }

  private MigrationReport migrate(Store store, String file) {
    return Migration.migrate(
        store,
        new Migration.Request(
            List.of(sources.resolve(file)), ZoneOffset.UTC, null, TableMapping.NONE),
        MigrationListener.NONE);
  }

  @Test
  void databaseComesInAsOptunaReadsIt() throws IOException {
    requireEqual("studies.db", "database.json");
  }

  @Test
  void journalComesInAsOptunaReadsItWithoutItsTornLastLine() throws IOException {
    requireEqual("studies.log", "journal.json");
    Path torn = sources.resolve("torn.log");
    Files.copy(sources.resolve("studies.log"), torn);
    Files.writeString(torn, "{\"op_code\":0,\"study_na", StandardOpenOption.APPEND);
    try (Store store = Store.openExisting(directory.resolve("store"))) {
      MigrationReport report = migrate(store, "torn.log");
      assertThat(report.trials().alreadyThere()).isEqualTo(TRIALS);
      assertThat(report.hasRefused()).isFalse();
    }
  }

  private void requireEqual(String file, String expected) throws IOException {
    try (Store store = Store.open(directory.resolve("store"))) {
      MigrationReport report = migrate(store, file);
      assertThat(report.lines()).noneMatch(line -> line.contains("unreadable"));
      assertThat(report.trials().taken()).isEqualTo(TRIALS);
      assertThat(store.studies()).hasSize(STUDIES);
      JsonNode studies = Json.parse(Files.readAllBytes(sources.resolve(expected)));
      for (Map.Entry<String, JsonNode> study : studies.properties()) {
        StudyRecord found = requireNonNull(store.findStudy(study.getKey()), study.getKey());
        assertThat(described(store, found)).isEqualTo(lines(study.getValue()));
      }
      assertThat(store.verify().faults()).isEmpty();
      assertThat(migrate(store, file).trials().alreadyThere()).isEqualTo(TRIALS);
    }
  }

  private static List<String> described(Store store, StudyRecord study) {
    ObjectNode node = Json.object();
    ArrayNode directions = node.putArray("directions");
    study.directions().forEach(direction -> directions.add(direction.name()));
    node.set("user_attrs", study.userAttrs());
    ArrayNode list = node.putArray("trials");
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials.forEach(trial -> list.add(described(trial)));
    }
    return lines(node);
  }

  private static ObjectNode described(FrozenTrial trial) {
    ObjectNode node = Json.object();
    node.put("number", trial.number());
    node.put("state", trial.state().name());
    ArrayNode values = node.putArray("values");
    trial.values().forEach(values::add);
    node.set("params", trial.params());
    node.set("distributions", trial.distributions());
    node.set("user_attrs", trial.userAttrs());
    node.set("system_attrs", trial.systemAttrs().deepCopy().without("assay:optuna"));
    ObjectNode steps = node.putObject("steps");
    trial.intermediateValues().forEach((step, value) -> steps.put(step.toString(), value));
    node.put("start", text(trial.start()));
    node.put("complete", text(trial.complete()));
    return node;
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  /** A line for the study and one for each trial, members in order. */
  private static List<String> lines(JsonNode study) {
    ObjectNode head = ((ObjectNode) study).deepCopy();
    List<String> lines = new ArrayList<>();
    for (JsonNode trial : head.withArray("trials")) {
      ObjectNode node = (ObjectNode) trial;
      for (String time : List.of("start", "complete")) {
        if (node.path(time).isTextual()) {
          node.put(time, OffsetDateTime.parse(node.path(time).textValue()).toInstant().toString());
        }
      }
      lines.add(CanonicalJson.sorted(node));
    }
    head.remove("trials");
    lines.add(CanonicalJson.sorted(head));
    return lines;
  }
}
