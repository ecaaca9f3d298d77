package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileReadingTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  @TempDir Path directory;

  private static SourceFile listed(Path file) throws IOException {
    return new SourceFile(
        file,
        file.getFileName().toString(),
        Files.size(file),
        Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
  }

  @Test
  void fileThatHoldsStillIsAsListed() throws Exception {
    Path file = Files.write(directory.resolve("a"), new byte[3_000_000]);
    FileReading reading = FileReading.of(listed(file));
    assertThat(reading.state()).isEqualTo(FileReading.State.AS_LISTED);
    assertThat(reading.content()).hasSize(3_000_000);
  }

  @Test
  void fileThatGrewSinceItWasListedIsNewer() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "one");
    SourceFile listed = listed(file);
    Files.writeString(file, "three");
    FileReading reading = FileReading.of(listed);
    assertThat(reading.state()).isEqualTo(FileReading.State.NEWER);
    assertThat(reading.content()).asString().isEqualTo("three");
  }

  @Test
  void fileThatKeepsGrowingIsReadTwiceAndSaidToMove() throws Exception {
    Path file = Files.write(directory.resolve("a"), new byte[1 << 20]);
    SourceFile listed = listed(file);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                while (!stop.get()) {
                  out.write(1);
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    try {
      FileReading.State state = FileReading.State.AS_LISTED;
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (System.nanoTime() < end && state != FileReading.State.MOVING) {
        state = FileReading.of(listed).state();
      }
      assertThat(state).isEqualTo(FileReading.State.MOVING);
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void missingFileAndLinkAreErrors() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "x");
    SourceFile listed = listed(file);
    Files.delete(file);
    assertThatThrownBy(() -> FileReading.of(listed)).isInstanceOf(IOException.class);
    Files.createSymbolicLink(file, Path.of("/etc/passwd"));
    assertThatThrownBy(() -> FileReading.of(listed)).hasMessage("no longer a regular file");
  }
}
