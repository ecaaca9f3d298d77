package dev.assay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.DedupGuard;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A run of 4,174 trials and 4 GB in the legacy form, made from a seed and one real run: 958
 * evaluated trials whose documents are as large as that run's largest, each with a result in the
 * cache, and 3,216 failures; configurations, logs and the guard. Documents differ in some digits,
 * as those of a long run do. In a temporary directory that is deleted at the close.
 */
final class LargeRun implements AutoCloseable {
  private static final int TRIALS = 4174;
  private static final int EVALUATED = 958;

  /** How many digits change from one large file to the next. */
  private static final int CHANGES = 200;

  private static final String PARAMETERS = "\"parameters\": ";

  private final Path root = Files.createTempDirectory("assay-bench");
  private final Path directory = Files.createDirectory(root.resolve("run_large"));
  private final SplittableRandom random = new SplittableRandom(7);
  private final Template evaluated;
  private final Template cached;
  private final Template failed;
  private final byte[] config;
  private final byte[] log;
  private final byte[] failedLog;
  private final ObjectNode params;

  /** A document before and after its parameters. */
  private static final class Template {
    private final byte[] before;
    private final byte[] after;

    Template(byte[] before, byte[] after) {
      this.before = before;
      this.after = after;
    }

    static Template of(byte[] document) {
      String text = new String(document, UTF_8);
      int start = text.indexOf(PARAMETERS) + PARAMETERS.length();
      int end = start;
      int depth = 0;
      do {
        char c = text.charAt(end++);
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      } while (depth > 0);
      return new Template(
          text.substring(0, start).getBytes(UTF_8), text.substring(end).getBytes(UTF_8));
    }

    /** The same with the parameters at the end, as sorted keys place them in the cache. */
    Template last() {
      String rest = new String(after, UTF_8);
      String inner = rest.substring(rest.indexOf(',') + 1, rest.lastIndexOf('}'));
      return new Template(
          ("{" + inner.stripTrailing() + ",\n  " + PARAMETERS).getBytes(UTF_8),
          "\n}\n".getBytes(UTF_8));
    }

    byte[] with(byte[] parameters) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(before);
      out.write(parameters);
      out.write(after);
      return out.toByteArray();
    }
  }

  private LargeRun(Path largest) throws IOException {
    Path run = largest.resolveSibling("");
    evaluated = Template.of(Files.readAllBytes(largest));
    cached = evaluated.last();
    params = (ObjectNode) Json.parse(Files.readAllBytes(largest)).get("parameters");
    config = Files.readAllBytes(beside(largest, "_config.json"));
    log = Files.readAllBytes(beside(largest, ".log"));
    Path failure = failure(run);
    failed = Template.of(Files.readAllBytes(failure));
    failedLog = Files.readAllBytes(beside(failure, ".log"));
    Files.copy(run.resolve("run_meta.json"), directory.resolve("run_meta.json"));
    Files.copy(run.resolve("best_trial.json"), directory.resolve("best_trial.json"));
  }

  /** Makes the run from the largest trial document below {@code legacy}, and what is beside it. */
  static LargeRun create(Path legacy) throws IOException {
    LargeRun run = new LargeRun(largest(legacy));
    run.write();
    return run;
  }

  private static Path largest(Path legacy) throws IOException {
    try (Stream<Path> files = Files.walk(legacy)) {
      return files
          .filter(file -> file.getFileName().toString().matches("trial_\\d+\\.json"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new IOException(legacy + " holds no trial file"));
    }
  }

  private static Path failure(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .filter(file -> file.getFileName().toString().matches("trial_\\d+\\.json"))
          .min(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new IOException(run + " holds no trial file"));
    }
  }

  private static Path beside(Path trial, String end) {
    return trial.resolveSibling(trial.getFileName().toString().replaceFirst("\\.json$", "") + end);
  }

  private void write() throws IOException {
    Path cache = Files.createDirectory(directory.resolve("_cache"));
    List<String> signatures = new ArrayList<>();
    for (int number = 1; number <= TRIALS; number++) {
      // Spread evenly among the failures.
      boolean ends = number * (long) EVALUATED / TRIALS > (number - 1) * (long) EVALUATED / TRIALS;
      String name = "trial_%03d".formatted(number);
      ObjectNode own = params.deepCopy();
      own.put("candidate", number);
      byte[] parameters = CanonicalJson.indentedBytes(own);
      if (ends) {
        change(evaluated.after);
        change(cached.before);
        Path result = cache.resolve(Signatures.shared().trialKey(own) + ".json");
        Files.write(result, cached.with(parameters));
        signatures.add(Signatures.shared().parameterSignature(own));
      }
      Files.write(directory.resolve(name + ".json"), (ends ? evaluated : failed).with(parameters));
      Files.write(directory.resolve(name + "_config.json"), config);
      Files.write(directory.resolve(name + ".log"), changed(ends ? log : failedLog));
    }
    try (DedupGuard guard = DedupGuard.open(directory.resolve("_dedup.db"))) {
      guard.addBatch(signatures);
    }
  }

  private byte[] changed(byte[] text) {
    byte[] copy = Arrays.copyOf(text, text.length);
    for (int i = 0; i < copy.length; i++) {
      if (copy[i] == '3') {
        copy[i] = (byte) ('0' + random.nextInt(10));
      }
    }
    return copy;
  }

  private void change(byte[] document) {
    for (int changed = 0; changed < CHANGES; ) {
      int at = random.nextInt(document.length);
      // Not the first digit of a number: it might be the only one.
      if (at > 0 && document[at] >= '0' && document[at] <= '9' && document[at - 1] == '3') {
        document[at] = (byte) ('0' + random.nextInt(10));
        changed++;
      }
    }
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
