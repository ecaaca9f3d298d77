package dev.assay.storage;

import dev.assay.storage.PartCheck.DamagedException;
import dev.assay.storage.PartCheck.MovedException;
import dev.assay.storage.PartReader.TrialRow;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One study on its way into a live database that is made anew. What is offered first counts: a
 * trial whose number is there already is not taken again. Not safe to share between threads.
 */
final class RebuiltStudy {
  /** The error of a trial of which nothing is left but its number. */
  static final String LOST =
      "lost: neither live.db nor the files of the store had this trial when the store was repaired";

  private final LiveDatabase live;
  private final PartReader reader;
  private final PartCheck check;
  private final RecoveredTrials recovered;
  private final OldDatabase.Study old;
  private final StudyRecord study;

  /** The trial ids of the whole store. */
  private final NumberSet ids;

  private final NumberSet numbers = new NumberSet();
  private final List<Part> kept = new ArrayList<>();
  private final List<Part> archive = new ArrayList<>();
  private long next;
  private long nextFile;
  private boolean plainNames = true;
  private long sealed;
  private long hot;
  private long fromFiles;
  private long interrupted;
  private long lost;

  RebuiltStudy(
      OldDatabase.Study old,
      LiveDatabase live,
      PartReader reader,
      PartCheck check,
      RecoveredTrials recovered,
      NumberSet ids) {
    this.old = old;
    this.study = old.metadata().study();
    this.live = live;
    this.reader = reader;
    this.check = check;
    this.recovered = recovered;
    this.ids = ids;
    this.next = old.nextNumber();
  }

  StudyRecord study() {
    return study;
  }

  boolean has(long number) {
    return numbers.contains(number);
  }

  /** Whether a number is missing, as far as is known. */
  boolean hasGaps() {
    return numbers.size() < next;
  }

  /** The parts of the archive that are kept. */
  List<Part> archive() {
    return archive;
  }

  /** Whether every trial so far has the file name that its number gives. */
  boolean hasPlainNames() {
    return plainNames;
  }

  /** The row of the study, without its counts. */
  void insert(Statements sql) throws SQLException {
    PartMetadata metadata = old.metadata();
    sql.update(
        "INSERT INTO studies (study_id, name, directions, user_attrs, system_attrs, trial_files, "
            + "created_us, duplicates) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        metadata.studyId(),
        metadata.name(),
        metadata.directions(),
        metadata.userAttrs(),
        metadata.systemAttrs(),
        metadata.trialFiles(),
        metadata.createdUs(),
        old.duplicates());
  }

  /**
   * Takes a part as it is, where it is whole and has no trial that is there already.
   *
   * @param expected what the part was when it was committed; null where nobody says
   * @throws DamagedException where it cannot be taken; the message says why
   */
  void keep(Path store, Part part, PartCheck.@Nullable Entry expected) throws DamagedException {
    PartCheck.Entry entry = expected == null ? check.measure(part) : expected;
    if (expected == null && part.kind() == Kind.FILES) {
      requireNewFiles(store, part);
    }
    NumberSet partIds = new NumberSet();
    NumberSet partNumbers = new NumberSet();
    Noted noted = new Noted();
    live.transaction(sql -> insert(sql, entry));
    try {
      check.check(
          entry,
          trial -> {
            if ((!trial.state().isFinished() && study.unfinished().isEmpty())
                || ids.contains(trial.id())
                || numbers.contains(trial.number())
                || !partIds.add(trial.id())
                || !partNumbers.add(trial.number())) {
              throw new DamagedException(
                  "trial number %d is in another part as well, or did not end"
                      .formatted(trial.number()));
            }
            if (expected == null && trial.number() > trial.id()) {
              throw new DamagedException(
                  "trial number %d has the id %d, expected an id that is not less"
                      .formatted(trial.number(), trial.id()));
            }
            noted.add(trial.number(), trial.trialFile());
          });
    } catch (MovedException e) {
      throw new IllegalStateException("nobody else has this database", e);
    } catch (DamagedException e) {
      live.transaction(sql -> sql.update("DELETE FROM parts WHERE part_id = ?", part.id()));
      throw e;
    }
    ids.addAll(partIds);
    numbers.addAll(partNumbers);
    note(noted);
    sealed += partNumbers.size();
    (part.kind() == Kind.TRIALS ? kept : archive).add(part);
    if (part.kind() == Kind.FILES) {
      eachFile(store, part, file -> passName(file.path()));
    }
  }

