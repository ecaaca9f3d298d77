package dev.assay.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a store: finds out whether one is there, and lays a new one out. Several threads
 * and processes may open the same new directory at once. A directory that is something else, and a
 * store of a newer format, are refused before anything in them is touched.
 */
final class StoreDirectory {
  static final String LOCK = "store.lock";

  /** What a creation that was cut off may have left. */
  private static final Set<String> OURS = Set.of(LOCK, "." + StoreFile.NAME + ".tmp");

  private static final String RESERVED = "SELECT value FROM meta WHERE key = 'reserved_trial_ids'";

  private StoreDirectory() {}

  /**
   * Opens the live database of the store in {@code directory}; creates the store where the
   * directory is missing or empty.
   */
  static LiveDatabase open(Path directory, Durability durability) {
    try {
      requirePlace(directory);
      createDirectories(directory);
      NetworkDrive.refuse(directory);
      return new FileMutex(directory.resolve(LOCK)).locked(() -> layOut(directory, durability));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** Refuses what can be no store, and where none can be created; nothing is written. */
  static void requirePlace(Path directory) throws IOException {
    if (Files.exists(directory)) {
      requireDirectory(directory);
      if (StoreFile.read(directory) == null) {
        requireEmpty(directory);
      }
    } else {
      Path file = fileInTheWay(directory);
      if (file != null) {
        requireDirectory(file);
      }
    }
  }

  /** {@link #requirePlace} for callers that go no further. */
  static void check(Path directory) {
    try {
      requirePlace(directory);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** {@link #open(Path, Durability)} in {@code NORMAL}. */
  static LiveDatabase open(Path directory) {
    return open(directory, Durability.NORMAL);
  }

  /** Opens the live database of a store that is there. */
  static LiveDatabase openExisting(Path directory, Durability durability) {
    requireStore(directory);
    return open(directory, durability);
  }

  static void requireStore(Path directory) {
    if (!Files.isDirectory(directory) || StoreFile.read(directory) == null) {
      throw new StoreException(
          "there is no store in %s (%s is missing); check the path, or create a store by running a study"
              .formatted(directory, StoreFile.NAME));
    }
  }

  private static void createDirectories(Path directory) throws IOException {
    try {
      Disk.createDirectories(directory);
    } catch (IOException e) {
      Path file = fileInTheWay(directory);
      if (file != null) {
        requireDirectory(file);
      }
      throw e;
    }
  }

  private static @Nullable Path fileInTheWay(Path directory) {
    for (Path path = directory.toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path)) {
        return Files.isDirectory(path) ? null : path;
      }
    }
    return null;
  }

  private static void requireDirectory(Path path) {
    if (!Files.isDirectory(path)) {
      throw new StoreException(
          "%s is a file, expected the directory of a store; name another place".formatted(path));
    }
  }

  private static void requireEmpty(Path directory) throws IOException {
    String foreign = foreignEntry(directory);
    // Another process may have created the store between the two looks.
    if (foreign != null && StoreFile.read(directory) == null) {
      throw new StoreException(
          "%s is not empty (it holds '%s') and not a store (%s is missing); name an empty or new directory"
              .formatted(directory, foreign, StoreFile.NAME));
    }
  }

  private static @Nullable String foreignEntry(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!OURS.contains(name)) {
          return name;
        }
      }
      return null;
    }
  }

  private static LiveDatabase layOut(Path directory, Durability durability) throws IOException {
    StoreFile store = StoreFile.read(directory);
    if (store == null) {
      requireEmpty(directory);
      store = new StoreFile(0);
      store.write(directory);
    }
    requireNoRepair(directory);
    Path database = directory.resolve("live.db");
    // SQLite would take an empty file for a new database, and delete its log.
    if (!Files.exists(database) || Files.size(database) == 0) {
      requireNoData(directory);
    }
    Disk.createDirectories(directory.resolve("lake/trials"));
    Disk.createDirectories(directory.resolve("lake/files"));
    Disk.createDirectories(directory.resolve(RunDirectories.NAME));
    LiveDatabase live = LiveDatabase.open(database, durability);
    try {
      long reserved = store.reservedTrialIds();
      if (live.query(sql -> sql.number(RESERVED)) < reserved) {
        live.transaction(sql -> TrialIds.begin(sql, reserved));
      }
      return live;
    } catch (RuntimeException e) {
      live.close();
      throw e;
    }
  }

  /** A new live database beside an old lake would pass for an empty store. */
  private static void requireNoData(Path directory) throws IOException {
    boolean holdsData =
        Files.exists(directory.resolve("manifest.json")) || !LakeListing.files(directory).isEmpty();
    for (String name : List.of(RunDirectories.NAME, Tombstones.NAME, Spool.NAME)) {
      holdsData |= hasEntries(directory.resolve(name));
    }
    if (holdsData) {
      throw new StoreException(
          "%s is missing or empty, but %s holds data; put back the live.db that belongs to this store, or let 'assay repair' make it anew"
              .formatted(directory.resolve("live.db"), directory));
    }
  }

  private static boolean hasEntries(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return entries.iterator().hasNext();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Between the two live databases of a repair that was cut off nobody but a repair can choose. */
  static void requireNoRepair(Path directory) {
    if (Files.exists(directory.resolve(StoreRepair.NEXT))) {
      throw new StoreException(
          "%s is there: a repair of this store was cut off; 'assay repair' goes on with it"
              .formatted(directory.resolve(StoreRepair.NEXT)));
    }
  }

  private static StoreException unusable(Path directory, IOException e) {
    return new StoreException(
        "cannot use %s as a store: %s; it must be a directory that can be written"
            .formatted(directory, e),
        e);
  }
}
