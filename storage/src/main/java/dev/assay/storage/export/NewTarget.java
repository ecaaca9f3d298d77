package dev.assay.storage.export;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.Disk;
import dev.assay.storage.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file or directory that is written beside its place and gets its name when it is whole. Closing
 * without {@link #publish} leaves what was there. A process that is killed leaves a hidden file
 * beside it, which names the process; the next export to this place removes it. Used by one thread.
 */
public final class NewTarget implements AutoCloseable {
  /** What SQLite leaves beside a database, and would take for a new one's. */
  private static final List<String> JOURNALS = List.of("-wal", "-journal");

  /** Behind the target's name: process, its beginning, how many there were, SQLite's files. */
  private static final String LEFTOVER =
      "\\.([0-9]{1,18})-([0-9]{1,18})\\.[0-9]+\\.tmp(-wal|-shm|-journal)?";

  private static final AtomicLong COUNT = new AtomicLong();

  private final Path target;
  private final IfThere ifThere;
  private final Path temporary;

  private NewTarget(Path target, IfThere ifThere) {
    this.target = target;
    this.ifThere = ifThere;
    this.temporary =
        target.resolveSibling(
            ".%s.%s.%d.tmp"
                .formatted(
                    target.getFileName(), name(ProcessHandle.current()), COUNT.getAndIncrement()));
  }

  /** A process's number, and when it began: numbers are given again. */
  private static String name(ProcessHandle process) {
    return process.pid()
        + "-"
        + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /**
   * Begins a new file or directory.
   *
   * @throws StoreException where something is there that may not be replaced: any file without
   *     {@link IfThere#REPLACE}, a directory that is not empty, a database with a journal
   */
  public static NewTarget at(Path path, IfThere ifThere) {
    Path target = path.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null) {
      throw new StoreException("%s cannot be written to; name a file in it".formatted(path));
    }
    NewTarget begun = new NewTarget(target, ifThere);
    try {
      begun.requireFree();
      Files.createDirectories(parent);
      removeLeftovers(parent, target.getFileName().toString());
    } catch (IOException e) {
      throw failed(target, e);
    }
    return begun;
  }

  /** Removes what exports to the same place left whose processes are no more. */
  private static void removeLeftovers(Path parent, String name) throws IOException {
    Pattern form = Pattern.compile(Pattern.quote("." + name) + LEFTOVER);
    List<Path> leftovers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
      for (Path entry : entries) {
        Matcher left = form.matcher(entry.getFileName().toString());
        if (left.matches() && !isAlive(left.group(1), left.group(2))) {
          leftovers.add(entry);
        }
      }
    }
    for (Path leftover : leftovers) {
      remove(leftover);
    }
  }

  private static boolean isAlive(String pid, String begun) {
    return ProcessHandle.of(Long.parseLong(pid))
        .map(process -> name(process).equals(pid + "-" + begun))
        .orElse(false);
  }

  private void requireFree() throws IOException {
    for (String journal : JOURNALS) {
      Path left = target.resolveSibling(target.getFileName() + journal);
      if (Files.exists(left)) {
        throw new StoreException(
            "%s belongs to a database that is in use or was cut off; end its user, open it once, or name another target"
                .formatted(left));
      }
    }
    if (!Files.exists(target)) {
      return;
    }
    if (Files.isDirectory(target)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
        if (entries.iterator().hasNext()) {
          throw new StoreException(
              "%s is a directory with files in it, which stays as it is; name another target"
                  .formatted(target));
        }
      }
    } else if (ifThere == IfThere.REFUSE) {
      throw new StoreException(
          "%s is there already; name another target, or replace it with --force".formatted(target));
    }
  }

  /** Where to write; nothing is there yet. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Syncs what was written and gives it its name.
   *
   * @return its size in bytes, that of all files where it is a directory
   */
  public long publish() {
    try {
      requireFree();
      long bytes = sync();
      Disk.putOver(temporary, target);
      return bytes;
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  private long sync() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Disk.sync(file);
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** What to say where it cannot be written. */
  private static StoreException failed(Path target, IOException e) {
    String reason = requireNonNull(e.toString());
    return new StoreException("cannot write %s: %s".formatted(target, reason), e);
  }

  @Override
  public void close() {
    if (!Files.exists(temporary)) {
      return;
    }
    try {
      remove(temporary);
    } catch (IOException e) {
      throw failed(temporary, e);
    }
  }

  private static void remove(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
