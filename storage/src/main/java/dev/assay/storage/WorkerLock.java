package dev.assay.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock on {@code lake/worker-<id>.lock} by which others see that a worker lives: the operating
 * system frees it with the process, however that ends, and keeps it while the process is suspended.
 */
final class WorkerLock implements AutoCloseable {
  /**
   * What this process holds. A process loses its lock on a file as soon as it closes any channel on
   * it, so the files of its own workers must not be opened a second time.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private WorkerLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  private static Path fileOf(Path lake, long workerId) throws IOException {
    return lake.toRealPath().resolve("worker-" + workerId + ".lock");
  }

  /**
   * @throws StoreException where a living worker has that id already
   */
  static WorkerLock hold(Path lake, long workerId) throws IOException {
    Path file = fileOf(lake, workerId);
    if (!HELD.add(file)) {
      throw taken(file, workerId);
    }
    try {
      FileChannel channel = locked(file, workerId);
      // Who looked between creation and lock took the file for a dead worker's and removed it.
      while (!Files.exists(file)) {
        channel.close();
        channel = locked(file, workerId);
      }
      return new WorkerLock(file, channel);
    } catch (IOException | RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static FileChannel locked(Path file, long workerId) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw taken(file, workerId);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static StoreException taken(Path file, long workerId) {
    return new StoreException(
        "%s: another process is worker %d already; two stores cannot share a worker"
            .formatted(file, workerId));
  }

  /** Whether the worker's process lives. What a dead one left behind is removed. */
  static boolean isHeld(Path lake, long workerId) throws IOException {
    Path file = fileOf(lake, workerId);
    // One thread at a time: two locks of one process on a file are an error.
    synchronized (HELD) {
      return HELD.contains(file) || (Files.exists(file) && !isAbandoned(file));
    }
  }

  private static boolean isAbandoned(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      Files.deleteIfExists(file);
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
    HELD.remove(file);
  }
}