  /** A part that nobody names may be one that another has taken the place of. */
  private void requireNewFiles(Path store, Part part) throws DamagedException {
    Set<String> paths = new HashSet<>();
    archive.forEach(other -> eachFile(store, other, file -> paths.add(file.path())));
    Set<String> again = new HashSet<>();
    eachFile(
        store,
        part,
        file -> {
          if (paths.contains(file.path())) {
            again.add(file.path());
          }
        });
    if (!again.isEmpty()) {
      throw new DamagedException("%d of its files are in another part".formatted(again.size()));
    }
  }

  private void eachFile(Path store, Part part, Consumer<PartReader.FileRow> files) {
    try (PartRows<PartReader.FileRow> rows = reader.files(part.file(store))) {
      for (PartReader.FileRow row = rows.next(); row != null; row = rows.next()) {
        files.accept(row);
      }
    }
  }

  private static int insert(Statements sql, PartCheck.Entry entry) throws SQLException {
    return sql.update(
        "INSERT INTO parts (part_id, study_id, kind, status, path, rows, bytes, sha256, snapshot) "
            + "VALUES (?, ?, ?, 'committed', ?, ?, ?, ?, ?)",
        entry.part().id(),
        entry.part().studyId(),
        entry.part().kind().text(),
        entry.part().path(),
        entry.rows(),
        entry.bytes(),
        entry.sha256(),
        Parts.snapshot(sql));
  }

  /** What trials say of the numbers and file names of the study. */
  private static final class Noted {
    private long next;
    private long nextFile;
    private boolean plainNames = true;

    void add(long number, @Nullable String trialFile) {
      next = Math.max(next, number + 1);
      nextFile = Math.max(nextFile, RunDirectories.numberAfter(trialFile));
      plainNames &= RunDirectories.trialFile(number).equals(trialFile);
    }
  }

  private void note(Noted noted) {
    next = Math.max(next, noted.next);
    nextFile = Math.max(nextFile, noted.nextFile);
    plainNames &= noted.plainNames;
  }

  private void passName(@Nullable String trialFile) {
    nextFile = Math.max(nextFile, RunDirectories.numberAfter(trialFile));
  }

  /**
   * Takes the trials of a part that is not kept.
   *
   * @return whether all of the part could be read
   */
  boolean takeRows(Part part) {
    return check.salvage(
        part,
        trial -> {
          if (trial.state().isFinished()) {
            take(trial, null);
          } else {
            // Of an import; outside of a sealed part it would be taken for one in flight.
            giveUp(trial);
          }
        });
  }

  /**
   * Takes a finished trial that has its id.
   *
   * @param record how a live database has it; null where none has
   * @return false where it is there already
   */
  boolean take(FrozenTrial trial, @Nullable HotRecord record) {
    boolean isWanted = trial.state().isFinished() && isNew(trial);
    if (isWanted) {
      add(named(trial), record);
      hot++;
    }
    return isWanted;
  }

  private boolean isNew(FrozenTrial trial) {
    return isNew(trial.id(), trial.number());
  }

  /** Ids are given in order, and each trial of the study has had one: no number exceeds its id. */
  private boolean isNew(long id, long number) {
    return number >= 0 && number <= id && !numbers.contains(number) && !ids.contains(id);
  }

  /** A row of the live database has the name of a file. */
  private static FrozenTrial named(FrozenTrial trial) {
    return trial.trialFile() == null
        ? trial.toBuilder().trialFile(RunDirectories.trialFile(trial.number())).build()
        : trial;
  }

  private void add(FrozenTrial trial, @Nullable HotRecord record) {
    note(trial.id(), trial.number(), trial.trialFile());
    if (record == null || trial.state() == TrialState.RUNNING) {
      recovered.add(study.id(), trial);
    } else {
      recovered.add(study.id(), trial, record);
    }
  }

