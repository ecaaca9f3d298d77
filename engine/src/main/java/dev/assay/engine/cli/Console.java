package dev.assay.engine.cli;

import dev.assay.storage.PrintableText;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes.
 *
 * @param out results, in UTF-8; flushed at the end, and by whoever wants a line seen at once
 * @param err everything else
 * @param environment the variables that the process was given
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
  /** One line for the user, on {@link #err}. */
  void note(String message) {
    err.println("assay: " + PrintableText.of(message));
  }

  /** Lines for the user, on {@link #out}: whatever names they hold, each stays one line. */
  void show(List<String> lines) {
    lines.forEach(line -> out.println(PrintableText.of(line)));
  }

  /** An environment variable; null where it is not set or blank. */
  @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** Whether {@link #err} is a terminal, as the launcher found it. */
  boolean isTerminal() {
    return "1".equals(variable("ASSAY_TERMINAL"));
  }

  /** Whether {@link #out} is a terminal, as the launcher found it. */
  boolean isOutputTerminal() {
    return "1".equals(variable("ASSAY_OUTPUT_TERMINAL"));
  }

  /** Whether a person may be asked: {@link #in} and {@link #err} are a terminal. */
  boolean isInteractive() {
    return "1".equals(variable("ASSAY_INTERACTIVE"));
  }

  /** How the user called this program, for commands to copy. */
  String program() {
    String program = variable("ASSAY_PROGRAM");
    return program == null ? "assay" : Shell.quoted(program);
  }
}
