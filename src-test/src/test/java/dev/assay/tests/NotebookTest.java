package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample notebook and the sample of pandas run as they are, with a real DuckDB of Python's. */
@Timeout(600)
final class NotebookTest {
  private static final PythonEnvironment PYTHON =
      new PythonEnvironment(
          "notebook",
          List.of(
              "duckdb==2.0.0",
              "pandas==3.1.1",
              "nbclient==0.11.0",
              "nbformat==5.11.1",
              "ipykernel==7.4.0"));

  @Test
  void everyCellGivesWhatItSays(@TempDir Path directory) throws Exception {
    String store = directory.resolve("it's a store").toString();
    Path datasets = Launcher.ROOT.resolve("datasets").toAbsolutePath().normalize();
    Launcher.Result run =
        Launcher.here(
            "run",
            datasets.resolve("studies/backtest.yaml").toString(),
            "--trials=40",
            "--quiet",
            "--store",
            store);
    assertThat(run.exitCode()).as(run.err()).isZero();

    JsonNode shown =
        Json.parse(
            PYTHON.run(
                "run_notebook.py", datasets.resolve("notebooks/ask.ipynb").toString(), store));

    assertThat(shown).hasSize(7);
    List<String> expected =
        List.of("backtest", "params_entry.fast", "best", "p90", "group", "pareto_front", "40");
    for (int i = 0; i < expected.size(); i++) {
      assertThat(shown.path(i).textValue()).as("cell %d", i).contains(expected.get(i));
    }
    assertThat(PYTHON.run(datasets.resolve("python/table.py"), store, "backtest"))
        .contains("[40 rows x ");
  }
}
