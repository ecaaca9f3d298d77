package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One process's view of a store in a test: a live database, a worker, a lake, and DuckDB on it. */
final class LakeFixture implements AutoCloseable {
  final Path store;
  final LiveDatabase live;
  final long workerId;
  final Lake lake;

  LakeFixture(Path store) {
    this(store, Lake.GRACE, Clocks.SYSTEM);
  }

  LakeFixture(Path store, Duration grace, Clocks clocks) {
    this.store = store;
    live = LiveDatabase.open(store.resolve("live.db"));
    workerId =
        live.transaction(
            sql -> sql.number("INSERT INTO workers (name) VALUES ('test') RETURNING worker_id"));
    lake = Lake.open(store, live, workerId, grace, clocks);
  }

  long createStudy(String name) {
    return live.transaction(
        sql ->
            sql.number(
                "INSERT INTO studies (name, directions, user_attrs, system_attrs, created_us) "
                    + "VALUES (?, '[\"MAXIMIZE\"]', '{\"k\":1}', '{}', 0) RETURNING study_id",
                name));
  }

  /** Seals all that have finished. */
  void seal(long studyId) {
    lake.seal(studyId, live.query(Outcomes::lastChange));
  }

  /** Inserts a trial as a finish would leave it; id and number are given here. */
  long insert(long studyId, FrozenTrial.Builder trial) {
    return live.transaction(
        sql -> {
          long id = new TrialIds(store).take(sql, 1);
          long number =
              sql.number(
                  "UPDATE studies SET next_number = next_number + 1 WHERE study_id = ? "
                      + "RETURNING next_number - 1",
                  studyId);
          FrozenTrial whole = trial.id(id).number(number).build();
          sql.update(
              "INSERT INTO trials (trial_id, study_id, number, state, attempt, trial_file, "
                  + "record, change_sequence) VALUES (?, ?, ?, ?, 1, ?, ?, 0)",
              id,
              studyId,
              number,
              whole.state().name(),
              RunDirectories.trialFile(number),
              Records.write(whole));
          return id;
        });
  }

  long insertComplete(long studyId, double value) {
    return insert(
        studyId,
        FrozenTrial.builder().state(TrialState.COMPLETE).value(value).signature("s" + value));
  }

  /** Takes the files of a part of the archive. */
  @FunctionalInterface
  interface Archived {
    void writeTo(ArchivePart part) throws IOException;
  }

  /** Adds a part to a study's archive. */
  static void archive(Store store, long studyId, Archived files) throws IOException {
    PartWriter writer = new PartWriter(store.directory());
    Parts.Part part =
        store.live.transaction(sql -> Parts.reserve(sql, studyId, Parts.Kind.FILES, 0));
    ParquetPart.Written written;
    try (ArchivePart archive = new ArchivePart(writer.temporary(part), studyId)) {
      files.writeTo(archive);
      written = archive.finish(Map.of());
    }
    writer.publish(part);
    store.live.transaction(sql -> Parts.commit(sql, part, written, Parts.nextSnapshot(sql)));
  }

  JsonNode manifest() throws IOException {
    return Json.parse(Files.readAllBytes(store.resolve("manifest.json")));
  }

  /** The files of these kinds that the manifest names. */
  List<Path> files(String... kinds) throws IOException {
    List<Path> files = new ArrayList<>();
    for (JsonNode file : manifest().get("files")) {
      if (List.of(kinds).contains(file.get("kind").textValue())) {
        files.add(store.resolve(file.get("path").textValue()));
      }
    }
    return files;
  }

  /** Rows of a query in which {@code FILES} stands for the manifest's files of these kinds. */
  List<List<Object>> query(String sql, String... kinds) throws IOException, SQLException {
    return query(sql, files(kinds));
  }

  static List<List<Object>> query(String sql, List<Path> files) throws SQLException {
    List<String> names = new ArrayList<>();
    files.forEach(file -> names.add("'" + file.toString().replace("'", "''") + "'"));
    List<List<Object>> rows = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet result = statement.executeQuery(sql.replace("FILES", names.toString()))) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(result.getObject(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    lake.close();
    live.transaction(sql -> sql.update("DELETE FROM workers WHERE worker_id = ?", workerId));
    live.close();
  }
}
