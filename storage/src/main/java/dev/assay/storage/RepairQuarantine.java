package dev.assay.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a repair puts the files that it takes out of a store: {@code quarantine/repair-<n>/<path>},
 * each with a note beside it. Nothing is deleted by a repair.
 */
final class RepairQuarantine {
  private final Path store;
  private final Path folder;
  private final List<RepairReport.Moved> moved = new ArrayList<>();

  RepairQuarantine(Path store) {
    this.store = store;
    Path quarantine = store.resolve("quarantine");
    int number = 1;
    while (Files.exists(quarantine.resolve("repair-" + number))) {
      number++;
    }
    this.folder = quarantine.resolve("repair-" + number);
  }

  List<RepairReport.Moved> moved() {
    return moved;
  }

  /**
   * Moves a file, where it is there.
   *
   * @param path relative to the store, with forward slashes
   */
  void take(String path, String reason) throws IOException {
    Path file = store.resolve(path);
    if (!Files.exists(file)) {
      return;
    }
    Path place = folder.resolve(path);
    Disk.createDirectories(place.resolveSibling("").toAbsolutePath());
    // The note first: where the move is cut off, it is made again by the next repair.
    Disk.replace(
        place.resolveSibling(place.getFileName() + ".why.txt"),
        "%s%n%s%n".formatted(file, reason).getBytes(StandardCharsets.UTF_8));
    Disk.move(file, place);
    moved.add(new RepairReport.Moved(path, name(place), reason));
  }

  private String name(Path place) {
    return store.relativize(place).toString().replace('\\', '/');
  }
}
