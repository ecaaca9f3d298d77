package dev.assay.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Walks over a study's trials by number, as they were when it was opened. A finished trial never
 * changes, and every number below the study's next one is a trial: so what was there is known by
 * that number and by the unfinished trials, of which a copy is kept. Where the others are may
 * change on the way, because trials are sealed and parts are merged: then it looks again where the
 * rest is, and goes on. It holds no transaction open, and no part that it has not come to.
 *
 * <p>Used by one thread.
 */
final class TrialCursor implements Iterator<FrozenTrial>, AutoCloseable {
  private static final int PAGE = 200;

  private final Trials trials;
  private final long studyId;
  private final long end;

  /** The trials that were not finished at the opening, by number. */
  private final TreeMap<Long, UnfinishedRow> unfinished = new TreeMap<>();

  private PartCursor parts;

  /** The numbers of the trials in the live database from {@link #hotNext} on, ascending. */
  private long[] hot = {};

  private int hotNext;
  private final Deque<HotTrial> page = new ArrayDeque<>();

  /** Trials below this number have been given. */
  private long next;

  private @Nullable FrozenTrial found;
  private boolean closed;

  /** Where the trials are that are still to come. */
  private static final class Places {
    private final List<Path> parts;
    private final long[] hot;

    Places(List<Path> parts, long[] hot) {
      this.parts = parts;
      this.hot = hot;
    }
  }

  /** A trial is no longer where it was. */
  private static final class MovedException extends Exception {}

  /**
   * @param from the first number
   * @throws StoreException where there is no such study
   */
  TrialCursor(Trials trials, long studyId, long from) {
    this.trials = trials;
    this.studyId = studyId;
    this.next = from;
    long[] nextNumber = {0};
    Places places =
        trials
            .live()
            .query(
                sql -> {
                  nextNumber[0] = nextNumber(sql);
                  unfinished.clear();
                  sql.list(
                      "SELECT "
                          + HotTrial.COLUMNS
                          + " FROM trials WHERE study_id = ? AND number >= ? AND NOT "
                          + Trials.FINISHED,
                      row -> unfinished.put(row.getLong(2), HotTrial.read(row)) == null,
                      studyId,
                      from);
                  for (OpenTrial open : OpenTrial.all(sql, trials.form(), studyId).values()) {
                    if (open.number() >= from) {
                      unfinished.put(open.number(), open);
                    }
                  }
                  return places(sql);
                });
    end = nextNumber[0];
    hot = places.hot;
    parts = parts(places);
  }

  private long nextNumber(Statements sql) throws SQLException {
    Long number =
        sql.first(
            "SELECT next_number FROM studies WHERE study_id = ?", row -> row.getLong(1), studyId);
    if (number == null) {
      throw trials.noStudy(studyId);
    }
    return number;
  }

  private Places places(Statements sql) throws SQLException {
    long[] numbers =
        sql
            .list(
                "SELECT number FROM trials WHERE study_id = ? AND number >= ? AND "
                    + Trials.FINISHED
                    + " ORDER BY number",
                row -> row.getLong(1),
                studyId,
                next)
            .stream()
            .mapToLong(number -> number)
            .toArray();
    return new Places(trials.parts(sql, studyId), numbers);
  }

  private PartCursor parts(Places places) {
    return new PartCursor(
        trials.reader(), trials.retrying(studyId, places.parts, trials.reader()::numbers), next);
  }

  private void lookAgain() {
    parts.close();
    page.clear();
    Places places =
        trials
            .live()
            .query(
                sql -> {
                  nextNumber(sql);
                  return places(sql);
                });
    hot = places.hot;
    hotNext = 0;
    parts = parts(places);
  }

  @Override
  public boolean hasNext() {
    while (found == null && next < end) {
      try {
        found = advance();
      } catch (MovedException e) {
        lookAgain();
      }
    }
    return found != null;
  }

  @Override
  public FrozenTrial next() {
    if (!hasNext() || found == null) {
      throw new NoSuchElementException("study %d has no further trial".formatted(studyId));
    }
    FrozenTrial trial = found;
    found = null;
    return trial;
  }

  /** The next trial; null where the row at hand is none to give, or nothing is left. */
  private @Nullable FrozenTrial advance() throws MovedException {
    if (closed) {
      throw new IllegalStateException("this stream of trials is closed");
    }
    long number = lowest();
    if (number >= end) {
      next = end;
      return null;
    }
    try {
      FrozenTrial trial = take(number);
      if (number < next) {
        return null;
      }
      UnfinishedRow then = unfinished.remove(number);
      next = number + 1;
      return then == null ? trial : asItWas(then);
    } catch (IOException | SQLException e) {
      throw Trials.unreadable(studyId, number, e);
    }
  }

  private FrozenTrial asItWas(UnfinishedRow unfinished) throws IOException {
    try {
      return unfinished.trial(trials.store());
    } catch (NoSuchFileException e) {
      // It has ended since, and its large parameters are where it is now.
      FrozenTrial ended = trials.find(studyId, unfinished.number());
      if (ended == null) {
        throw e;
      }
      return FrozenTrial.builder()
          .id(ended.id())
          .number(ended.number())
          .state(unfinished.state())
          .params(ended.params())
          .distributions(ended.distributions())
          .start(ended.start())
          .attempts(unfinished.attempt())
          .trialKey(ended.trialKey())
          .signature(ended.signature())
          .trialFile(ended.trialFile())
          .build();
    }
  }

  private long lowest() throws MovedException {
    long lowest = unfinished.isEmpty() ? PartCursor.NONE : unfinished.firstKey();
    if (hotNext < hot.length) {
      lowest = Math.min(lowest, hot[hotNext]);
    }
    try {
      return Math.min(lowest, parts.number(lowest));
    } catch (NoSuchFileException e) {
      throw new MovedException();
    }
  }

  /** Steps over that number wherever it is; the trial, where a part or the live database has it. */
  private @Nullable FrozenTrial take(long number) throws MovedException, IOException, SQLException {
    FrozenTrial trial = null;
    while (parts.number() == number) {
      trial = Records.open(parts.take().record());
    }
    if (hotNext < hot.length && hot[hotNext] == number) {
      trial = takeHot();
    }
    return trial;
  }

  private FrozenTrial takeHot() throws MovedException, IOException, SQLException {
    if (page.isEmpty()) {
      long[] numbers = Arrays.copyOfRange(hot, hotNext, Math.min(hot.length, hotNext + PAGE));
      trials.live().query(sql -> readPage(sql, numbers)).forEach(page::add);
    }
    HotTrial row = page.peek();
    if (row == null || row.number() != hot[hotNext]) {
      throw new MovedException();
    }
    FrozenTrial trial =
        row.record().spool() == null
            ? Records.open(row.record().text(trials.store()))
            : HotTrial.find(trials.store(), trials.live(), row.id());
    if (trial == null) {
      throw new MovedException();
    }
    page.remove();
    hotNext++;
    return trial;
  }

  private List<HotTrial> readPage(Statements sql, long[] numbers) throws SQLException {
    return sql.list(
        "SELECT "
            + HotTrial.COLUMNS
            + " FROM trials WHERE study_id = ? AND number IN "
            + "(SELECT value FROM json_each(?)) ORDER BY number",
        HotTrial::read,
        studyId,
        Arrays.toString(numbers));
  }

  @Override
  public void close() {
    closed = true;
    parts.close();
    page.clear();
    unfinished.clear();
  }
}
