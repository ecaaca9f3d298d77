package dev.assay.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.disk.Operation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedDiskTest {
  @TempDir Path directory;

  @Test
  void everyOperationIsSeenInItsOrder() throws IOException {
    DiskLog log = new DiskLog();
    Path watched = WatchedDisk.watch(directory, log);

    Path folder = Files.createDirectory(watched.resolve("folder"));
    Path file = folder.resolve("a");
    Files.writeString(file, "first");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'x'}), 2);
      channel.force(true);
    }
    Files.move(file, folder.resolve("b"), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
    assertThat(Files.readString(folder.resolve("b"))).isEqualTo("fixst");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("b"));
    }
    Files.delete(folder.resolve("b"));
    assertThat(Files.deleteIfExists(folder.resolve("b"))).isFalse();

    assertThat(log.operations().stream().map(Operation::kind))
        .containsExactly(
            Kind.MKDIR,
            Kind.CREATE,
            Kind.WRITE,
            Kind.WRITE,
            Kind.FORCE,
            Kind.RENAME,
            Kind.FORCE_DIRECTORY,
            Kind.READ,
            Kind.READ,
            Kind.DELETE);
    assertThat(log.operations().get(3).position()).isEqualTo(2);
    assertThat(log.count(Kind.RENAME, "**/b")).isOne();
    assertThat(log.count(Kind.WRITE, "**/a")).isEqualTo(2);
  }

  @Test
  void anOperationThatFailsIsNotDoneAndAWriteByHalf() throws IOException {
    Path watched = WatchedDisk.watch(directory, BadDisk.brokenAt(2)).resolve("a");
    assertThatThrownBy(() -> Files.writeString(watched, "four"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Input/output error");
    assertThat(Files.readString(watched)).isEqualTo("fo");

    Path other = WatchedDisk.watch(directory, BadDisk.brokenAt(1)).resolve("b");
    assertThatThrownBy(() -> Files.createDirectory(other)).isInstanceOf(IOException.class);
    assertThat(other).doesNotExist();
  }

  @Test
  void aFullDiskIsFullUntilItIsMended() throws IOException {
    BadDisk full = BadDisk.fullAt(3);
    Path watched = WatchedDisk.watch(directory, full);
    Files.writeString(watched.resolve("a"), "text");
    for (String name : List.of("b", "c")) {
      assertThatThrownBy(() -> Files.writeString(watched.resolve(name), "text"))
          .hasMessageContaining("No space left on device");
    }
    Files.delete(watched.resolve("a"));
    full.mend();
    Files.writeString(watched.resolve("b"), "text");
    assertThat(full.wentWrong()).isTrue();
    assertThatThrownBy(() -> Files.readString(watched.resolve("a")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
