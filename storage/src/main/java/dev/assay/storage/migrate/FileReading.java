package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** The content of a file at one moment, and whether the file held still. */
final class FileReading {
  /** What a JVM of this size can hold of one file beside everything else. */
  private static final int HEAP_SHARE = 8;

  private static final int PIECE = 1 << 20;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 1024;

  private final byte[] content;
  private final State state;

  private FileReading(byte[] content, State state) {
    this.content = content;
    this.state = state;
  }

  /** Whether the file is what its listing said. */
  enum State {
    AS_LISTED,
    /** It has changed since it was listed, but not while it was read. */
    NEWER,
    /** It changed during the first reading and during the second. */
    MOVING
  }

  /** Size and time, which tell whether somebody is writing. */
  private record Look(long size, long modified) {
    static Look at(Path path) throws IOException {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        throw new IOException("no longer a regular file");
      }
      return new Look(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }
  }

  /** Not copied: the caller may keep it. */
  byte[] content() {
    return content;
  }

  State state() {
    return state;
  }

  /** The largest file that is read, in bytes. */
  static long maxFileSize() {
    return Math.min(LARGEST_ARRAY, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  }

  /**
   * Reads a file whole; a second time where it changed meanwhile.
   *
   * @throws IOException when it cannot be read, or is larger than {@link #maxFileSize}
   */
  static FileReading of(SourceFile listed) throws IOException {
    Path path = listed.location();
    Look before = Look.at(path);
    for (int attempt = 1; ; attempt++) {
      byte[] content = read(path, before.size());
      Look after = Look.at(path);
      if (after.equals(before) && content.length == after.size()) {
        boolean asListed = after.equals(new Look(listed.size(), listed.modified()));
        return new FileReading(content, asListed ? State.AS_LISTED : State.NEWER);
      }
      if (attempt == 2) {
        return new FileReading(content, State.MOVING);
      }
      before = after;
    }
  }

  private static byte[] read(Path path, long size) throws IOException {
    if (size > maxFileSize()) {
      throw new IOException(
          "%s is more than the %s that fit into this JVM; give it more memory (-Xmx)"
              .formatted(Sizes.text(size), Sizes.text(maxFileSize())));
    }
    byte[] content = new byte[(int) size];
    int length = 0;
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      int read = 0;
      while (length < content.length && read >= 0) {
        // In pieces: the JDK keeps a native buffer as large as the largest request.
        read = in.read(content, length, Math.min(PIECE, content.length - length));
        length += Math.max(0, read);
      }
    }
    return length == content.length ? content : Arrays.copyOf(content, length);
  }
}
