package dev.assay.storage.disk;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done to the disk.
 *
 * @param path absolute, on the default file system
 * @param target where a rename leads; null with other kinds
 * @param position where a write begins, or what a file is cut to; 0 with other kinds
 * @param bytes what is written, to be read before the operation is done; empty with other kinds
 */
public record Operation(
    Kind kind, Path path, @Nullable Path target, long position, ByteBuffer bytes) {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /** What is done. */
  public enum Kind {
    /** A file is opened for reading, or a directory is listed. */
    READ,
    /** A file comes to be, empty; one that is replaced by an empty one counts as TRUNCATE. */
    CREATE,
    WRITE,
    TRUNCATE,
    FORCE,
    FORCE_DIRECTORY,
    RENAME,
    DELETE,
    MKDIR
  }

  static Operation of(Kind kind, Path path) {
    return new Operation(kind, path, null, 0, NONE);
  }

  static Operation write(Path path, long position, ByteBuffer bytes) {
    return new Operation(Kind.WRITE, path, null, position, bytes.asReadOnlyBuffer());
  }

  static Operation truncate(Path path, long size) {
    return new Operation(Kind.TRUNCATE, path, null, size, NONE);
  }

  static Operation rename(Path path, Path target) {
    return new Operation(Kind.RENAME, path, target, 0, NONE);
  }

  /** Whether it changes the disk, or waits for a change. */
  public boolean isWriteLike() {
    return kind != Kind.READ;
  }

  /** The same with bytes of its own, which stay. */
  Operation kept() {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    copy.put(bytes.duplicate()).flip();
    return new Operation(kind, path, target, position, copy);
  }

  @Override
  public String toString() {
    return kind
        + " "
        + path
        + (target == null ? "" : " -> " + target.getFileName())
        + (kind == Kind.WRITE ? " " + bytes.remaining() + " at " + position : "");
  }
}
