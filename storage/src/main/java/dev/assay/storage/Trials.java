package dev.assay.storage;

import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.PartReader.TrialRow;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trials of one open store, read back wherever they are: in the live database or in parts. Safe
 * to share between threads.
 */
final class Trials implements AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(Trials.class);
  static final String FINISHED = "state IN ('COMPLETE', 'PRUNED', 'FAIL')";

  private final Path store;
  private final LiveDatabase live;
  private final Tombstones tombstones;
  private final PartReader reader = new PartReader();
  private final LiveForm form = new LiveForm(new ParameterDomains());

  private record Place(@Nullable Long hotTrial, @Nullable OpenTrial open, List<Path> parts) {}

  Trials(Path store, LiveDatabase live) {
    this.store = store;
    this.live = live;
    this.tombstones = new Tombstones(store);
  }

  Path store() {
    return store;
  }

  LiveDatabase live() {
    return live;
  }

  /** How live trials are made of the store's, and the other way round. */
  LiveForm form() {
    return form;
  }

  PartReader reader() {
    return reader;
  }

  /** All trials of a study by number; the stream is to be closed. */
  Stream<FrozenTrial> of(long studyId) {
    return from(studyId, 0);
  }

  /** {@link #of} from this number on. */
  Stream<FrozenTrial> from(long studyId, long number) {
    TrialCursor cursor = new TrialCursor(this, studyId, number);
    Spliterator<FrozenTrial> trials =
        Spliterators.spliteratorUnknownSize(
            cursor, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL);
    return StreamSupport.stream(trials, false).onClose(cursor::close);
  }

  long nextNumber(long studyId) {
    Long next =
        live.find(
            "SELECT next_number FROM studies WHERE study_id = ?", row -> row.getLong(1), studyId);
    if (next == null) {
      throw noStudy(studyId);
    }
    return next;
  }

  @Nullable FrozenTrial find(long studyId, long number) {
    Place place = live.query(sql -> find(sql, studyId, number));
    while (place.hotTrial() != null || place.open() != null) {
      FrozenTrial hot = read(place);
      if (hot != null) {
        return hot;
      }
      place = live.query(sql -> find(sql, studyId, number));
    }
    try {
      Optional<TrialRow> row =
          retrying(
              studyId, place.parts(), parts -> Optional.ofNullable(reader.find(parts, number)));
      return row.isEmpty() ? null : row.get().trial();
    } catch (SQLException e) {
      throw unreadable(studyId, number, e);
    }
  }

  /** A trial of the live database; null where it is not as it was any more. */
  private @Nullable FrozenTrial read(Place place) {
    OpenTrial open = place.open();
    if (open == null) {
      return place.hotTrial() == null ? null : HotTrial.find(store, live, place.hotTrial());
    }
    try {
      return open.trial(store);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreException(
          "trial %d in live.db cannot be read: %s".formatted(open.id(), e.getMessage()), e);
    }
  }

  private Place find(Statements sql, long studyId, long number) throws SQLException {
    if (sql.number("SELECT count(*) FROM studies WHERE study_id = ?", studyId) == 0) {
      throw noStudy(studyId);
    }
    return new Place(
        sql.first(
            "SELECT trial_id FROM trials WHERE study_id = ? AND number = ?",
            row -> row.getLong(1),
            studyId,
            number),
        OpenTrial.find(sql, form, studyId, number),
        parts(sql, studyId));
  }

  /** A question to some parts. */
  @FunctionalInterface
  interface Question<T> {
    T ask(List<Path> parts);
  }

  /**
   * Asks a question to a study's parts; asks again where parts were merged and deleted meanwhile.
   *
   * @param parts those of the last look
   */
  <T> T retrying(long studyId, List<Path> parts, Question<T> question) {
    List<Path> current = parts;
    while (true) {
      try {
        return question.ask(current);
      } catch (StoreException e) {
        List<Path> now = live.query(sql -> parts(sql, studyId));
        if (current.stream().allMatch(Files::isRegularFile) || now.equals(current)) {
          throw e;
        }
        current = now;
      }
    }
  }

  /** The sealed parts of a study. */
  List<Path> parts(Statements sql, long studyId) throws SQLException {
    return Parts.list(sql, "study_id = ? AND kind = 'trials' AND status = 'committed'", studyId)
        .stream()
        .map(part -> part.file(store))
        .toList();
  }

  /** The files of a study's archive, without their contents. */
  List<ArchivedFile> archived(long studyId) {
    while (true) {
      List<Part> parts = archive(studyId);
      try {
        List<ArchivedFile> files = new ArrayList<>();
        parts.forEach(part -> addFiles(part.file(store), files));
        return files;
      } catch (StoreException e) {
        if (archive(studyId).equals(parts)) {
          throw e;
        }
      }
    }
  }

  private List<Part> archive(long studyId) {
    String committed = "study_id = ? AND kind = 'files' AND status = 'committed'";
    return live.query(sql -> Parts.list(sql, committed, studyId));
  }

  private void addFiles(Path part, List<ArchivedFile> files) {
    try (PartRows<FileRow> rows = reader.files(part)) {
      for (FileRow row = rows.next(); row != null; row = rows.next()) {
        if (row.isFirst()) {
          files.add(new ArchivedFile(row.path(), row.trialFile(), row.size(), row.sha256()));
        }
      }
    }
  }

  StoreException noStudy(long studyId) {
    return tombstones.noStudy(studyId);
  }

  static StoreException unreadable(long studyId, long number, Exception e) {
    return new StoreException(
        "trial number %d of study %d cannot be read: %s; 'assay verify' says what is wrong"
            .formatted(number, studyId, e.getMessage()),
        e);
  }

  /** Ends the streams that are still open. */
  @Override
  public void close() {
    reader.close();
  }
}
