package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells people to type works as it is written. */
final class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

  /** This very command is what runs the test. */
  private static final String TEST_COMMAND = "mvn verify";

  @Test
  void everyCommandSucceedsInTheOrderInWhichItIsWritten(@TempDir Path directory)
      throws IOException, InterruptedException {
    List<String> commands = commands();
    assertThat(commands)
        .contains(TEST_COMMAND, "engine/bin/assay run datasets/studies/backtest.yaml");
    commands.remove(TEST_COMMAND);

    Map<String, String> failed = new LinkedHashMap<>();
    for (String command : commands) {
      boolean serves = command.contains("assay serve");
      Launcher.Result result =
          serves
              ? served(directory, command)
              : Launcher.run(directory, inProject(directory, command));
      if (result.exitCode() != 0 || (result.out().isBlank() && !serves)) {
        failed.put(command, result.toString());
      }
    }

    assertThat(failed).isEmpty();
  }

  /** A line of the README in the project's root, with a store outside of it. */
  private static List<String> inProject(Path directory, String command) {
    String line =
        "export ASSAY_STORE='%s'; cd '%s'; %s"
            .formatted(directory.resolve("store"), Launcher.ROOT.toAbsolutePath(), command);
    return List.of("bash", "-c", line);
  }

  /** Runs a line that goes on until it is ended, which it is when it says that it serves. */
  private static Launcher.Result served(Path directory, String command)
      throws IOException, InterruptedException {
    Launcher.Started started = Launcher.start(directory, inProject(directory, "exec " + command));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end
        && started.process().isAlive()
        && !Files.readString(started.err()).contains("Ctrl-C ends it")) {
      Thread.sleep(20);
    }
    boolean isServing = started.process().isAlive();
    started.process().destroy();
    assertThat(started.process().waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
    Launcher.Result result = started.result();
    assertThat(isServing).as(result.toString()).isTrue();
    assertThat(result.err()).contains("Ctrl-C ends it");
    return result;
  }

  private static List<String> commands() throws IOException {
    String readme = Files.readString(Launcher.ROOT.resolve("README.md"));
    List<String> commands = new ArrayList<>();
    BLOCK
        .matcher(readme)
        .results()
        .map((MatchResult block) -> block.group(1))
        .forEach(block -> commands.addAll(block.replace("\\\n", "").lines().toList()));
    return commands;
  }
}
