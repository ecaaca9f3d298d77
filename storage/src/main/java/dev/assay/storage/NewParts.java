package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parts of one study that one transaction commits together. Nobody sees them before; what is left
 * of them after a crash is cleaned up by whoever opens the store next. Not safe to share between
 * threads.
 */
final class NewParts {
  private final Lake lake;
  private final long studyId;
  private final List<Part> reserved = new ArrayList<>();
  private final Map<Part, Written> written = new HashMap<>();

  NewParts(Lake lake, long studyId) {
    this.lake = lake;
    this.studyId = studyId;
  }

  Part reserve(Kind kind) {
    // On disk first: a power failure must not leave a file whose part's id is given again.
    Part part =
        lake.live().durableTransaction(sql -> Parts.reserve(sql, studyId, kind, lake.workerId()));
    reserved.add(part);
    return part;
  }

  /** The part's file is on disk under its lasting name. */
  void add(Part part, Written file) {
    written.put(part, file);
  }

  /**
   * Makes what was written visible, and takes back what was reserved for nothing, inside the
   * caller's transaction.
   *
   * @return false where a reservation was cancelled by another process, which took this one for
   *     dead: the transaction is to be rolled back
   */
  boolean commit(Statements sql, long snapshot) throws SQLException {
    for (Part part : reserved) {
      Written file = written.get(part);
      if (file == null) {
        Parts.cancel(sql, part);
      } else if (!Parts.commit(sql, part, file, snapshot)) {
        return false;
      }
    }
    return true;
  }

  /** Takes back what is not committed, and deletes the files. */
  void abandon() {
    for (Part part : reserved) {
      HotPart.abandon(lake.store(), lake.live(), part);
    }
  }
}
