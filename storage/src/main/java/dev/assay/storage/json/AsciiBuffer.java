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

  /** 00 to 99. */
  private static final byte[] DIGIT_PAIRS = digitPairs();

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

  private static byte[] digitPairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
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

  void put(byte[] ascii) {
    reserve(ascii.length);
    System.arraycopy(ascii, 0, bytes, length, ascii.length);
    length += ascii.length;
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
    length += count;
    int end = length;
    long rest = number;
    while (rest > Integer.MAX_VALUE) {
      long most = rest / 100;
      end -= 2;
      putPair(end, (int) (rest - 100 * most));
      rest = most;
    }
    int few = (int) rest;
    while (few >= 10) {
      int most = few / 100;
      end -= 2;
      putPair(end, few - 100 * most);
      few = most;
    }
    if (end > length - count) {
      bytes[end - 1] = (byte) ('0' + few);
    }
  }

  private void putPair(int index, int pair) {
    bytes[index] = DIGIT_PAIRS[2 * pair];
    bytes[index + 1] = DIGIT_PAIRS[2 * pair + 1];
  }

  static int digitCount(long number) {
    int count = 1;
    for (long limit = 10; number >= limit && count < 19; limit *= 10) {
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
