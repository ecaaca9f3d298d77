package dev.assay.storage.migrate;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Compresses some of a run's files as the archive does, to tell what all of them come to: in each
 * quarter of the run the first 16 MB. What repeats there is taken to repeat in the rest of the
 * quarter, but for the first 4 MB, which may be new. Not safe to share between threads.
 */
final class StorageSample implements AutoCloseable {
  private static final int QUARTERS = 4;
  private static final long SHARE = 16L << 20;
  private static final long NEW = 4L << 20;
  private static final int LEVEL = 3;
  private static final int WINDOW_LOG = 27;
  private static final double NANOS = 1e9;

  private final Counted counted = new Counted();
  private final ZstdOutputStreamNoFinalizer zstd;
  private final long quarter;
  private long seen;
  private long sampled;
  private long nanos;

  /** How many bytes all quarters but this one come to. */
  private double archivedBefore;

  private Part part = new Part(0);

  /** What was seen and compressed of a quarter. */
  private static final class Part {
    private final long index;
    private long seen;
    private long fresh;
    private long freshCompressed;
    private long rest;
    private long restCompressed;

    Part(long index) {
      this.index = index;
    }

    boolean isFull() {
      return fresh + rest >= SHARE;
    }

    void add(long bytes, long compressed) {
      if (fresh < NEW) {
        fresh += bytes;
        freshCompressed += compressed;
      } else {
        rest += bytes;
        restCompressed += compressed;
      }
    }

    double archived() {
      double each = rest == 0 ? 0 : (double) restCompressed / rest;
      return freshCompressed + each * (seen - fresh);
    }
  }

  private static final class Counted extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] content, int offset, int length) {
      bytes += length;
    }
  }

  /**
   * @param bytes how large all files are together
   */
  StorageSample(long bytes) {
    quarter = Math.max(1, (bytes + QUARTERS - 1) / QUARTERS);
    try {
      zstd = new ZstdOutputStreamNoFinalizer(counted, LEVEL);
      zstd.setLong(WINDOW_LOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the next file of the run. */
  void add(byte[] content) {
    if (seen / quarter > part.index) {
      archivedBefore += part.archived();
      part = new Part(seen / quarter);
    }
    seen += content.length;
    part.seen += content.length;
    if (!part.isFull()) {
      long before = counted.bytes;
      compress(content);
      part.add(content.length, counted.bytes - before);
    }
  }

  private void compress(byte[] content) {
    long begin = System.nanoTime();
    try {
      zstd.write(content);
      zstd.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sampled += content.length;
    nanos += System.nanoTime() - begin;
  }

  /** About how many bytes the archive keeps of all files. */
  long archived() {
    return Math.round(archivedBefore + part.archived());
  }

  /** About how long it takes to compress what was not in the sample. */
  double secondsLeft() {
    return sampled == 0 ? 0 : nanos / NANOS / sampled * (seen - sampled);
  }

  @Override
  public void close() {
    try {
      zstd.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
