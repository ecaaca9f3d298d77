package dev.assay.storage.migrate;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines, of which none takes more memory than it may. Not safe to share between threads. */
public final class BoundedLines implements AutoCloseable {
  /** So much is kept of a line that is too long. */
  private static final int START = 64;

  private final InputStream in;
  private final long longest;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;
  private long bytes;
  private boolean cut;

  /** A line without its end. */
  public static final class Line {
    private final long number;
    private final byte[] kept;
    private final long bytes;

    private Line(long number, byte[] kept, long bytes) {
      this.number = number;
      this.kept = kept;
      this.bytes = bytes;
    }

    /** From 1. */
    public long number() {
      return number;
    }

    /** Null where it is longer than it may be. */
    public byte @Nullable [] content() {
      return kept.length == bytes ? kept : null;
    }

    /** The first bytes, as characters. */
    public String start() {
      return new String(kept, 0, Math.min(START, kept.length), StandardCharsets.ISO_8859_1);
    }

    /** How long it is. */
    public long bytes() {
      return bytes;
    }
  }

  /**
   * @param in closed with this
   * @param longest the longest line that is kept, in bytes
   */
  public BoundedLines(InputStream in, long longest) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.longest = longest;
  }

  /** The next line, the last one also where it has no end; null after it. */
  public @Nullable Line next() throws IOException {
    line.reset();
    long length = 0;
    int next = in.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      length++;
      if (length <= longest) {
        line.write(next);
      } else if (line.size() > START) {
        byte[] start = Arrays.copyOf(line.toByteArray(), START);
        line.reset();
        line.writeBytes(start);
      }
    }
    cut = next < 0;
    number++;
    bytes += length + 1;
    return new Line(number, line.toByteArray(), length);
  }

  /** Whether the last line has no end. */
  public boolean isCut() {
    return cut;
  }

  /** How many bytes were read. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
