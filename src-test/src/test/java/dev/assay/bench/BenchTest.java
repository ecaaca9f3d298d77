package dev.assay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Everything but the measuring, which takes minutes. */
class BenchTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    PrintStream stdout = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Bench(stdout, stderr, Path.of("unused.log")).run(List.of(args));
  }

  @Test
  void withoutNamesItListsTheBenchmarksOneALine() {
    assertThat(run()).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSize(Suite.ALL.size() + 1)
        .first()
        .asString()
        .startsWith("legacy-table ");
    assertThat(err.size()).isZero();
  }

  @Test
  void aNameThatIsNotThereIsAUsageError() {
    assertThat(run("legacy-table", "nope")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("bench: there is no benchmark 'nope', expected one of legacy-table, ");
    assertThat(out.size()).isZero();
  }

  @Test
  void anOptionThatIsNotThereIsAUsageError() {
    assertThat(run("--fast")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("bench: there is no option --fast")
        .contains("Usage: bench");
  }

  @Test
  void aFigureStandsBesideThePeers() throws IOException {
    Double peer = Peers.load(null).milliseconds("legacy-table", "signatures x 1,000", "warm");
    Figure figure =
        new Figure("legacy-table", "signatures x 1,000", "warm", "ms", 4, 3, 5, 15, peer);
    assertThat(figure.line()).contains("4.000 ms").endsWith("peer 16.0 ms, ratio 4.00");
    JsonNode json = Json.parse(figure.jsonLine());
    assertThat(json.get("ratio").doubleValue()).isEqualTo(4);
    assertThat(json.get("peer").doubleValue()).isEqualTo(16);
  }

  @Test
  void theSampleRunIsInTheLegacyFormAndGoesAway() throws IOException {
    Path directory;
    try (SampleRun run = SampleRun.create(5)) {
      directory = run.directory();
      Map<String, JsonNode> trials = RunFiles.load(directory, new Signatures(10, 10));
      assertThat(trials).hasSize(5);
      assertThat(trials.values())
          .allSatisfy(trial -> assertThat(trial.at("/score/score").isDouble()).isTrue());
      assertThat(Files.size(directory.resolve("trial_001.json"))).isBetween(4_000L, 8_000L);
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void theQualityOfSamplersIsALineForEachFunctionAndSampler() throws Exception {
    assertThat(
            run(
                "sampler-quality",
                "--functions",
                "branin,mixed",
                "--samplers",
                "random,tpe_uni",
                "--seeds",
                "2",
                "--json"))
        .isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(4);
    JsonNode tpe = Json.parse(lines.get(1));
    assertThat(tpe.path("sampler").textValue()).isEqualTo("tpe_uni");
    assertThat(tpe.path("after_200").path("median").doubleValue()).isBetween(0.3978, 1.0);
    assertThat(run("sampler-quality", "--functions", "nope")).isEqualTo(2);
  }

  @Test
  void ranksAreComparedAsMannAndWhitneyDo() {
    double[] low = {1, 2, 3, 4, 5};
    double[] high = {6, 7, 8, 9, 10};
    // U = 25 of 25: z = (12.5 - 0.5) / sqrt(25 * 11 / 12).
    assertThat(MannWhitney.larger(high, low)).isCloseTo(0.00609, within(1e-5));
    assertThat(MannWhitney.larger(low, high)).isGreaterThan(0.99);
    assertThat(MannWhitney.larger(low, low)).isCloseTo(0.5417, within(1e-3));
  }
}
