package dev.assay.tests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Study;
import dev.assay.engine.grpc.OptunaServer;
import dev.assay.engine.grpc.OptunaServerOptions;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveStudy;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.Store;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Optuna, as it is, with a store for its storage. */
final class OptunaClientsTest {
  private static final int QUEUED = 6;
  private static final int OF_BOTH_SIDES = 300;

  @TempDir private Path directory;

  /** Runs a program beside a server of this process; the port is its first argument. */
  private String served(String program, String... arguments)
      throws IOException, InterruptedException {
    try (Store store = Store.open(directory.resolve("store"));
        OptunaServer server =
            OptunaServer.start(store, OptunaServerOptions.DEFAULT.at("localhost", 0))) {
      List<String> all = new ArrayList<>(List.of(Integer.toString(server.port())));
      all.addAll(List.of(arguments));
      return OptunaEnvironment.run(program, all.toArray(String[]::new));
    }
  }

  @Test
  void randomCallsHaveTheSameRepliesAsInOptunasMemory() throws IOException, InterruptedException {
    assertThat(served("optuna_same.py", "4", "900")).endsWith(" 0 differences\n");
  }

  @Test
  void eachTrialThatWaitsIsGivenToOneWorkerAndEachSetOfParametersEvaluatedOnce()
      throws IOException, InterruptedException {
    String each =
        IntStream.range(0, 40).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    String helpers = Launcher.ROOT.resolve("datasets/python").toAbsolutePath().toString();
    assertThat(served("optuna_queue.py", helpers).lines())
        .containsExactly(each, each, "[0, 1, 2, 3] 24 True");
  }

