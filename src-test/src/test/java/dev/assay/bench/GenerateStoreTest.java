package dev.assay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateStoreTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String store, String... options) {
    List<String> args = new ArrayList<>(List.of(directory.resolve(store).toString()));
    args.addAll(List.of(options));
    return GenerateStore.run(
        new PrintWriter(out, true), new PrintWriter(err, true), args.toArray(String[]::new));
  }

  private int generate(String store, int seed) {
    return run(store, "--trials", "401", "--params", "7", "--studies", "3", "--seed", "" + seed);
  }

  /** The trials of each study; those that the store gives ids to have none here. */
  private Map<String, List<FrozenTrial>> trials(String name) {
    Map<String, List<FrozenTrial>> found = new LinkedHashMap<>();
    try (Store store = Store.openExisting(directory.resolve(name))) {
      assertThat(store.verify().faults()).isEmpty();
      for (StudyRecord study : store.studies()) {
        try (Stream<FrozenTrial> trials = store.trials(study.id())) {
          found.put(study.name(), trials.map(t -> t.toBuilder().id(0).build()).toList());
        }
      }
    }
    return found;
  }

  @Test
  void theSameFiguresGiveTheSameTrialsOfEachKindAndAnotherSeedGivesOthers() {
    assertThat(generate("a", 7)).isZero();
    assertThat(generate("b", 7)).isZero();
    assertThat(generate("c", 8)).isZero();
    Map<String, List<FrozenTrial>> trials = trials("a");
    assertThat(trials).containsOnlyKeys("study_0000", "study_0001", "study_0002");
    assertThat(trials.values().stream().map(List::size)).containsExactly(134, 134, 133);
    assertThat(trials("b")).isEqualTo(trials);
    assertThat(trials("c")).isNotEqualTo(trials);
    List<FrozenTrial> all = trials.values().stream().flatMap(List::stream).toList();
    assertThat(all.stream().map(FrozenTrial::signature)).doesNotHaveDuplicates();
    assertThat(all.stream().map(FrozenTrial::state).distinct())
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.of(TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL));
    assertThat(all)
        .allSatisfy(
            trial -> {
              assertThat(trial.params().at("/nested/step4").isDouble()).isTrue();
              assertThat(trial.params().get("int2").isInt()).isTrue();
              assertThat(trial.distributions()).hasSize(7);
              assertThat(trial.value() == null).isEqualTo(trial.state() == TrialState.FAIL);
              assertThat(trial.values()).allMatch(Double::isFinite);
            });
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("generate-store: 3 of 3 studies, 401 trials, ");
  }

  @Test
  void whatIsThereAlreadyIsLeftAlone() {
    assertThat(generate("a", 7)).isZero();
    assertThat(generate("a", 8)).isEqualTo(2);
    assertThat(err.toString()).contains("is there already; name a directory that is not");
    assertThat(trials("a")).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 1, '--trials is -1, expected 0 or more'",
    "1, 0, 1, '--params is 0, expected 1 or more'",
    "1, 1, 0, '--studies is 0, expected 1 or more'",
    "many, 1, 1, '''many'' is not a long'",
  })
  void figuresThatMakeNoStoreAreAUsageError(
      String trials, String params, String studies, String message) {
    assertThat(run("a", "--trials", trials, "--params", params, "--studies", studies)).isEqualTo(2);
    assertThat(err.toString()).contains(message).contains("Usage: generate-store");
    assertThat(directory.resolve("a")).doesNotExist();
  }
}
