package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * File systems that machines share. SQLite's write-ahead log wants memory that all processes share,
 * and locks on such file systems are not to be relied on: a store there would be damaged sooner or
 * later.
 */
final class NetworkDrive {
  /** Well-known names alone: a local file system with an odd name must not be turned away. */
  private static final Set<String> TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smbfs",
          "smb3",
          "afs",
          "glusterfs",
          "ceph",
          "lustre",
          "fuse.sshfs",
          "9p");

  private NetworkDrive() {}

  /**
   * Does nothing on a local disk.
   *
   * @param directory an existing one
   * @throws StoreException on a network file system
   */
  static void refuse(Path directory) throws IOException {
    refuse(directory, Files.getFileStore(directory).type());
  }

  static void refuse(Path directory, String type) {
    if (TYPES.contains(type.toLowerCase(Locale.ROOT))) {
      throw new StoreException(
          "%s is on a network file system (%s), where SQLite's locks cannot be relied on; keep the store on a local disk"
              .formatted(directory, type));
    }
  }
}