  private void note(long id, long number, @Nullable String trialFile) {
    ids.add(id);
    numbers.add(number);
    Noted noted = new Noted();
    noted.add(number, trialFile);
    note(noted);
  }

  /** Takes a trial that has lost its id. */
  void takeFromFile(FrozenTrial trial) {
    if (!numbers.contains(trial.number())) {
      add(trial.toBuilder().id(recovered.newId()).build(), null);
      fromFiles++;
    }
  }

  /** Takes a trial that nobody evaluates any more. */
  void giveUp(FrozenTrial trial) {
    if (isNew(trial)) {
      add(named(trial.toBuilder().interrupted().build()), null);
      interrupted++;
    }
  }

  /**
   * Takes a trial that clients have in hand, with all that they have set.
   *
   * @param trial the same at this moment
   */
  void takeOpen(OpenTrial open, LiveTrial trial, String trialFile) {
    if (!isNew(trial.id(), trial.number())) {
      return;
    }
    note(trial.id(), trial.number(), trialFile);
    live.transaction(
        sql -> {
          LiveRows.insert(sql, trial, trialFile);
          for (LiveRows.Step step : open.steps()) {
            LiveRows.put(sql, trial.id(), step);
          }
          return true;
        });
    hot++;
  }

  /** Takes what the study's parameters have to be compatible with. */
  void declare(Map<String, String> distributions) {
    live.transaction(
        sql -> {
          for (Map.Entry<String, String> each : distributions.entrySet()) {
            LiveRows.declare(sql, study.id(), each.getKey(), each.getValue());
          }
          return true;
        });
  }

  /** Makes the numbers dense. */
  void fillGaps() {
    for (long number = numbers.firstMissing(); number < next; number++) {
      if (!numbers.contains(number)) {
        String file = RunDirectories.trialFile(plainNames ? number : nextFile);
        boolean plain = plainNames;
        add(
            FrozenTrial.builder()
                .id(recovered.newId())
                .number(number)
                .state(TrialState.FAIL)
                .error(LOST)
                .trialFile(file)
                .build(),
            null);
        plainNames = plain;
        lost++;
      }
    }
    recovered.flush();
  }

  /**
   * Makes guard, summary, best trial and counts of all trials.
   *
   * @param known signatures that the guard knows without a trial
   */
  void sumUp(Path store, Spool spool, Collection<String> known) throws IOException {
    long[] hotIds =
        live
            .query(
                sql ->
                    sql.list(
                        "SELECT trial_id FROM trials WHERE study_id = ?",
                        row -> row.getLong(1),
                        study.id()))
            .stream()
            .mapToLong(id -> id)
            .sorted()
            .toArray();
    ImportedTrials sums = new ImportedTrials(live, spool, study);
    try {
      sums.prepare(
          trials -> {
            for (Part part : kept) {
              readPart(store, part, trials);
            }
            new HotRows(store, live, hotIds).forEach(trials);
          },
          known);
      live.transaction(
          sql -> {
            sql.update("UPDATE studies SET next_number = ? WHERE study_id = ?", next, study.id());
            sums.commit(sql);
            return sql.update(
                "UPDATE studies SET next_file = max(next_file, ?) WHERE study_id = ?",
                Math.max(nextFile, old.nextFile()),
                study.id());
          });
    } finally {
      sums.release();
    }
  }

  private void readPart(Path store, Part part, TrialRows.Reader trials) throws IOException {
    try (PartRows<TrialRow> rows = reader.trials(part.file(store), 0)) {
      for (TrialRow row = rows.next(); row != null; row = rows.next()) {
        trials.accept(row.trial(), Objects.requireNonNull(row.record()));
      }
    } catch (SQLException e) {
      throw new IOException(part.path() + ": " + e.getMessage(), e);
    }
  }

  RepairReport.Study report() {
    return new RepairReport.Study(
        study.id(), study.name(), sealed, hot, fromFiles, interrupted, lost);
  }
}
