package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A Python that has the systems which ours are compared with.
 *
 * @param command the interpreter
 */
record Python(String command) {
  /**
   * Runs a script of this package to its end.
   *
   * @param lines gets each line of its output, which is JSON, as soon as it is there
   * @throws IOException where it cannot be run, fails, or prints something else
   */
  void run(String script, Consumer<JsonNode> lines, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(command, "-"));
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (OutputStream in = process.getOutputStream();
        InputStream text = Python.class.getResourceAsStream(script)) {
      if (text == null) {
        throw new IOException("there is no " + script);
      }
      text.transferTo(in);
    }
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.accept(Json.parse(line));
      }
    }
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s ended with exit code %d".formatted(command, process.exitValue()));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
