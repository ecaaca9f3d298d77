package dev.assay.engine.objective;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A trial's log file. What is written goes to the file at once, up to {@value #LIMIT} bytes; past
 * that only the last {@value #TAIL} bytes are kept, and written when the log is closed, after a
 * line that says how much was left out.
 *
 * <p>Safe to share between threads. What is written after the end is dropped, and so is what cannot
 * be written, because a full disk must not stop the reading of a command's output: {@link #close}
 * reports it.
 */
final class TrialLog implements AutoCloseable {
  /** How many bytes are kept from the start. */
  static final int LIMIT = 64 << 20;

  /** How many bytes are kept from the end. */
  static final int TAIL = 64 << 10;

  private final OutputStream file;
  private final int limit;
  private final byte[] tail;
  private long written;
  private long beyond;
  private boolean closed;
  private boolean atLineStart = true;
  private @Nullable IOException failure;

  private TrialLog(OutputStream file, int limit, int tail) {
    this.file = file;
    this.limit = limit;
    this.tail = new byte[tail];
  }

  /** Starts the log anew, with its folder where there is none. */
  static TrialLog create(Path path) throws IOException {
    return create(path, LIMIT, TAIL);
  }

  static TrialLog create(Path path, int limit, int tail) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return new TrialLog(Files.newOutputStream(path), limit, tail);
  }

  /** Writes a line of our own, on a line by itself. */
  void line(String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (this) {
      if (!atLineStart) {
        write(new byte[] {'\n'}, 1);
      }
      write(bytes, bytes.length);
    }
  }

  /** Writes the first {@code length} of {@code bytes}. */
  synchronized void write(byte[] bytes, int length) {
    if (closed || length == 0) {
      return;
    }
    int fits = (int) Math.min(length, limit - written);
    store(bytes, 0, fits);
    written += fits;
    for (int i = Math.max(fits, length - tail.length); i < length; i++) {
      tail[(int) ((beyond + i - fits) % tail.length)] = bytes[i];
    }
    beyond += length - fits;
    atLineStart = bytes[length - 1] == '\n';
  }

  private void store(byte[] bytes, int from, int length) {
    if (failure != null || length == 0) {
      return;
    }
    try {
      file.write(bytes, from, length);
    } catch (IOException problem) {
      failure = problem;
    }
  }

  /**
   * Ends the log.
   *
   * @throws IOException when something of it could not be written
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (file) {
      if (beyond > tail.length) {
        byte[] note =
            "\n[%d bytes left out: a log holds %d]\n"
                .formatted(beyond - tail.length, limit + tail.length)
                .getBytes(StandardCharsets.UTF_8);
        store(note, 0, note.length);
      }
      int kept = (int) Math.min(beyond, tail.length);
      int start = beyond > tail.length ? (int) (beyond % tail.length) : 0;
      int first = Math.min(kept, tail.length - start);
      store(tail, start, first);
      store(tail, 0, kept - first);
    }
    if (failure != null) {
      throw failure;
    }
  }
}
