package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      Launcher.Result result = inProject(directory, command);
      if (result.exitCode() != 0 || result.out().isBlank()) {
        failed.put(command, result.toString());
      }
    }

    assertThat(failed).isEmpty();
  }

  /** Runs a line of the README in the project's root, with a store outside of it. */
  private static Launcher.Result inProject(Path directory, String command)
      throws IOException, InterruptedException {
    String line =
        "export ASSAY_STORE='%s'; cd '%s'; %s"
            .formatted(directory.resolve("store"), Launcher.ROOT.toAbsolutePath(), command);
    return Launcher.run(directory, List.of("bash", "-c", line));
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
