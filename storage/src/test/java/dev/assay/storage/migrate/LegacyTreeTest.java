package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.storage.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LegacyTreeTest {
  @TempDir Path temporary;
  private Path root;

  @BeforeEach
  void realRoot() throws Exception {
    root = temporary.toRealPath();
  }

  private static List<String> names(LegacyTree tree) {
    return tree.folders().stream().map(LegacyFolder::name).toList();
  }

  private static List<String> reasons(LegacyTree tree) {
    return tree.skipped().stream().map(SourceReport::reason).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trial_1.json",
        "trial_x.log",
        "trial_001_config.json",
        "run_meta.json",
        "best_trial.json",
        "_dedup.db",
        "_cache/0.json"
      })
  void anyOfTheseFilesMakesARun(String file) throws Exception {
    new LegacyRun(root.resolve("r")).file(file, "{}");
    assertThat(names(LegacyTree.of(List.of(root), Set.of()))).containsExactly("r");
  }

  @Test
  void runThatIsGivenItselfHasItsOwnName() throws Exception {
    new LegacyRun(root.resolve("a/run_1")).trial(1, 1).file("validation/trial_001.json", "{}");
    LegacyTree tree = LegacyTree.of(List.of(root.resolve("a/run_1")), Set.of());
    assertThat(names(tree)).containsExactly("run_1", "run_1/validation");
    assertThat(tree.folders().get(1).parent()).isEqualTo(tree.folders().get(0));
  }

  @Test
  void runsAreFoundAtAnyDepthWithCampaignsBetween() throws Exception {
    new LegacyRun(root.resolve("a/b/run_1"))
        .trial(1, 1)
        .file("sub/validation/trial_001.json", "{}");
    new LegacyRun(root.resolve("a/run_2")).trial(1, 1);
    new LegacyRun(root.resolve("a/b")).file("optuna.db", "x");
    LegacyTree tree = LegacyTree.of(List.of(root), Set.of());
    assertThat(tree.folders())
        .extracting(LegacyFolder::name, LegacyFolder::kind)
        .containsExactly(
            tuple("a/b", LegacyFolder.Kind.CAMPAIGN),
            tuple("a/b/run_1", LegacyFolder.Kind.RUN),
            tuple("a/b/run_1/sub/validation", LegacyFolder.Kind.RUN),
            tuple("a/run_2", LegacyFolder.Kind.RUN));
    assertThat(tree.folders().get(2).parent()).isEqualTo(tree.folders().get(1));
    assertThat(tree.skipped()).isEmpty();
  }

  @Test
  void folderOfARunThatIsNoRunBelongsToTheRun() throws Exception {
    new LegacyRun(root.resolve("run"))
        .trial(1, 1)
        .file("plots/p.png", "x")
        .file("v/trial_1.json", "{}");
    LegacyTree tree = LegacyTree.of(List.of(root), Set.of());
    assertThat(names(tree)).containsExactly("run", "run/v");
    assertThat(RunListing.of(tree.folders().get(0)).files())
        .extracting(SourceFile::path)
        .containsExactly("trial_001.json", "plots/p.png");
    assertThat(RunListing.of(tree.folders().get(1)).files())
        .extracting(SourceFile::path)
        .containsExactly("trial_1.json");
  }

  @Test
  void foldersWithoutRunsAndLooseFilesAreSkippedWithTheReason() throws Exception {
    new LegacyRun(root.resolve("run")).trial(1, 1);
    new LegacyRun(root.resolve("configs")).file("a.yaml", "x").file("deep/b.yaml", "y");
    new LegacyRun(root.resolve("storage")).file("a.db", "x");
    new LegacyRun(root).file("notes.txt", "x").file("study.db", "x");
    LegacyTree tree = LegacyTree.of(List.of(root), Set.of());
    assertThat(tree.skipped())
        .extracting(SourceReport::source, report -> report.files().skipped(), SourceReport::reason)
        .containsExactly(
            tuple(
                root.toString(),
                2L,
                "loose files beside the runs are not taken; of databases those are taken that"
                    + " Optuna wrote"),
            tuple(
                root.resolve("configs").toString(),
                2L,
                "holds no run; study files are used with 'assay run'"),
            tuple(
                root.resolve("storage").toString(),
                1L,
                "holds no run; of databases those are taken that Optuna wrote"));
    assertThat(tree.skipped().get(0).findings())
        .extracting(Finding::path)
        .containsExactly("notes.txt", "study.db");
  }

  @Test
  void folderCountsOnceHoweverManyPathsLeadToIt() throws Exception {
    new LegacyRun(root.resolve("all/run")).trial(1, 1);
    Path link = Files.createSymbolicLink(root.resolve("link"), root.resolve("all/run"));
    LegacyTree tree =
        LegacyTree.of(
            List.of(root.resolve("all"), root.resolve("all/run"), link, root.resolve("all/../all")),
            Set.of());
    assertThat(names(tree)).containsExactly("run");
    assertThat(reasons(tree))
        .containsOnly("another of the given paths leads to it already")
        .hasSize(3);
  }

  @Test
  void linksInsideAreNotFollowed() throws Exception {
    new LegacyRun(root.resolve("run")).trial(1, 1);
    Files.createSymbolicLink(root.resolve("run/loop"), root);
    Files.createSymbolicLink(
        root.resolve("run/trial_002.json"), root.resolve("run/trial_001.json"));
    Files.createSymbolicLink(root.resolve("again"), root.resolve("run"));
    LegacyTree tree = LegacyTree.of(List.of(root), Set.of());
    assertThat(names(tree)).containsExactly("run");
    assertThat(RunListing.of(tree.folders().get(0)).findings())
        .extracting(Finding::path, Finding::reason)
        .containsExactly(
            tuple("loop", "a symbolic link to %s, not followed".formatted(root)),
            tuple(
                "trial_002.json",
                "a symbolic link to %s, not followed"
                    .formatted(root.resolve("run/trial_001.json"))));
    assertThat(tree.skipped().get(0).findings()).extracting(Finding::path).containsExactly("again");
  }

  @Test
  void storeOfOursIsNoLegacyRun() throws Exception {
    new LegacyRun(root.resolve("run")).trial(1, 1);
    new LegacyRun(root.resolve("assay-store"))
        .file("store.json", "{}")
        .file("live.db", "")
        .file("runs/1-run/trial_001.json", "{}");
    LegacyTree tree = LegacyTree.of(List.of(root), Set.of());
    assertThat(names(tree)).containsExactly("run");
    assertThat(reasons(tree)).containsExactly("an Assay store, not a legacy run");
  }

  @Test
  void fileAndMissingPathAreNamed() throws Exception {
    new LegacyRun(root).file("study.db", "x");
    assertThat(reasons(LegacyTree.of(List.of(root.resolve("study.db")), Set.of())))
        .containsExactly("a file; of databases those are taken that Optuna wrote");
    Path missing = root.resolve("missing");
    assertThatThrownBy(() -> LegacyTree.of(List.of(root, missing), Set.of()))
        .isInstanceOf(StoreException.class)
        .hasMessage(missing + ": no such file or folder; give a run's folder, or a folder of runs");
  }

  @Test
  void filesStandInTheOrderThatCompressesBest() throws Exception {
    LegacyRun run = new LegacyRun(root.resolve("run"));
    for (String file :
        List.of(
            "trial_1000.json",
            "trial_999.json",
            "trial_5.json",
            "trial_999_config.json",
            "trial_5.log",
            "tBTC_5.json",
            "_cache/b.json",
            "_cache/a.json",
            "run_meta.json",
            "best_trial.json",
            "_dedup.db",
            "synergy.csv",
            "trial_extra.json")) {
      run.file(file, "{}");
    }
    LegacyFolder folder = LegacyTree.of(List.of(root), Set.of()).folders().get(0);
    assertThat(RunListing.of(folder).files())
        .extracting(SourceFile::path)
        .containsExactly(
            "trial_5.json",
            "trial_999.json",
            "trial_1000.json",
            "trial_extra.json",
            "trial_999_config.json",
            "trial_5.log",
            "tBTC_5.json",
            "_cache/a.json",
            "_cache/b.json",
            "_dedup.db",
            "best_trial.json",
            "run_meta.json",
            "synergy.csv");
  }
}
