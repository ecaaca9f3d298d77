package dev.assay.storage.migrate;

import dev.assay.storage.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dedup guard of a run that is still being written, which is read from copies now and then.
 * Used by one thread.
 */
final class WatchedGuard {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedGuard.class);

  /** What SQLite has written last may be in its log alone. */
  private static final Set<String> FILES = Set.of(GuardDatabase.NAME, GuardDatabase.NAME + "-wal");

  private List<SourceFile> last = List.of();

  /** Whether the guard looks another way than when it was read. */
  boolean hasChanged(RunListing files) {
    return !guardOf(files).equals(last);
  }

  private static List<SourceFile> guardOf(RunListing files) {
    return files.files().stream().filter(file -> FILES.contains(file.path())).toList();
  }

  /**
   * Reads the guard.
   *
   * @return signatures of no trial that is known, which the store's guard does not have
   */
  List<String> read(RunListing files, Store store, long studyId, TrialIndex index) {
    List<SourceFile> guard = guardOf(files);
    List<String> found = new ArrayList<>();
    if (!guard.equals(last)) {
      last = guard;
      for (SourceFile file : guard) {
        if (file.path().equals(GuardDatabase.NAME)) {
          read(file, store, studyId, index, found);
        }
      }
    }
    return found;
  }

  private static void read(
      SourceFile file, Store store, long studyId, TrialIndex index, List<String> found) {
    try {
      GuardDatabase.read(
          file.location(),
          signatures -> {
            Set<String> open = new HashSet<>(signatures);
            open.removeIf(index::hasSignature);
            open.removeAll(store.known(studyId, open));
            found.addAll(open);
          });
    } catch (UnreadableDocumentException e) {
      // Somebody was writing: it looks another way by then, and is read again.
      LOG.debug("{}: {}", file.location(), e.reason());
    }
  }
}
