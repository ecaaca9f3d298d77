package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.PartCheck.Entry;
import dev.assay.storage.PartCheck.MovedException;
import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.Parts.Kind;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes files out of a study's archive, whose newer contents another part brings. A part that holds
 * nothing else is dropped; what else others hold is written to one part in their place. Not safe to
 * share between threads.
 */
final class ArchiveReplacement {
  private final Lake lake;
  private final PartReader reader;
  private final long studyId;
  private final Set<String> paths = new HashSet<>();

  ArchiveReplacement(Lake lake, PartReader reader, long studyId) {
    this.lake = lake;
    this.reader = reader;
    this.studyId = studyId;
  }

  /** The file that the archive may have of this path is to be taken out. */
  void add(String path) {
    paths.add(path);
  }

  /**
   * What is left of the parts that have the files, on disk and not visible yet. Closing without a
   * commit leaves nothing behind.
   *
   * @param dropped parts of which nothing is left
   * @param merge the part of what is left; null where nothing is
   */
  record Rest(List<Long> dropped, @Nullable PartMerge merge, @Nullable Written written)
      implements AutoCloseable {
    /**
     * Takes the files out, inside the caller's transaction.
     *
     * @return false where others have moved them meanwhile: the transaction is to be rolled back
     */
    boolean swap(Statements sql, long snapshot) throws SQLException {
      return Parts.dropCommitted(sql, dropped, snapshot) == dropped.size()
          && (merge == null || written == null || merge.swap(sql, written, snapshot));
    }

    /** The caller's transaction is committed. */
    void done() {
      if (merge != null) {
        merge.done();
      }
    }

    @Override
    public void close() {
      if (merge != null) {
        merge.close();
      }
    }
  }

  /**
   * @throws MovedException where others move the files at this moment
   * @throws StoreException where a part is damaged
   */
  Rest prepare() throws IOException, MovedException {
    List<Long> dropped = new ArrayList<>();
    Set<Long> rewritten = new HashSet<>();
    for (Entry entry : paths.isEmpty() ? List.<Entry>of() : archive()) {
      long found = found(entry);
      if (found > 0 && found == entry.rows()) {
        dropped.add(entry.part().id());
      } else if (found > 0) {
        rewritten.add(entry.part().id());
      }
    }
    if (rewritten.isEmpty()) {
      return new Rest(dropped, null, null);
    }
    PartMerge merge =
        PartMerge.without(lake, reader, studyId, parts -> chosen(parts, rewritten), paths)
            .orElseThrow(MovedException::new);
    try {
      return new Rest(dropped, merge, merge.write());
    } catch (IOException | MovedException | RuntimeException e) {
      merge.close();
      throw e;
    }
  }

  private List<Entry> archive() {
    return lake.live().query(sql -> Entry.committed(sql, studyId)).stream()
        .filter(entry -> entry.part().kind() == Kind.FILES)
        .toList();
  }

  private static List<Entry> chosen(List<Entry> parts, Set<Long> ids) {
    List<Entry> chosen = parts.stream().filter(entry -> ids.contains(entry.part().id())).toList();
    return chosen.size() == ids.size() ? chosen : List.of();
  }

  /** How many rows of the part are of these files. */
  private long found(Entry entry) throws MovedException {
    String list =
        paths.stream()
            .map(path -> "'" + path.replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    long found = 0;
    try (PartRows<FileRow> rows =
        reader.rows(
            entry.part().file(lake.store()),
            FileRow.COLUMNS,
            "path IN (" + list + ")",
            FileRow::read)) {
      while (rows.next() != null) {
        found++;
      }
    } catch (StoreException e) {
      if (lake.live().query(sql -> Parts.isCommitted(sql, entry.part()))) {
        throw e;
      }
      throw PartMerge.moved(e);
    }
    return found;
  }
}
