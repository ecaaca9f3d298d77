package dev.assay.tests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.optuna.DatabaseUrl;
import dev.assay.storage.sources.Migration;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
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

/** What a real Optuna wrote comes in as that Optuna reads it, from databases and a journal. */
@Timeout(600)
final class OptunaMigrationTest {
  private static final int STUDIES = 3;
  private static final int TRIALS = 14;
  private static final String PASSWORD = "s3cret-w0rd";

  @TempDir private static Path sources;
  @TempDir private Path directory;

  @BeforeAll
  static void fill() throws IOException, InterruptedException {
    OptunaEnvironment.run("optuna_studies.py", sources.toString());
  }

  private static Migration.Request file(String name) {
    return new Migration.Request(
        List.of(sources.resolve(name)), ZoneOffset.UTC, null, TableMapping.NONE);
  }

  @Test
  void databaseComesInAsOptunaReadsIt() throws IOException {
    requireEqual(file("studies.db"), "database.json", MigrationListener.NONE);
  }

  @Test
  void journalComesInAsOptunaReadsItWithoutItsTornLastLine() throws IOException {
    requireEqual(file("studies.log"), "journal.json", MigrationListener.NONE);
    Path torn = sources.resolve("torn.log");
    Files.copy(sources.resolve("studies.log"), torn);
    Files.writeString(torn, "{\"op_code\":0,\"study_na", StandardOpenOption.APPEND);
    try (Store store = Store.openExisting(directory.resolve("store"))) {
      MigrationReport report = Migration.migrate(store, file("torn.log"), MigrationListener.NONE);
      assertThat(report.trials().alreadyThere()).isEqualTo(TRIALS);
      assertThat(report.hasRefused()).isFalse();
    }
  }

  /** While it is read, others change it: what counts is how it was when it was opened. */
  @Test
  void databaseOnAServerComesInAsOptunaReadsItAndItsPasswordIsNowhere()
      throws IOException, InterruptedException, SQLException {
    try (EmbeddedPostgres server = server();
        Connection admin = server.getPostgresDatabase().getConnection();
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE ROLE \"an@user\" LOGIN PASSWORD '" + PASSWORD + "'");
      statement.execute("CREATE DATABASE \"st udies\" OWNER \"an@user\"");
      String place = "localhost:" + server.getPort();
      String url = "postgresql+psycopg2://an%%40user:%s@%s/st udies".formatted(PASSWORD, place);
      OptunaEnvironment.run("optuna_studies.py", sources.toString(), url);
      try (Connection writer = server.getDatabase("postgres", "st udies").getConnection()) {
        Migration.Request request =
            new Migration.Request(
                List.of(),
                List.of(DatabaseUrl.parse(url)),
                ZoneOffset.UTC,
                null,
                TableMapping.NONE,
                Migration.Linking.OFF);
        requireEqual(request, "server.json", new Retiming(writer));
      }
      try (Store store = Store.openExisting(directory.resolve("store"))) {
        assertThat(store.studies())
            .allSatisfy(
                study ->
                    assertThat(study.systemAttrs().path("source").textValue())
                        .isEqualTo("postgresql://" + place + "/st udies"));
      }
      String wrong = url.replace(PASSWORD, PASSWORD + "x");
      for (String source : List.of(url, wrong, url.replace(place, "localhost:1"))) {
        Launcher.Result result =
            Launcher.here("migrate", source, "--json", "--store", directory + "/store");
        assertThat(result.exitCode()).as(result.out()).isEqualTo(source.equals(url) ? 0 : 1);
        assertThat(result.out() + result.err()).doesNotContain(PASSWORD).contains("/st udies");
      }
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).doesNotContain(PASSWORD);
      }
    }
  }

  private EmbeddedPostgres server() throws IOException {
    Path access = directory.resolve("access");
    Files.writeString(
        access,
        "local all all trust\nhost all postgres all trust\nhost all all all scram-sha-256\n");
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("hba_file", access.toString())
          .setServerConfig("fsync", "off")
          .start();
    } catch (IOException | RuntimeException e) {
      assumeTrue(false, "there is no PostgreSQL server to test with here: " + e);
      throw new IllegalStateException(e);
    }
  }

  /** Gives the trials other times while a study is read. */
  private record Retiming(Connection writer) implements MigrationListener {
    @Override
    public void started(String study, long files, long bytes) {
      add(1000);
    }

    @Override
    public void finished(SourceReport report) {
      add(-1000);
    }

    private void add(int many) {
      try (PreparedStatement update =
          writer.prepareStatement(
              "UPDATE trials SET datetime_start = datetime_start + ? * interval '1 second'")) {
        update.setInt(1, many);
        update.executeUpdate();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void requireEqual(Migration.Request request, String expected, MigrationListener listener)
      throws IOException {
    try (Store store = Store.open(directory.resolve("store"))) {
      MigrationReport report = Migration.migrate(store, request, listener);
      assertThat(report.lines()).noneMatch(line -> line.contains("unreadable"));
      assertThat(report.trials().taken()).isEqualTo(TRIALS);
      assertThat(store.studies()).hasSize(STUDIES);
      JsonNode studies = Json.parse(Files.readAllBytes(sources.resolve(expected)));
      for (Map.Entry<String, JsonNode> study : studies.properties()) {
        StudyRecord found = requireNonNull(store.findStudy(study.getKey()), study.getKey());
        assertThat(described(store, found)).isEqualTo(lines(study.getValue()));
      }
      assertThat(store.verify().faults()).isEmpty();
      assertThat(Migration.migrate(store, request, listener).trials().alreadyThere())
          .isEqualTo(TRIALS);
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