  @Test
  void samplersAndPrunersProposeWhatTheyProposeInMemory() throws IOException, InterruptedException {
    assertThat(served("optuna_samplers.py").lines())
        .hasSize(8)
        .allMatch(line -> line.contains(": 24 trials, 24 the same, "), "the same trials")
        .filteredOn(line -> line.endsWith("some pruned"))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  private static SearchSpace branin() throws IOException {
    return SearchSpace.of(
        (ObjectNode)
            Json.parse(
                "{\"x1\": {\"type\": \"float\", \"low\": -5, \"high\": 10}, "
                    + "\"x2\": {\"type\": \"float\", \"low\": 0, \"high\": 15}}"));
  }

  @Test
  void workersOfBothSidesShareAStudyAndItsQueue() throws Exception {
    Path yaml = directory.resolve("both.yaml");
    String branin = Files.readString(Launcher.ROOT.resolve("datasets/studies/branin.yaml"));
    Files.writeString(yaml, branin.replace("study: branin", "study: both"));
    Path path = directory.resolve("store");
    try (Store store = Store.open(path);
        OptunaServer server =
            OptunaServer.start(store, OptunaServerOptions.DEFAULT.at("localhost", 0))) {
      Study study = Study.builder(branin()).name("both").open(store);
      for (int i = 0; i < QUEUED; i++) {
        study.enqueue(Json.object().put("x1", (i + 1) / 8.0).put("x2", 1.0));
      }
      Launcher.Started python =
          OptunaEnvironment.start(
              "optuna_both.py", "" + server.port(), "" + QUEUED, "" + OF_BOTH_SIDES);
      await(python, QUEUED + 1);
      Launcher.Result run =
          Launcher.here(
              "run", yaml.toString(), "--store", path.toString(), "--trials", "" + OF_BOTH_SIDES);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(python.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      Launcher.Result done = python.result();
      assertThat(done.exitCode()).as(done.err()).isZero();

      List<FrozenTrial> trials;
      try (Stream<FrozenTrial> all = store.trials(requireNonNull(store.findStudy("both")).id())) {
        trials = all.toList();
      }
      assertThat(trials)
          .hasSizeGreaterThanOrEqualTo(OF_BOTH_SIDES)
          .allMatch(trial -> trial.state() == TrialState.COMPLETE)
          .extracting(FrozenTrial::number)
          .isEqualTo(LongStream.range(0, trials.size()).boxed().toList());
      assertThat(trials.subList(0, 2 * QUEUED))
          .extracting(trial -> trial.params().path("x1").doubleValue() * 8)
          .containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -1.0, -2.0, -3.0, -4.0, -5.0, -6.0);
      Set<Long> byPython =
          done.lines().stream()
              .filter(line -> !line.equals("queued"))
              .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
              .collect(Collectors.toSet());
      assertThat(byPython)
          .contains(0L, 1L, 2L, 3L, 4L, 5L)
          .doesNotContain(6L, 7L, 8L, 9L, 10L, 11L)
          .hasSizeBetween(QUEUED + 1, trials.size() - QUEUED - 1);
    }
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWhenTheServerIsKilledOrEndedUnderEightWorkers()
      throws IOException, InterruptedException {
    int port = freePort();
    Launcher.Started server = serve(port);
    Launcher.Started workers =
        OptunaEnvironment.start("optuna_workers.py", Integer.toString(port), "160");
    for (int kill = 1; kill <= 2; kill++) {
      await(workers, 40L * kill);
      server.process().descendants().forEach(ProcessHandle::destroyForcibly);
      server.process().destroyForcibly().waitFor();
      server = serve(port);
    }
    await(workers, 120);
    end(server);
    server = serve(port);
    assertThat(workers.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
    Launcher.Result done = workers.result();
    assertThat(done.exitCode()).as(done.err()).isZero();
    end(server);

    Map<Long, Double> acknowledged = new HashMap<>();
    for (String line : done.lines()) {
      String[] trial = line.split(" ", -1);
      acknowledged.put(Long.valueOf(trial[0]), Double.valueOf(trial[1]));
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(160);
    assertThat(completed()).containsAllEntriesOf(acknowledged);
    List<Long> numbers = numbers();
    assertThat(numbers).isEqualTo(LongStream.range(0, numbers.size()).boxed().toList());
    Launcher.Result verified = assay("verify");
    assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
  }

  private Launcher.Started serve(int port) throws IOException {
    return Launcher.start(
        directory, List.of(Launcher.ASSAY.toString(), "serve", "--grpc", Integer.toString(port)));
  }

  private static void end(Launcher.Started server) throws IOException, InterruptedException {
    server.process().destroy();
    assertThat(server.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    Launcher.Result ended = server.result();
    assertThat(ended.exitCode()).as(ended.err()).isZero();
  }

  private Launcher.Result assay(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--store", directory.resolve("assay-store").toString()));
    return Launcher.here(all.toArray(String[]::new));
  }

  /** Each complete trial's value by its number, as SQL has them. */
  private Map<Long, Double> completed() throws IOException {
    Launcher.Result query =
        assay(
            "query",
            "SELECT number, value FROM trials WHERE state = 'COMPLETE'",
            "--format",
            "json");
    assertThat(query.exitCode()).as(query.err()).isZero();
    Map<Long, Double> trials = new HashMap<>();
    for (JsonNode row : Json.parse(query.out())) {
      trials.put(row.path("number").longValue(), row.path("value").doubleValue());
    }
    return trials;
  }

  /** The numbers of all trials, those included that the kills have left unfinished. */
  private List<Long> numbers() {
    try (Store store = Store.open(directory.resolve("assay-store"))) {
      LiveTrials trials = store.liveTrials();
      LiveStudy study = trials.study(trials.studyIdOf("killed"));
      List<Long> numbers = new ArrayList<>(study.unfinished().keySet());
      trials.forEachFinished(study, 0, trial -> numbers.add(trial.number()));
      return numbers.stream().sorted().toList();
    }
  }

  private static void await(Launcher.Started workers, long lines)
      throws IOException, InterruptedException {
    while (Files.readString(workers.out()).lines().count() < lines) {
      assertThat(workers.process().isAlive()).as(Files.readString(workers.err())).isTrue();
      Thread.sleep(20);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
