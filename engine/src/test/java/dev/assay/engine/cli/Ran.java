package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a command did that ran in this process. */
record Ran(int exitCode, String out, String err) {
  static Ran assay(String... args) {
    return with(Map.of(), "", args);
  }

  /** Runs a command with this environment and standard input. */
  static Ran with(Map<String, String> environment, String input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            environment);
    int exitCode = Main.run(args, console);
    return new Ran(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Ran exits(int expected) {
    assertThat(exitCode).as("exit code; out: %s err: %s", out, err).isEqualTo(expected);
    return this;
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  /** The lines of {@link #out} as JSON. */
  List<JsonNode> json() {
    return outLines().stream().map(Ran::parsed).toList();
  }

  private static JsonNode parsed(String line) {
    try {
      return Json.parse(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }
}
