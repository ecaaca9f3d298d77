package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose study file names an Optuna storage. */
final class EarlierStudyTest {
  private static final String TWENTY =
      """
      %s
      objective: {builtin: sphere}
      parameters:
        in: {x: {type: int, low: 0, high: 19}}
      """;

  @TempDir private Path directory;

  @Test
  void goesOnFromItsTrialsAndTakesThemOnce() throws IOException {
    Path before = directory.resolve("before");
    Path first = directory.resolve("first.yaml");
    Files.writeString(first, TWENTY.formatted("study: s\ntrials: 12\nseed: 1"));
    Ran.assay("run", first.toString(), "--store", before.toString()).exits(0);
    Path optuna = directory.resolve("optuna.db");
    Ran.assay("export", "s", "--to", optuna.toString(), "--store", before.toString()).exits(0);
    byte[] bytes = Files.readAllBytes(optuna);

    Path second = directory.resolve("second.yaml");
    Files.writeString(
        second,
        TWENTY.formatted(
            "meta: {runs: {strategy: optuna, max_trials: 3, optuna: {study_name: s, direction: minimize, storage: 'sqlite:///optuna.db', sampler: {type: random, kwargs: {seed: 1}}}}}"));
    String store = directory.resolve("store").toString();
    Ran ran = Ran.assay("run", second.toString(), "--store", store).exits(0);

    assertThat(ran.err())
        .contains("going on from 12 finished trials of sqlite:///optuna.db, in this store study '")
        .doesNotContain("without effect");
    assertThat(ran.out()).contains("Study s: 3 trials (3 complete");
    Ran all = Ran.assay("run", second.toString(), "--trials", "100", "--store", store).exits(0);
    assertThat(all.out())
        .contains("Study s: 8 trials (8 complete")
        .contains("every combination was evaluated");
    Ran studies =
        Ran.assay("query", "--store", store, "--format", "csv", "SELECT count(*) FROM studies");
    assertThat(studies.outLines()).containsExactly("count_star()", "2");
    assertThat(Files.readAllBytes(optuna)).isEqualTo(bytes);
  }

  @Test
  void aStorageThatIsNotThereIsNoted() throws IOException {
    Path file = directory.resolve("study.yaml");
    Files.writeString(
        file,
        TWENTY.formatted(
            "meta: {runs: {strategy: grid, max_trials: 2, optuna: {storage: 'sqlite:///no/such.db'}}}"));
    Ran ran =
        Ran.assay("run", file.toString(), "--store", directory.resolve("store").toString())
            .exits(0);
    assertThat(ran.err())
        .contains("sqlite:///no/such.db is not there: the study begins without that history");
  }
}
