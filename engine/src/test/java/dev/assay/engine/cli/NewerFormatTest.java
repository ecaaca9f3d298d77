package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store of a later version of Assay: no command reads it or changes a byte of it. */
@Timeout(120)
final class NewerFormatTest {
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z][-a-z]*)(?=[, ] *)");

  /** A command's own help, which has a store. */
  private static final String USAGE = "(?s).*Usage: assay %s .*--store.*";

  @TempDir private Path directory;

  @Test
  void everyCommandRefusesItAndLeavesItAsItIs() throws IOException {
    Path store = directory.resolve("s");
    Store.open(store).close();
    Files.writeString(store.resolve("store.json"), "{\"format\": 2, \"shape\": \"unknown\"}");
    String study = SmallStudy.write(directory, "s").toString();
    String signatures = Files.writeString(directory.resolve("sig.txt"), "{\"x\": 1}\n").toString();
    String run = Files.createDirectory(directory.resolve("run_1")).toString();
    Files.writeString(directory.resolve("run_1/trial_001.json"), "{\"trial_id\": 1}");
    Map<String, List<String>> commands = new TreeMap<>();
    commands.put("run", List.of(study));
    commands.put("query", List.of("SELECT 1"));
    commands.put("summary", List.of("s"));
    commands.put("report", List.of("s", "-o", directory.resolve("s.html").toString()));
    commands.put("importance", List.of("s"));
    commands.put("synergy", List.of("s"));
    commands.put("diff", List.of("s", "s"));
    commands.put("explain", List.of("s", "1"));
    commands.put("stats", List.of());
    commands.put("verify", List.of());
    commands.put("compact", List.of("s"));
    commands.put("repair", List.of());
    commands.put("jdbc-url", List.of());
    commands.put("migrate", List.of(run));
    commands.put("export", List.of("s", "--to", directory.resolve("s.jsonl").toString()));
    commands.put("export-config", List.of("s", "1"));
    commands.put("watch", List.of(run, "--once"));
    commands.put("restore", List.of("s", directory.resolve("restored").toString()));
    commands.put("delete", List.of("s", "--yes"));
    commands.put("serve", List.of("--grpc", "0", "--flight", "0"));
    for (String guard : List.of("add", "seen", "import", "remove")) {
      commands.put("guard " + guard, List.of(signatures, "--study", "s"));
    }
    assertThat(commands.keySet().stream().map(name -> name.split(" ", -1)[0]))
        .as("every command that has a store")
        .containsAll(namesWithStore());
    Map<String, String> before = contents(directory);

    commands.forEach(
        (name, arguments) -> {
          List<String> all = new ArrayList<>(List.of(name.split(" ", -1)));
          all.addAll(arguments);
          all.addAll(List.of("--store", store.toString()));
          Ran ran = Ran.assay(all.toArray(String[]::new)).exits(1);
          assertThat(ran.err()).as(name).contains("is of format 2");
          assertThat(ran.out()).as(name).isEmpty();
        });

    assertThat(contents(directory)).isEqualTo(before);
  }

  private static List<String> namesWithStore() {
    List<String> names =
        COMMAND
            .matcher(Ran.assay("--help").exits(0).out())
            .results()
            .map((MatchResult command) -> command.group(1))
            .distinct()
            .filter(name -> Ran.assay(name, "--help").out().matches(USAGE.formatted(name)))
            .toList();
    assertThat(names).contains("summary", "repair");
    return names;
  }

  /** Each file with what it holds. */
  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        contents.put(
            root.relativize(file).toString(),
            Files.isRegularFile(file) ? Arrays.toString(Files.readAllBytes(file)) : "");
      }
    }
    return contents;
  }
}
