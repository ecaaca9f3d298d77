package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Claim;
import dev.assay.storage.CompactionReport;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that never heard of Assay asks on while the parts it reads are merged. */
@Timeout(120)
final class CompactionViewsTest {
  private static final int PARTS = 6;
  private static final int ROUNDS = 6;
  private static final String CHECKSUM =
      "SELECT count(*), count(DISTINCT trial_id), sum(hash(trial_id, value, record)) FROM trials";

  @TempDir Path directory;

  private static void evaluate(Store store, StudyRecord study, int key) {
    Claim claim = store.claim(study.id(), Json.object().put("x", key), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder().state(TrialState.COMPLETE).value(key).build());
  }

  private static List<String> answer(Connection session) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet result = statement.executeQuery(CHECKSUM)) {
      result.next();
      for (int column = 1; column <= 3; column++) {
        values.add(result.getString(column));
      }
    }
    return values;
  }

  private static void compactAgainAndAgain(Store store, StudyRecord study) {
    int key = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int part = 0; part < PARTS; part++) {
        evaluate(store, study, key++);
        store.seal(study.id());
      }
      CompactionReport report = store.compact(study.id());
      assertThat(report.trials().before().parts()).isGreaterThanOrEqualTo(PARTS);
      assertThat(report.trials().after().parts()).isEqualTo(1);
    }
  }

  @Test
  void anOpenSessionKeepsItsAnswerAndARefreshedOneSeesEachTrialOnce() throws Exception {
    try (Store store = Store.open(directory)) {
      StudyRecord study =
          store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      for (int key = -3; key < 0; key++) {
        evaluate(store, study, key);
        store.seal(study.id());
      }
      String url = "jdbc:duckdb:;session_init_sql_file=" + Views.publish(directory);
      try (Connection open = DriverManager.getConnection(url);
          Connection refreshed = DriverManager.getConnection(url);
          Statement refresh = refreshed.createStatement()) {
        List<String> first = answer(open);
        assertThat(first.subList(0, 2)).containsExactly("3", "3");
        CompletableFuture<Void> work =
            CompletableFuture.runAsync(() -> compactAgainAndAgain(store, study));
        while (!work.isDone()) {
          assertThat(answer(open)).isEqualTo(first);
          refresh.execute("SET VARIABLE assay = (FROM assay_manifest)");
          List<String> now = answer(refreshed);
          assertThat(now.get(0)).isEqualTo(now.get(1));
          assertThat(answer(refreshed)).isEqualTo(now);
        }
        work.join();
        assertThat(answer(open)).isEqualTo(first);
        refresh.execute("SET VARIABLE assay = (FROM assay_manifest)");
        assertThat(answer(refreshed).get(1)).isEqualTo(Integer.toString(3 + PARTS * ROUNDS));
      }
    }
  }
}
