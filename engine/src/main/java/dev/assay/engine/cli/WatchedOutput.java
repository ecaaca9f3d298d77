package dev.assay.engine.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Remembers why it could not be written, which a {@link java.io.PrintStream} keeps to itself. */
final class WatchedOutput extends FilterOutputStream {
  private static final String READER_LEFT = "Broken pipe";

  private volatile @Nullable String trouble;

  WatchedOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      // Who reads no further, as head does, has all that was wanted.
      if (trouble == null && !message.equals(READER_LEFT)) {
        trouble = message;
      }
      throw e;
    }
  }

  /** Why something is missing; null where nothing is. */
  @Nullable String trouble() {
    return trouble;
  }
}
