package dev.assay.storage.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of ASCII text that grow as they are written. Used by one thread at a time. */
final class AsciiBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int length;

  AsciiBuffer(int capacity) {
    bytes = new byte[capacity];
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
    reserve(count + 2);
    bytes[length++] = '"';
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
        bytes[length++] = (byte) c;
      } else {
        escape(c);
        reserve(count - i);
      }
    }
    bytes[length++] = '"';
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
