package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of 8 workers is killed in the midst of its work, again and again. */
class KillTest {
  /** {@code -Dassay.rounds=100} for more. */
  private static final int ROUNDS = Integer.getInteger("assay.rounds", 9);

  /** So many on one store, then on the next: it grows with each. */
  static final int ROUNDS_A_STORE = 3;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @Test
  void whatWasAcknowledgedSurvivesAKillAtAnyMoment() throws Exception {
    Random random = new Random(20261123);
    int survived = 0;
    Victim next = start(0);
    try (StoredTrials trials = new StoredTrials()) {
      for (int round = 0; round < ROUNDS; round++) {
        Victim victim = next;
        Path store = directory.resolve("store" + round / ROUNDS_A_STORE);
        Path log = directory.resolve(store.getFileName() + ".txt");
        // Every other one is killed from outside, as soon as it has given one answer more.
        boolean endsItself = round % 2 == 0;
        victim.work(store, log, round, endsItself ? random.nextInt(-400, 400) : 0);
        next = start(round + 1);
        if (endsItself) {
          victim.kill(5_000);
        } else {
          victim.killAtAnswer(log, random.nextInt(20_000));
        }
        check(store, log, trials);
        if ((round + 1) % ROUNDS_A_STORE == 0) {
          requireFiles(store);
        }
        survived += (round + 1) % ROUNDS_A_STORE == 0 ? acknowledged(log).size() : 0;
      }
    } finally {
      next.kill(0);
    }
    assertThat(survived).isGreaterThan(50 * ROUNDS);
  }

  private Victim start(int round) throws IOException {
    return Victim.start(directory.resolve("warm" + round), directory.resolve("output.txt"));
  }

  /** Opens what is left: nothing acknowledged is lost, nothing is there twice, all is sound. */
  static void check(Path directory, Path log, StoredTrials trials) throws Exception {
    try (Store store = Store.open(directory)) {
      for (StudyRecord study : store.studies()) {
        store.failAbandoned(study.id());
        assertThat(store.counts(study.id()).running()).as("the dead hold nothing").isZero();
      }
      store.refresh();
      List<StoredTrials.Row> rows =
          trials.read(directory).stream()
              .filter(row -> row.state().equals("COMPLETE") && row.study().equals("shared"))
              .toList();
      assertThat(rows.stream().map(StoredTrials.Row::text).toList()).containsAll(acknowledged(log));
      assertThat(rows).extracting(StoredTrials.Row::value).doesNotHaveDuplicates();
      store.flush();
      assertThat(store.verify().faults()).isEmpty();
      assertThat(store.studies().stream().map(study -> study.id() + "-" + study.name()))
          .containsAll(runs(directory));
    }
  }

  /** The studies' directories. */
  private static List<String> runs(Path store) throws IOException {
    try (Stream<Path> runs = Files.list(store.resolve("runs"))) {
      return runs.filter(Files::isDirectory).map(run -> run.getFileName().toString()).toList();
    }
  }

  /** Every file can be had, and there is none twice. */
  private void requireFiles(Path directory) throws IOException {
    try (Store store = Store.open(directory)) {
      StudyRecord study = StudyFixture.open(store, "shared").study();
      store.seal(study.id());
      boolean isKept = study.trialFiles() == TrialFiles.KEEP;
      long trials = store.counts(study.id()).finished();
      assertThat(StudyFixture.names(store.runDirectory(study)))
          .as("%s of %d trials", study.trialFiles(), trials)
          .hasSize(2 + (isKept ? (int) trials : 0));
      RestoreReport report =
          store.restore(
              study.id(),
              directory.resolveSibling("restored-" + directory.getFileName()),
              path -> true);
      assertThat(report.problems()).isEmpty();
      assertThat(report.archived() + report.remade()).isEqualTo(trials + 2);
      assertThat(report.archived())
          .isEqualTo(study.trialFiles() == TrialFiles.COMPACTED ? trials : 0);
    }
  }

  /** The last line may be cut off: nobody has read it. */
  static List<String> acknowledged(Path log) throws IOException {
    List<String> texts = new ArrayList<>();
    String written = Files.exists(log) ? Files.readString(log) : "";
    for (String line : written.substring(0, written.lastIndexOf('\n') + 1).lines().toList()) {
      String[] parts = line.split(" ", -1);
      texts.add(
          new StoredTrials.Row(
                  "shared",
                  Long.parseLong(parts[0]),
                  0,
                  "COMPLETE",
                  StoreProcess.value(Integer.parseInt(parts[1])))
              .text());
    }
    return texts;
  }
}
