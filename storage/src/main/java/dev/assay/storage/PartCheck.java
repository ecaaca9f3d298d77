package dev.assay.storage;

import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks a file of the lake against its row in {@code parts}, and its rows against themselves. */
final class PartCheck {
  private static final String COLUMNS =
      "study_id, trial_id, number, state, value, signature, record";

  private final Path store;
  private final LiveDatabase live;
  private final PartReader reader;

  /** What the live database says of a part. */
  record Entry(Part part, long rows, long bytes, @Nullable String sha256) {
    /** The committed parts of a study, by id. */
    static List<Entry> committed(Statements sql, long studyId) throws SQLException {
      return sql.list(
          "SELECT part_id, study_id, kind, path, rows, bytes, sha256 FROM parts "
              + "WHERE study_id = ? AND status = 'committed' ORDER BY part_id",
          row -> new Entry(Parts.read(row), row.getLong(5), row.getLong(6), row.getString(7)),
          studyId);
    }
  }

  /** Takes the trials of a part, in its order. */
  @FunctionalInterface
  interface Trials {
    void accept(FrozenTrial trial) throws DamagedException;
  }

  /** The part is not as it should be; the message says what was found. */
  static final class DamagedException extends Exception {
    DamagedException(String message) {
      super(message);
    }
  }

  /** The part was dropped meanwhile: its trials are elsewhere. */
  static final class MovedException extends Exception {}

  private record Row(
      long studyId,
      long id,
      long number,
      @Nullable String state,
      @Nullable Double value,
      @Nullable String signature,
      @Nullable String record) {
    static Row read(ResultSet row) throws SQLException {
      double number = row.getDouble(5);
      // Asked at once: it speaks of the column that was read last.
      Double value = row.wasNull() ? null : Double.valueOf(number);
      return new Row(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getString(4),
          value,
          row.getString(6),
          row.getString(7));
    }

    FrozenTrial trial() throws DamagedException {
      try {
        FrozenTrial trial = Records.read(Objects.requireNonNull(record, "it is null"));
        if (trial.id() != id
            || trial.number() != number
            || !trial.state().name().equals(state)
            || !Objects.equals(trial.value(), value)
            || !Objects.equals(trial.signature(), signature)) {
          throw new DamagedException(
              "trial number %d has other columns than its record says".formatted(number));
        }
        return trial;
      } catch (SQLException | RuntimeException e) {
        throw new DamagedException(
            "the record of trial number %d cannot be read: %s".formatted(number, e.getMessage()));
      }
    }
  }

  PartCheck(Path store, LiveDatabase live, PartReader reader) {
    this.store = store;
    this.live = live;
    this.reader = reader;
  }

  /**
   * Reads the whole part.
   *
   * @param trials gets those of a part of trials
   */
  void check(Entry entry, Trials trials) throws DamagedException, MovedException {
    Path file = entry.part().file(store);
    try {
      checkBytes(entry);
      long rows =
          entry.part().kind() == Kind.FILES
              ? reader.footer(file).rows()
              : readTrials(entry.part(), file, trials);
      if (rows != entry.rows()) {
        throw new DamagedException("has %d rows, live.db expects %d".formatted(rows, entry.rows()));
      }
    } catch (IOException | StoreException e) {
      requireCommitted(entry);
      throw new DamagedException("cannot be read: " + e.getMessage());
    }
  }

  /** What a part is, by its file alone. */
  Entry measure(Part part) throws DamagedException {
    Path file = part.file(store);
    try {
      return new Entry(part, reader.footer(file).rows(), Files.size(file), sha256(file));
    } catch (IOException | StoreException e) {
      throw new DamagedException("cannot be read: " + e.getMessage());
    }
  }

  /**
   * Gives those trials of a part, which may be damaged, whose columns say the same as their
   * records.
   *
   * @return false where something of the part could not be read
   */
  boolean salvage(Part part, Trials trials) {
    boolean whole = true;
    Path file = part.file(store);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (PartRows<Row> rows = reader.rows(file, COLUMNS, "true", Row::read)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        try {
          if (row.studyId() != part.studyId()) {
            throw new DamagedException("it is of another study");
          }
          trials.accept(row.trial());
        } catch (DamagedException e) {
          whole = false;
        }
      }
    } catch (StoreException e) {
      return false;
    }
    return whole;
  }

  /** Reads the file's bytes: size and checksum. */
  void checkBytes(Entry entry) throws IOException, DamagedException, MovedException {
    Path file = entry.part().file(store);
    if (!Files.isRegularFile(file)) {
      requireCommitted(entry);
      throw new DamagedException("is missing; put back a copy of the file");
    }
    long bytes = Files.size(file);
    if (bytes != entry.bytes()) {
      throw new DamagedException(
          "has %d bytes, live.db expects %d; put back a copy of the file"
              .formatted(bytes, entry.bytes()));
    }
    String sha256 = sha256(file);
    if (!sha256.equals(entry.sha256())) {
      throw new DamagedException(
          "has the SHA-256 %s, live.db expects %s; put back a copy of the file"
              .formatted(sha256, entry.sha256()));
    }
  }

  private void requireCommitted(Entry entry) throws MovedException {
    if (!live.query(sql -> Parts.isCommitted(sql, entry.part()))) {
      throw new MovedException();
    }
  }

  /** SHA-256 of a file, in hexadecimal. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = PartOutput.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private long readTrials(Part part, Path file, Trials trials) throws DamagedException {
    long count = 0;
    long last = -1;
    try (PartRows<Row> rows = reader.rows(file, COLUMNS, "true", Row::read)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        if (row.studyId() != part.studyId()) {
          throw new DamagedException(
              "trial number %d is of study %d, expected %d"
                  .formatted(row.number(), row.studyId(), part.studyId()));
        }
        if (row.number() <= last) {
          throw new DamagedException(
              "trial number %d comes after %d".formatted(row.number(), last));
        }
        trials.accept(row.trial());
        last = row.number();
        count++;
      }
    }
    return count;
  }
}
