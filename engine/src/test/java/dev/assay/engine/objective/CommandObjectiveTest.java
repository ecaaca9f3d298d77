package dev.assay.engine.objective;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CommandObjectiveTest {
  @TempDir Path folder;
  private ObjectNode params = Json.object();
  private Path log = Path.of("unset");

  @BeforeEach
  void start() throws Exception {
    params =
        (ObjectNode)
            Json.parse(
                """
                {"entry": {"fast": 3, "ratio": 0.1}, "name": "ö x", "on": true, "map": [1, 2.0]}
                """);
    log = folder.resolve("runs").resolve("trial_003.log");
  }

  /** A block whose command is {@code sh -c} with the script, in which braces are literal. */
  private static ObjectNode script(String script, String... arguments) {
    ObjectNode block = Json.object();
    String literal = script.replace("{", "{{").replace("}", "}}");
    block.putArray("command").add("sh").add("-c").add(literal).add("sh");
    Stream.of(arguments).forEach(block.withArray("command")::add);
    return block;
  }

  private PreparedObjective prepared(ObjectNode block) {
    return PreparedObjective.ofStudy(block, Json.object(), params, folder.resolve("study.yaml"));
  }

  private Evaluation evaluate(ObjectNode block) throws Exception {
    return prepared(block).objective().evaluate(Trial.fixed(2, params, -1, log));
  }

  private void assertFails(ObjectNode block, String message) {
    assertThatThrownBy(() -> evaluate(block))
        .isInstanceOf(ObjectiveException.class)
        .hasMessage(message);
  }

  @Test
  void theResultIsTheLastLineThatIsAJsonObject() throws Exception {
    Evaluation evaluation =
        evaluate(
            script(
                """
                echo '{"score": 1}'; echo '{"score": 2.5, "metrics": {"n": 3}, "note": "x"} '
                echo '{not json}'; echo done; printf '[1]'
                """));
    assertThat(evaluation.value()).isEqualTo(2.5);
    assertThat(evaluation.metrics()).hasToString("{\"n\":3}");
    assertThat(evaluation.extra()).hasToString("{\"note\":\"x\"}");
    assertThat(evaluation.constraintsOk()).isNull();
  }

  @Test
  void aLastLineNeedsNoEnd() throws Exception {
    assertThat(evaluate(script("printf '{\"value\": 4}'")).value()).isEqualTo(4);
  }

  @Test
  void theResultFileComesBeforeTheOutput() throws Exception {
    Evaluation evaluation =
        evaluate(script("echo '{\"score\": 1}'; echo '{\"score\": 7}' > \"$1\"", "{result_file}"));
    assertThat(evaluation.value()).isEqualTo(7);
  }

  @Test
  void theParametersReachTheCommand() throws Exception {
    Files.writeString(folder.resolve("shown"), "");
    evaluate(
        script(
            """
            for word; do echo "$word" >> shown; done
            cat "$1" >> shown
            echo '{"score": 1}'
            """,
            "{params_file}",
            "--fast={entry.fast}",
            "{entry.ratio}/{name}",
            "{on}{map}",
            "{number} {seed}",
            "{{literal}}"));
    List<String> lines = Files.readAllLines(folder.resolve("shown"));
    assertThat(lines.subList(1, 6))
        .containsExactly("--fast=3", "0.1/ö x", "true[1,2.0]", "2 2147483647", "{literal}");
    String json = String.join("\n", lines.subList(6, lines.size()));
    assertThat(Json.parse(json)).isEqualTo(params);
    assertThat(json).contains("\"name\": \"\\u00f6 x\"");
    assertThat(Path.of(lines.get(0))).doesNotExist();
  }

  @Test
  void aParameterMayBeCalledLikeAPlaceholder() throws Exception {
    params = Json.object().put("seed", 5);
    assertThat(evaluate(script("echo \"{\\\"score\\\": $1}\"", "{seed}")).value()).isEqualTo(5);
  }

  @Test
  void theCommandLineMayComeFromAnOption() throws Exception {
    PreparedObjective prepared =
        PreparedObjective.ofCommand(
            "sh -c 'pwd; echo \"{{\\\"score\\\": $1}}\"' sh {entry.fast}",
            Json.object(),
            params,
            Json.object(),
            folder);
    assertThat(prepared.objective().evaluate(Trial.fixed(0, params, 1, log)).value()).isEqualTo(3);
    assertThat(log).content().contains(folder.toRealPath().toString());
  }

  @Test
  void theEnvironmentNamesTheTrial() throws Exception {
    Evaluation evaluation =
        evaluate(
            script(
                """
                echo "{\\"score\\": $GENESIS_RANDOM_SEED,
                """
                        .strip()
                    + " \\\"n\\\": $ASSAY_TRIAL_NUMBER, \\\"s\\\": $ASSAY_SEED}\""));
    String seed = System.getenv().getOrDefault("GENESIS_RANDOM_SEED", "42");
    assertThat(evaluation.value()).isEqualTo(Double.parseDouble(seed));
    assertThat(evaluation.extra()).hasToString("{\"n\":2,\"s\":2147483647}");
  }

  @Test
  void theLogHasTheCommandAndAllOutput() throws Exception {
    evaluate(script("echo out; echo err >&2; echo '{\"score\": 1}'", "a b"));
    List<String> lines = Files.readAllLines(log);
    assertThat(lines.get(0)).startsWith("$ sh -c 'echo out;").endsWith("sh 'a b'");
    assertThat(lines.subList(1, lines.size()))
        .containsExactlyInAnyOrder("out", "err", "{\"score\": 1}");
  }

  @Test
  void aFailedCommandSaysItsExitCodeAndItsLastWord() {
    assertFails(
        script("echo out; printf 'first\\nboom\\there\\n\\n' >&2; exit 3"),
        "the command ended with exit code 3: boom here; see trial_003.log");
    assertThat(log).content().contains("\n[the command ended with exit code 3: boom here]\n");
    assertFails(
        script("echo only out; exit 1"),
        "the command ended with exit code 1: only out; see trial_003.log");
    assertFails(script("exit 1"), "the command ended with exit code 1; see trial_003.log");
  }

  @Test
  void aCommandThatASignalEndsSaysSo() {
    assertFails(
        script("kill -9 $$"), "the command ended with exit code 137 (signal 9); see trial_003.log");
  }

  @Test
  void aResultThatIsNoneIsSaid() {
    assertFails(
        script("echo hello"),
        "the command gave no result: it wrote no {result_file}, and no line of its output is a"
            + " JSON object, expected one such as {\"score\": 1.5}; see trial_003.log");
    assertFails(
        script("echo '{\"metrics\": {}}'"),
        "the command's result has no score, expected a member such as \"score\": 1.5;"
            + " see trial_003.log");
    assertFails(script("echo '{\"score\": NaN}'"), "the command's score is NaN; see trial_003.log");
    assertFails(
        script("echo '{\"score\": 1,' > $1", "{result_file}"),
        "the command's {result_file} is not JSON: line 2, column 1: found the end of the text,"
            + " expected a key in double quotes; see trial_003.log");
    assertFails(
        script("echo 1.5 > $1", "{result_file}"),
        "the command's {result_file} holds 1.5, expected a JSON object; see trial_003.log");
  }

  @Test
  void aParameterThatTakesNoPartIsEmptyText() throws Exception {
    ObjectNode block = script("printf '{\"score\": 1%s}' \"$1\"", "{entry.fast}");
    Evaluation evaluation =
        prepared(block).objective().evaluate(Trial.fixed(0, Json.object(), 0, log));
    assertThat(evaluation.value()).isEqualTo(1);
  }

  @Test
  void theTimeoutEndsTheCommandAndItsChildren() throws Exception {
    ObjectNode block =
        script("sleep 1000 & echo $! > child; sleep 1001 & echo $! >> child; wait")
            .put("timeout", 0.3);
    long start = System.nanoTime();
    assertFails(block, "the command was ended after its timeout of 0.3 s; see trial_003.log");
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(4));
    assertAllGone();
  }

  @Test
  void whatIgnoresBeingAskedIsKilled() throws Exception {
    ObjectNode block =
        script(
                "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 1; done' &"
                    + " while :; do sleep 1; done")
            .put("timeout", "1s");
    assertFails(block, "the command was ended after its timeout of 1 s; see trial_003.log");
    assertAllGone();
  }

  private void assertAllGone() throws IOException {
    List<String> children = Files.readAllLines(folder.resolve("child"));
    assertThat(children).isNotEmpty();
    for (String child : children) {
      assertThat(isRunning(Long.parseLong(child))).as("process " + child).isFalse();
    }
  }

  /** A process that nobody has waited for yet is listed, but does not run. */
  private static boolean isRunning(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    boolean listed = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    return listed && !(Files.exists(stat) && Files.readString(stat).contains(") Z "));
  }

  @Test
  void anInterruptEndsTheCommandAndItsChildren() throws Exception {
    PreparedObjective prepared =
        prepared(script("sleep 1000 & echo $! > child; touch started; wait"));
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                prepared.objective().evaluate(Trial.fixed(0, params, 0, log));
              } catch (InterruptedException stop) {
                interrupted.countDown();
              } catch (Exception failed) {
                throw new AssertionError(failed);
              }
            });
    thread.start();
    while (!Files.exists(folder.resolve("started"))) {
      Thread.sleep(5);
    }
    thread.interrupt();
    assertThat(interrupted.await(4, TimeUnit.SECONDS)).isTrue();
    assertAllGone();
  }

  @Test
  void whatIsLeftInTheBackgroundIsNotWaitedFor() throws Exception {
    long start = System.nanoTime();
    Evaluation evaluation = evaluate(script("sleep 30 & echo $! > child; echo '{\"score\": 1}'"));
    assertThat(evaluation.value()).isEqualTo(1);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(15));
    long child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
    ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void aFailedAttemptIsTriedAgain() throws Exception {
    ObjectNode block =
        script("if [ -e once ]; then echo '{\"score\": 1}'; else touch once; exit 9; fi")
            .put("attempts", 3);
    Evaluation evaluation = evaluate(block);
    assertThat(evaluation.extra().path("attempt_durations")).hasSize(2);
    assertThat(log).content().contains("[the command ended with exit code 9]\n$ sh -c");
    assertFails(
        script("exit 9").put("attempts", 2),
        "the command ended with exit code 9 (the last of 2 attempts); see trial_003.log");
  }

  @Test
  void aScoreVersionOfTheStudyIsTheDefault() throws Exception {
    ObjectNode block = script("echo '{\"score\": 1}'").put("score_version", "v7");
    assertThat(evaluate(block).scoreVersion()).isEqualTo("v7");
  }

  @Test
  void theInputIsEmpty() throws Exception {
    assertThat(evaluate(script("cat; echo '{\"score\": 1}'")).value()).isEqualTo(1);
  }

  @Test
  void aLogThatCannotBeWrittenIsSaid() throws Exception {
    Files.writeString(folder.resolve("runs"), "a file");
    assertThatThrownBy(() -> evaluate(script("echo '{\"score\": 1}'")))
        .isInstanceOf(ObjectiveException.class)
        .hasMessageStartingWith("cannot write the log " + log + ": ");
  }

  @Test
  void aProgramBesideTheStudyRunsByItsPath() throws Exception {
    Path program = folder.resolve("objective");
    Files.writeString(program, "#!/bin/sh\necho '{\"score\": 8}'\n");
    ObjectNode block = Json.object().put("command", "./objective");
    assertThatThrownBy(() -> prepared(block))
        .hasMessage(
            "%s: the command's program %s is not an executable file: chmod +x it, or name what runs it"
                .formatted(folder.resolve("study.yaml"), program));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(evaluate(block).value()).isEqualTo(8);
  }

  @Test
  void manyThreadsRunCommandsAtOnce() throws Exception {
    PreparedObjective prepared = prepared(script("echo \"{\\\"score\\\": $1}\"", "{number}"));
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try {
      List<Future<Evaluation>> results = new ArrayList<>();
      for (int number = 0; number < 40; number++) {
        Trial trial = Trial.fixed(number, params, 0, folder.resolve(number + ".log"));
        results.add(workers.submit(() -> prepared.objective().evaluate(trial)));
      }
      for (int number = 0; number < results.size(); number++) {
        assertThat(results.get(number).get().value()).isEqualTo(number);
      }
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void aFloodOfOutputFitsIntoASmallHeap() throws Exception {
    Process flood =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                Flood.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(flood.getInputStream().readAllBytes(), UTF_8);
    assertThat(flood.waitFor()).as(output).isZero();
    assertThat(output).contains("score 5.0");
    assertThat(Files.size(folder.resolve("flood.log")))
        .isBetween((long) TrialLog.LIMIT, TrialLog.LIMIT + TrialLog.TAIL + 200L);
    assertThat(Files.readString(folder.resolve("flood.log")))
        .contains("bytes left out: a log holds")
        .endsWith("{\"score\": 5}\n");
  }

  /** A trial whose command prints 200 MB in short lines and 50 MB in one. */
  static final class Flood {
    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      ObjectNode block =
          script(
              """
              yes 'a line of some length that is not a result' | head -c 200000000
              yes '{' | tr -d '\\n' | head -c 50000000; echo; echo '{"score": 5}'
              """);
      PreparedObjective prepared =
          PreparedObjective.ofStudy(
              block, Json.object(), Json.object(), folder.resolve("study.yaml"));
      Evaluation evaluation =
          prepared
              .objective()
              .evaluate(Trial.fixed(0, Json.object(), 0, folder.resolve("flood.log")));
      System.out.println("score " + evaluation.value());
    }
  }
}
