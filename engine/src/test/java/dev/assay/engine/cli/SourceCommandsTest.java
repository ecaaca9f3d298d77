package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read what other systems wrote. */
@Timeout(120)
final class SourceCommandsTest {
  @TempDir private Path directory;

  /** A file that nobody has written to for long. */
  private static void write(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
  }

  @Test
  void namesGiveNoOrdersToTheTerminal() throws IOException {
    String name = "run_\u001b[31m\n\u009b2J";
    String runs = directory.resolve("runs").toString();
    Path run = Files.createDirectories(Path.of(runs, name));
    write(run.resolve("trial_001.json"), "{\"params\": {\"x\": 1}, \"score\": 2.0}");
    write(run.resolve("trial_002\u0007.json"), "{");
    String store = directory.resolve("store").toString();
    List<Ran> all =
        List.of(
            Ran.assay("doctor", runs),
            Ran.assay("migrate", runs, "--store", store),
            Ran.assay("migrate", runs, "--store", store, "--dry-run"),
            Ran.assay("export", name, "--to", directory + "/x\u001b.csv", "--store", store),
            Ran.assay("migrate", directory + "/none\u001b", "--store", store),
            Ran.assay("watch", runs, "--once", "--every", "0.1s", "--store", store + "2"));
    for (Ran ran : all) {
      assertThat(ran.out() + ran.err()).contains("\\u001b").matches("[\\n\\P{Cc}]*");
    }
    assertThat(all.get(1).out())
        .contains("run_\\u001b[31m\\n\\u009b2J: 1 trial (1 complete), 2 files");
  }

  @Test
  void aZoneThatThereIsNotIsNamedWithWhatWasExpected() {
    assertThat(Ran.assay("migrate", directory.toString(), "--source-tz", "Foo").exits(2).err())
        .isEqualTo(
            "assay: --source-tz is 'Foo', expected a zone such as UTC, Europe/Vienna or +02:00\n");
  }
}
