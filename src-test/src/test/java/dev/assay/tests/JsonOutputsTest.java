package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.cli.Main;
import dev.assay.storage.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What programs read from commands with {@code --json} is what json-outputs.txt lists. */
final class JsonOutputsTest {
  /** Objects whose members are the study's own. */
  private static final Pattern FREE = Pattern.compile(".*\\.(metrics|parameters|options)");

  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z][-a-z]*)(?=[, ] *)");

  /** The types that each field was seen with, by command and path. */
  private final SortedMap<String, SortedSet<String>> fields = new TreeMap<>();

  private final SortedSet<String> commands = new TreeSet<>();

  @TempDir private Path directory;

  /** Runs a command with {@code --json} on the store and takes down what it prints. */
  private void take(String command, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--store", directory.resolve("store").toString()));
    takeAsIs(command, all.toArray(String[]::new));
  }

  private void takeAsIs(String command, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(command.split(" ")));
    all.addAll(List.of(arguments));
    all.add("--json");
    takeLines(command, Launcher.here(all.toArray(String[]::new)).out());
  }

  private void takeLines(String command, String out) throws IOException {
    assertThat(out).as(command).isNotBlank();
    commands.add(command);
    for (String line : out.lines().toList()) {
      takeFields(command + " ", Json.parse(line));
    }
  }

  private void takeFields(String path, JsonNode value) {
    if (value.isArray() && !value.isEmpty()) {
      value.forEach(element -> takeFields(path + "[]", element));
    } else if (value.isObject() && !FREE.matcher(path).matches()) {
      String prefix = path.endsWith(" ") ? path : path + ".";
      value.properties().forEach(member -> takeFields(prefix + member.getKey(), member.getValue()));
    } else {
      fields.computeIfAbsent(path, key -> new TreeSet<>()).add(type(value));
    }
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "text";
      case BOOLEAN -> "truth value";
      case NUMBER -> value.isIntegralNumber() ? "whole number" : "number";
      case ARRAY -> "empty array";
      case OBJECT -> "object";
      default -> "null";
    };
  }

  @Test
  void theFieldsOfNoCommandHaveChangedUnannounced() throws Exception {
    takeAll();
    SortedSet<String> lines = new TreeSet<>();
    fields.forEach((path, types) -> lines.add(path + ": " + String.join(" or ", types)));
    Listing.requireSame("What --json prints", "json-outputs.txt", lines, JsonOutputsTest.class);
    assertThat(commands).as("commands that this test runs").isEqualTo(withJson("", "--help"));
  }

  private void takeAll() throws Exception {
    String validated =
        "{builtin: sphere}\nvalidation: {top_n: 2, constraints: {include_scoring_failures: true}}";
    take("run", study("good", validated));
    take("run", study("bad", "{command: 'false'}"));
    takeAsIs("check", directory.resolve("bad.yaml").toString());
    takeAsIs("check", discreteStudy());
    for (String each : List.of("good", "bad")) {
      take("summary", each);
    }
    take("summary", "good", "bad");
    take("importance", "good");
    take("diff", "good", "bad");
    take("explain", "good", "0");
    take("explain", "bad", "0", "--with", "1");
    take("migrate", Launcher.ROOT.resolve("datasets/legacy-run").toString());
    take("migrate", unreadableRun(), "--link");
    takeAsIs("doctor", Launcher.ROOT.resolve("datasets/legacy-run").toString());
    takeAsIs(
        "doctor", directory.resolve("run_1").toString(), directory.resolve("good.yaml").toString());
    take("watch", runUnderWay(), "--once", "--every", "0.1s");
    take("summary", "legacy-run");
    take("synergy", "legacy-run");
    take("stats");
    guard();
    serve();
    take("verify");
    take("compact", "good");
    take("restore", "good", directory.resolve("restored").toString());
    take("export", "good", "--to", directory.resolve("good.db").toString());
    takeAsIs("doctor", directory.resolve("good.db").toString());
    take("delete", "bad", "--yes");
    damage();
    take("verify");
    take("restore", "legacy-run", directory.resolve("rest").toString());
    take("repair");
  }

  /** It says where it listens, and goes on until it is ended. */
  private void serve() throws Exception {
    String store = directory.resolve("store").toString();
    String[] command = {
      "serve", "--grpc", "0", "--flight", "0", "--store", store, "--json",
    };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CountDownLatch told = new CountDownLatch(1);
    PrintStream lines =
        new PrintStream(out, false, StandardCharsets.UTF_8) {
          @Override
          public void flush() {
            super.flush();
            told.countDown();
          }
        };
    Thread server =
        new Thread(
            () -> Main.run(command, lines, new PrintStream(OutputStream.nullOutputStream())));
    server.start();
    boolean any = told.await(60, TimeUnit.SECONDS);
    server.interrupt();
    server.join();
    assertThat(any).isTrue();
    takeLines("serve", out.toString(StandardCharsets.UTF_8));
  }

  private void guard() throws IOException {
    String parameters = write("parameters.jsonl", "{\"x\": 1}\n").toString();
    take("guard add", parameters, "--study", "good");
    take("guard seen", parameters, "--study", "good");
    take("guard import", parameters, "--study", "good");
    take("guard remove", parameters, "--study", "good");
  }

  private String study(String name, String objective) throws IOException {
    return write(
            name + ".yaml",
            """
            study: %s
            direction: minimize
            trials: 3
            workers: 1
            seed: 1
            objective: %s
            parameters:
              x: {type: float, low: -1.0, high: 1.0}
            """
                .formatted(name, objective))
        .toString();
  }

  private String discreteStudy() throws IOException {
    return write(
            "discrete.yaml",
            """
            {trails: 3, timeout: 1h, sampler: tpe, pruner: median, objective: {command: 'no-such'},
             parameters: {x: {type: int, low: 1, high: 3}}}
            """)
        .toString();
  }

  private String runUnderWay() throws IOException {
    Path run = Files.createDirectories(directory.resolve("run_2"));
    Path torn = Files.writeString(run.resolve("trial_001.json"), "{\"trial_id\": ");
    Files.setLastModifiedTime(torn, FileTime.fromMillis(0));
    return run.toString();
  }

  private String unreadableRun() throws IOException {
    Path run = Files.createDirectories(directory.resolve("run_1"));
    Files.writeString(run.resolve("trial_001.json"), "{\"trial_id\": ");
    return run.toString();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** Damages every archived file. */
  private void damage() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("store/lake/files"))) {
      for (Path part : files.filter(file -> file.toString().contains("part-")).toList()) {
        if (Files.isRegularFile(part)) {
          Files.writeString(part, "damaged");
        }
      }
    }
  }

  /** The commands that have the option, after their own help. */
  private SortedSet<String> withJson(String prefix, String... arguments) {
    SortedSet<String> found = new TreeSet<>();
    String help = Launcher.here(arguments).out();
    int list = help.indexOf("Commands:");
    if (list < 0) {
      return help.contains("--json") ? new TreeSet<>(List.of(prefix.strip())) : found;
    }
    String names = help.substring(list, help.indexOf("Examples:", list));
    COMMAND
        .matcher(names)
        .results()
        .forEach(
            command -> {
              String name = prefix + command.group(1);
              List<String> words = new ArrayList<>(List.of(name.split(" ")));
              words.add("--help");
              found.addAll(withJson(name + " ", words.toArray(String[]::new)));
            });
    return found;
  }
}
