package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Optuna goes on with exported runs, and what it adds comes back in. */
final class OptunaExportTest {
  private static final List<String> RUNS =
      List.of("run_20260115_optuna_run50", "run_ev_longrun_sample");

  @TempDir private Path directory;

  private String store(String name) {
    return directory.resolve(name).toString();
  }

  private static void assay(String... arguments) {
    Launcher.Result result = Launcher.here(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  /** The records of a run's trials but for the ids that a store gives. */
  private List<String> records(String from, String run) throws IOException {
    Path file = directory.resolve(run + ".jsonl");
    assay("export", run, "--to", file.toString(), "--store", store(from), "--force");
    List<String> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      ObjectNode record = (ObjectNode) Json.parse(line);
      record.remove("trial_id");
      records.add(CanonicalJson.sorted(record));
    }
    return records;
  }

  @Test
  void optunaGoesOnWithAnExportAndWhatItAddsComesBackIn() throws IOException, InterruptedException {
    assumeTrue(Files.isDirectory(Launcher.LEGACY), "no legacy runs at " + Launcher.LEGACY);
    Path database = directory.resolve("runs.db");
    Path journal = directory.resolve("runs.journal");
    List<List<String>> trials = new ArrayList<>();
    for (String run : RUNS) {
      assay("migrate", Launcher.LEGACY.resolve(run).toString(), "--store", store("s"));
      trials.add(records("s", run));
    }
    for (Path target : List.of(database, journal)) {
      assay("export", RUNS.get(0), RUNS.get(1), "--to", target.toString(), "--store", store("s"));
    }
    for (String storage : List.of("sqlite:///" + database, journal.toString())) {
      String out =
          OptunaEnvironment.run(
              "go_on.py", storage, directory.toString(), RUNS.get(0), RUNS.get(1));
      assertThat(out.lines()).hasSize(2);
    }
    assay("migrate", database.toString(), "--store", store("back"));
    for (int i = 0; i < RUNS.size(); i++) {
      List<String> before = trials.get(i);
      List<String> back = records("back", RUNS.get(i));
      assertThat(back).hasSize(before.size() + 3);
      assertThat(back.subList(0, before.size())).isEqualTo(before);
      assertThat(back.get(back.size() - 1)).contains("\"values\":[1002.0]");
    }
  }
}
