package dev.assay.storage.json;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of ASCII text that grow as they are written, or go on to a stream a piece at a time. Used
 * by one thread at a time.
 */
final class AsciiBuffer {
  /** How much of a long text is taken at once, in characters. */
  private static final int SLICE = 8 * 1024;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable OutputStream sink;

  /** More than this goes on to the sink. */
  private final int most;

  private byte[] bytes;
  private int length;

  AsciiBuffer(int capacity) {
    this(capacity, null, 0);
  }

  /**
   * @param sink takes what was written, when that is more than {@code most} bytes; null keeps all
   */
  AsciiBuffer(int capacity, @Nullable OutputStream sink, int most) {
    this.sink = sink;
    this.most = most;
    bytes = new byte[capacity];
  }

  /**
   * Lets the sink have what is there, if that is much; where {@link #insert} may follow, this may
   * not.
   *
   * @throws UncheckedIOException where the sink does not take it
   */
  void settle() {
    if (sink != null && length > most) {
      flush(sink);
    }
  }

  private void flush(OutputStream out) {
    try {
      out.write(bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    length = 0;
  }

  /** Lets the sink have the rest. */
  void end() {
    if (sink != null) {
      flush(sink);
    }
  }

  int length() {
    return length;
  }

  /** The array behind; only its first {@link #length} bytes count, until the next write. */
  byte[] array() {
    return bytes;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  void put(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
  }

  /** Text that is known to be ASCII and to need no escapes. */
  void put(String ascii) {
    int count = ascii.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length + i] = (byte) ascii.charAt(i);
    }
    length += count;
  }

  void repeat(char ascii, int count) {
    reserve(count);
    Arrays.fill(bytes, length, length + count, (byte) ascii);
    length += count;
  }

  void put(long number) {
    if (number == Long.MIN_VALUE) {
      put("-9223372036854775808");
      return;
    }
    if (number < 0) {
      put('-');
    }
    digits(Math.abs(number));
  }

  /** The decimal digits of a number that is not negative. */
  void digits(long number) {
    int count = digitCount(number);
    reserve(count);
    long rest = number;
    for (int i = length + count - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }

  static int digitCount(long number) {
    int count = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      count++;
    }
    return count;
  }

  /** Puts {@code ascii} before the byte at {@code index}, and moves the rest. */
  void insert(int index, char ascii) {
    reserve(1);
    System.arraycopy(bytes, index, bytes, index + 1, length - index);
    bytes[index] = (byte) ascii;
    length++;
  }

  /** A string with quotes and the escapes of Python's {@code ensure_ascii}. */
  void putQuoted(String text) {
    int count = text.length();
    int atOnce = sink == null ? count : Math.min(count, SLICE);
    reserve(atOnce + 2);
    bytes[length++] = '"';
    for (int from = 0; from < count; from += atOnce) {
      putEscaped(text, from, Math.min(count, from + atOnce));
      settle();
    }
    put('"');
  }

  private void putEscaped(String text, int from, int to) {
    reserve(to - from);
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        bytes[length++] = (byte) c;
      } else {
        escape(c);
        reserve(to - i);
      }
    }
  }

  private void escape(char c) {
    reserve(6);
    bytes[length++] = '\\';
    switch (c) {
      case '"', '\\' -> bytes[length++] = (byte) c;
      case '\b' -> bytes[length++] = 'b';
      case '\f' -> bytes[length++] = 'f';
      case '\n' -> bytes[length++] = 'n';
      case '\r' -> bytes[length++] = 'r';
      case '\t' -> bytes[length++] = 't';
      default -> {
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
          bytes[length++] = HEX[(c >> shift) & 0xf];
        }
      }
    }
  }

  private void reserve(int more) {
    if (more > bytes.length - length) {
      grow(more);
    }
  }

  private void grow(int more) {
    long wanted = Math.max(bytes.length * 2L, (long) length + more);
    long most = Integer.MAX_VALUE - 8;
    if ((long) length + more > most) {
      throw new IllegalArgumentException(
          "a JSON document of more than 2 GB was to be written; split it");
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, most));
  }
}
