package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes of many threads each ask for the same parameters. */
@Timeout(300)
class ClaimedOnceTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 16;

  /** A process claims so many times a hundred; {@code -Dassay.rounds=100} for more. */
  private static final int ROUNDS = Integer.getInteger("assay.rounds", 20);

  private static final Duration LONG_LEASE = Duration.ofMinutes(10);

  @TempDir Path directory;
  private final List<ClaimProcess> started = new ArrayList<>();

  private Path storePath() {
    return directory.resolve("store");
  }

  @AfterEach
  void endProcesses() throws InterruptedException {
    for (ClaimProcess process : started) {
      process.kill();
    }
  }

  private ClaimProcess start(String work, int threads, int keys, int claims, Duration lease)
      throws IOException {
    ClaimProcess process =
        ClaimProcess.start(storePath(), work, threads, keys, claims, started.size(), lease);
    started.add(process);
    return process;
  }

  /** Lets all begin at once and gives all their answers, split at spaces. */
  private static List<String[]> race(List<ClaimProcess> processes)
      throws IOException, InterruptedException {
    for (ClaimProcess process : processes) {
      process.awaitReady();
    }
    for (ClaimProcess process : processes) {
      process.go();
    }
    List<String[]> answers = new ArrayList<>();
    for (ClaimProcess process : processes) {
      process.answers().forEach(line -> answers.add(line.split(" ", -1)));
    }
    return answers;
  }

  private List<ClaimProcess> startAll(String work, int keys, int claims) throws IOException {
    List<ClaimProcess> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start(work, THREADS, keys, claims, LONG_LEASE));
    }
    return processes;
  }

  @Test
  void ofAllThatAskForAKeyOneRunsAndTheRestHearOfItsTrial() throws Exception {
    int keys = 20;
    List<ClaimProcess> processes = startAll("hold", keys, 0);

    List<String[]> answers = race(processes);

    assertThat(answers).hasSize(PROCESSES * THREADS * keys);
    Map<String, String> trials = new HashMap<>();
    for (String[] answer : answers) {
      if (answer[0].equals("acquired")) {
        assertThat(answer[2]).as("attempt").isEqualTo("1");
        assertThat(trials.put(answer[3], answer[1])).as("key %s", answer[3]).isNull();
      }
    }
    assertThat(trials).hasSize(keys);
    assertThat(trials.values()).doesNotHaveDuplicates();
    for (String[] answer : answers) {
      assertThat(answer[1]).isEqualTo(trials.get(answer[3]));
      assertThat(answer[0]).isIn("acquired", "RUNNING");
    }
    for (ClaimProcess process : processes) {
      assertThat(process.end()).doesNotContain("refused").doesNotContain("locked");
    }
    assertCounts(new StudyCounts(keys, 0, 0, 0, keys));
  }

  private void assertCounts(StudyCounts expected) {
    try (Store store = Store.openExisting(storePath())) {
      assertThat(store.counts(ClaimProcess.study(store).id())).isEqualTo(expected);
    }
  }

  @Test
  void eachOfManySignaturesHasOneWinnerAndItsValueGoesToTheOthers() throws Exception {
    int keys = 50 * ROUNDS;
    int claims = 100 * ROUNDS;
    List<ClaimProcess> processes = startAll("finish", keys, claims);

    List<String[]> answers = race(processes);

    assertThat(answers).hasSize(PROCESSES * claims);
    Map<String, String> trials = new HashMap<>();
    for (String[] answer : answers) {
      if (answer[0].equals("acquired")) {
        assertThat(trials.put(answer[3], answer[1])).as("key %s", answer[3]).isNull();
      }
    }
    assertThat(trials).hasSize(keys);
    assertThat(trials.values()).doesNotHaveDuplicates();
    for (String[] answer : answers) {
      assertThat(answer[1]).isEqualTo(trials.get(answer[3]));
      if (answer[0].equals("COMPLETE")) {
        assertThat(answer[2]).isEqualTo("[" + Double.valueOf(answer[3]) + "]");
      }
    }
    for (ClaimProcess process : processes) {
      assertThat(process.end()).doesNotContain("locked").doesNotContain("Exception");
    }
    assertCounts(new StudyCounts(keys, 0, 0, 0, keys));
  }

  @Test
  void aKilledOwnersClaimIsTakenOverOnce() throws Exception {
    ClaimProcess owner = start("hold", 1, 1, 0, LONG_LEASE);
    String[] first = race(List.of(owner)).get(0);
    assertThat(first[0]).isEqualTo("acquired");
    owner.kill();

    List<ClaimProcess> others = startAll("hold", 1, 0);
    List<String[]> answers = race(others);

    assertThat(answers).hasSize(PROCESSES * THREADS).allMatch(each -> each[1].equals(first[1]));
    assertThat(answers)
        .filteredOn(each -> each[0].equals("acquired"))
        .singleElement()
        .satisfies(each -> assertThat(each[2]).as("attempt").isEqualTo("2"));
    assertThat(answers)
        .filteredOn(each -> each[0].equals("RUNNING"))
        .hasSize(PROCESSES * THREADS - 1);
    for (ClaimProcess process : others) {
      assertThat(process.end()).doesNotContain("refused");
    }
    assertCounts(new StudyCounts(1, 0, 0, 0, 1));
  }

  @Test
  void anOwnerThatSleptThroughItsLeaseIsRefusedWhenItWakes() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "skipped: there is no program kill");
    Duration lease = Duration.ofSeconds(2);
    ClaimProcess owner = start("hold", 1, 1, 0, lease);
    String[] first = race(List.of(owner)).get(0);
    try (Store store = Store.open(storePath(), new StoreOptions(lease, 10_000))) {
      long study = ClaimProcess.study(store).id();
      owner.signal("STOP");
      Claim claim = store.claim(study, ClaimProcess.params(0), Json.object(), null);
      assertThat(claim).isInstanceOf(Claim.Duplicate.class);
      while (!(claim instanceof Claim.Acquired acquired)) {
        Thread.sleep(50);
        claim = store.claim(study, ClaimProcess.params(0), Json.object(), null);
      }
      assertThat("" + acquired.lease().trialId()).isEqualTo(first[1]);
      assertThat(acquired.lease().attempt()).isEqualTo(2);

      owner.signal("CONT");
      assertThat(owner.end())
          .contains("refused trial number 0 was taken over by worker ")
          .doesNotContain("finished");

      assertThat(store.finish(acquired.lease(), ClaimProcess.complete(2)).value()).isEqualTo(2);
      assertThat(store.counts(study)).isEqualTo(new StudyCounts(1, 0, 0, 0, 1));
    }
  }
}
