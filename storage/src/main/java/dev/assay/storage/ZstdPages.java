package dev.assay.storage;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses Parquet pages with ZSTD, level 3. parquet-java's own codecs want Hadoop. Not safe to
 * share between threads; {@link #release} gives the native memory back.
 */
final class ZstdPages implements BytesInputCompressor {
  private static final int LEVEL = 3;

  /** The largest window that decoders accept unasked: 128 MB. */
  private static final int LONG_WINDOW_LOG = 27;

  private static final int CHUNK = 256 * 1024;
  private static final int SLICE = 1024 * 1024;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final int windowLog;

  private ZstdPages(int windowLog) {
    this.windowLog = windowLog;
  }

  /** For pages of about a megabyte. */
  static ZstdPages plain() {
    return new ZstdPages(0);
  }

  /** Finds what repeats far apart in pages of many megabytes, such as nearly equal documents. */
  static ZstdPages longDistance() {
    return new ZstdPages(LONG_WINDOW_LOG);
  }

  @Override
  public BytesInput compress(BytesInput page) throws IOException {
    context.reset();
    context.setLevel(LEVEL);
    if (windowLog > 0) {
      context.setLong(windowLog);
    }
    // With the size known, window and tables are no larger than the page needs.
    context.setPledgedSrcSize(page.size());
    Frame frame = new Frame(Zstd.compressBound(page.size()));
    page.writeAllTo(frame);
    return frame.end();
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  @Override
  public void release() {
    context.close();
  }

  /** One page's frame, kept in chunks: a growing array would need twice its size at times. */
  private final class Frame extends OutputStream {
    private final int chunk;
    private final List<BytesInput> full = new ArrayList<>();
    private ByteBuffer out;

    Frame(long bound) {
      chunk = (int) Math.min(bound, CHUNK);
      out = ByteBuffer.allocate(chunk);
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      int end = offset + length;
      for (int at = offset; at < end; at += SLICE) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, Math.min(SLICE, end - at));
        while (in.hasRemaining()) {
          room();
          context.compressByteBufferStream(out, in, EndDirective.CONTINUE);
        }
      }
    }

    BytesInput end() {
      ByteBuffer nothing = ByteBuffer.allocate(0);
      boolean done;
      do {
        room();
        done = context.compressByteBufferStream(out, nothing, EndDirective.END);
      } while (!done);
      full.add(BytesInput.from(Arrays.copyOf(out.array(), out.position())));
      return BytesInput.concat(full);
    }

    private void room() {
      if (!out.hasRemaining()) {
        full.add(BytesInput.from(out.array()));
        out = ByteBuffer.allocate(chunk);
      }
    }
  }
}
