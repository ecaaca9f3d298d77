package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The dedup guard: nobody evaluates parameters that somebody else has or had in hand. A claim is
 * one transaction, so that of all threads and processes exactly one gets it.
 *
 * <p>Safe to share between threads.
 */
final class Guard {
  private static final String HOLDER =
      "SELECT s.trial_id, s.state, s.\"values\", t.number, t.attempt, t.worker_id, w.beat, "
          + "t.trial_file, "
          + "EXISTS (SELECT 1 FROM live_trials l WHERE l.trial_id = s.trial_id) "
          + "FROM signatures s LEFT JOIN trials t USING (trial_id) "
          + "LEFT JOIN workers w USING (worker_id) WHERE s.study_id = ? AND s.signature = ? "
          // The rows of a study that is deleted go some at a time.
          + "AND EXISTS (SELECT 1 FROM studies d WHERE d.study_id = s.study_id)";

  private final LiveDatabase live;
  private final Studies studies;
  private final TrialIds ids;
  private final Leases leases;
  private final Spool spool;
  private final Clocks clocks;
  private final long workerId;
  private final LongAdder claims = new LongAdder();
  private final LongAdder duplicates = new LongAdder();

  /** By study, what the live database does not count yet. */
  private final Map<Long, LongAdder> unsavedDuplicates = new ConcurrentHashMap<>();

  /** A trial without what its row brings, and its record, made before the transaction. */
  private record Draft(FrozenTrial trial, HotRecord record) {
    @Nullable String signature() {
      return trial.signature();
    }
  }

  /** A trial as it was claimed. */
  record Claimed(Claim.Lease lease, FrozenTrial trial) {}

  /** What a trial is called in its study. */
  private record Place(long number, String trialFile) {}

  /** A claim's outcome, and the trial where there is one. */
  record Answer(Claim claim, @Nullable Claimed claimed) {}

  /**
   * The guard's row of a signature, and the trial that holds it where that is still hot.
   *
   * @param isLive whether a client holds it
   */
  private record Holder(
      @Nullable Long trialId,
      @Nullable String state,
      @Nullable String values,
      long number,
      int attempt,
      @Nullable Long workerId,
      @Nullable Long beat,
      @Nullable String trialFile,
      boolean isLive) {
    static Holder read(ResultSet row) throws SQLException {
      return new Holder(
          Statements.nullableLong(row, 1),
          row.getString(2),
          row.getString(3),
          row.getLong(4),
          row.getInt(5),
          Statements.nullableLong(row, 6),
          Statements.nullableLong(row, 7),
          row.getString(8),
          row.getBoolean(9));
    }

    /** Whether the trial that is said to run is not there. */
    boolean isLost() {
      return isRunning() && attempt == 0 && !isLive;
    }

    boolean isRunning() {
      return TrialState.RUNNING.name().equals(state);
    }

    Claim.Duplicate duplicate(long trialId) {
      TrialState current = state == null ? TrialState.RUNNING : TrialState.valueOf(state);
      return new Claim.Duplicate(trialId, current, Guard.values(values));
    }
  }

  Guard(Lake lake, Studies studies, TrialIds ids, Leases leases) {
    this.live = lake.live();
    this.studies = studies;
    this.ids = ids;
    this.leases = leases;
    this.spool = lake.spool();
    this.clocks = lake.clocks();
    this.workerId = lake.workerId();
  }

  /** How many claims this process got. */
  long claims() {
    return claims.sum();
  }

  /** How many claims found their parameters taken. */
  long duplicates() {
    return duplicates.sum();
  }

  /** The studies with duplicates that the live database does not count yet. */
  List<Long> studiesWithDuplicates() {
    List<Long> ids = new ArrayList<>();
    unsavedDuplicates.forEach(
        (studyId, count) -> {
          if (count.sum() > 0) {
            ids.add(studyId);
          }
        });
    return ids;
  }

  /** Counts a study's duplicates in the live database, for all processes to see. */
  void saveDuplicates(long studyId) {
    LongAdder count = unsavedDuplicates.get(studyId);
    long more = count == null ? 0 : count.sum();
    if (count != null && more > 0) {
      live.transaction(
          sql ->
              sql.update(
                  "UPDATE studies SET duplicates = duplicates + ? WHERE study_id = ?",
                  more,
                  studyId));
      count.add(-more);
    }
  }

  Answer claim(long studyId, ObjectNode params, ObjectNode distributions, @Nullable Long limit) {
    FrozenTrial trial = draft(params, distributions);
    Draft draft = new Draft(trial, spool.put(trial));
    Answer answer;
    try {
      answer = live.transaction(sql -> claim(sql, studyId, draft, limit));
    } finally {
      spool.release(draft.record());
    }
    if (answer.claimed() != null) {
      claims.increment();
    } else if (answer.claim() instanceof Claim.Duplicate) {
      duplicates.increment();
      unsavedDuplicates.computeIfAbsent(studyId, id -> new LongAdder()).increment();
    }
    return answer;
  }

  private FrozenTrial draft(ObjectNode params, ObjectNode distributions) {
    try {
      return FrozenTrial.builder()
          .params(params)
          .distributions(distributions)
          .start(clocks.now())
          .trialKey(Signatures.shared().trialKey(params))
          .signature(Signatures.shared().parameterSignature(params))
          .build();
    } catch (IllegalArgumentException e) {
      throw new StoreException("cannot claim these parameters: " + e.getMessage(), e);
    }
  }

  /**
   * Claims the parameters of a trial that waits: it runs from then on, as this worker's.
   *
   * @param waiting the trial
   * @return empty where it does not wait any more
   */
  Optional<Answer> claim(
      OpenTrial.Version waiting,
      FrozenTrial open,
      ObjectNode params,
      ObjectNode distributions,
      @Nullable Long limit) {
    FrozenTrial trial =
        draft(params, distributions).toBuilder()
            .userAttrs(open.userAttrs())
            .systemAttrs(open.systemAttrs())
            .build();
    Draft draft = new Draft(trial, spool.put(trial));
    Optional<Answer> answer;
    try {
      answer = live.transaction(sql -> claim(sql, waiting, draft, limit));
    } finally {
      spool.release(draft.record());
    }
    if (answer.isPresent() && answer.get().claimed() != null) {
      claims.increment();
    }
    return answer;
  }

  private Optional<Answer> claim(
      Statements sql, OpenTrial.Version waiting, Draft draft, @Nullable Long limit)
      throws SQLException {
    LiveTrial trial = waiting.trial();
    long studyId = trial.studyId();
    if (!LiveRows.isThere(sql, waiting)) {
      return Optional.empty();
    }
    Claim.LimitReached reached = limit == null ? null : limitReached(sql, studyId, limit);
    if (reached != null) {
      return Optional.of(new Answer(reached, null));
    }
    Holder holder = sql.first(HOLDER, Holder::read, studyId, draft.signature());
    Long holding = holder == null ? null : holder.trialId();
    if (holder != null && holding != null && holding != trial.id() && !holder.isLost()) {
      return Optional.of(new Answer(holder.duplicate(holding), null));
    }
    sql.update(
        "INSERT OR REPLACE INTO signatures (study_id, signature, trial_id, state) "
            + "VALUES (?, ?, ?, 'RUNNING')",
        studyId,
        draft.signature(),
        trial.id());
    LiveRows.remove(sql, waiting);
    return Optional.of(
        insert(sql, studyId, trial.id(), new Place(trial.number(), waiting.trialFile()), draft));
  }

  private Answer claim(Statements sql, long studyId, Draft draft, @Nullable Long limit)
      throws SQLException {
    Claim.LimitReached reached = limit == null ? null : limitReached(sql, studyId, limit);
    if (reached != null) {
      return new Answer(reached, null);
    }
    boolean inserted =
        sql.update(
                "INSERT INTO signatures (study_id, signature, trial_id, state) "
                    + "SELECT ?, ?, value, 'RUNNING' FROM meta WHERE key = 'next_trial_id' "
                    + "ON CONFLICT DO NOTHING",
                studyId,
                draft.signature())
            == 1;
    if (inserted) {
      return begin(sql, studyId, draft);
    }
    Holder holder = sql.first(HOLDER, Holder::read, studyId, draft.signature());
    if (holder == null) {
      throw studies.missing(studyId);
    }
    Long trialId = holder.trialId();
    if (trialId == null || holder.isLost()) {
      return adopt(sql, studyId, draft);
    }
    if (isExpired(holder)) {
      return takeOver(sql, studyId, trialId, holder, draft);
    }
    return new Answer(holder.duplicate(trialId), null);
  }

  private static Claim.@Nullable LimitReached limitReached(Statements sql, long studyId, long limit)
      throws SQLException {
    return sql.first(
        "SELECT finished, running FROM (SELECT coalesce(finished, 0) AS finished, "
            + "(SELECT count(*) FROM trials t WHERE t.study_id = s.study_id "
            + "AND t.state = 'RUNNING') + (SELECT count(*) FROM live_trials l "
            + "WHERE l.study_id = s.study_id AND l.state = 'RUNNING') AS running "
            + "FROM studies s LEFT JOIN summaries USING (study_id) WHERE study_id = ?) "
            + "WHERE finished + running >= ?",
        row -> new Claim.LimitReached(row.getLong(1), row.getLong(2)),
        studyId,
        limit);
  }

  /** What a claim of this signature would find; null where it would be given. */
  Claim.@Nullable Duplicate find(long studyId, String signature) {
    Holder holder = live.find(HOLDER, Holder::read, studyId, signature);
    Long trialId = holder == null ? null : holder.trialId();
    if (holder == null || trialId == null || holder.isLost() || isExpired(holder)) {
      return null;
    }
    return holder.duplicate(trialId);
  }

  private boolean isExpired(Holder holder) {
    return holder.isRunning()
        && !holder.isLive()
        && leases.isExpired(holder.workerId(), holder.beat());
  }

  /** A signature that is known from elsewhere without an outcome: whoever asks next takes it. */
  private Answer adopt(Statements sql, long studyId, Draft draft) throws SQLException {
    sql.update(
        "UPDATE signatures SET state = 'RUNNING', "
            + "trial_id = (SELECT value FROM meta WHERE key = 'next_trial_id') "
            + "WHERE study_id = ? AND signature = ?",
        studyId,
        draft.signature());
    return begin(sql, studyId, draft);
  }

  private Answer begin(Statements sql, long studyId, Draft draft) throws SQLException {
    long trialId = ids.take(sql, 1);
    Place place =
        sql.first(
            "UPDATE studies SET next_number = next_number + 1, next_file = next_file + 1 "
                + "WHERE study_id = ? RETURNING next_number - 1, next_file - 1",
            row -> new Place(row.getLong(1), RunDirectories.trialFile(row.getLong(2))),
            studyId);
    if (place == null) {
      throw studies.missing(studyId);
    }
    return insert(sql, studyId, trialId, place, draft);
  }

  private Answer insert(Statements sql, long studyId, long trialId, Place place, Draft draft)
      throws SQLException {
    Claimed claimed = claimed(studyId, trialId, place, 1, draft.trial());
    sql.update(
        "INSERT INTO trials (trial_id, study_id, number, state, attempt, worker_id, signature, "
            + "trial_file, record, spool, spool_bytes, change_sequence) "
            + "VALUES (?, ?, ?, 'RUNNING', 1, ?, ?, ?, ?, ?, ?, "
            + "(SELECT value + 1 FROM meta WHERE key = 'change_sequence'))",
        trialId,
        studyId,
        place.number(),
        workerId,
        draft.signature(),
        place.trialFile(),
        draft.record().inline(),
        draft.record().spool(),
        draft.record().spoolBytes());
    sql.update(Outcomes.NEXT_CHANGE);
    return new Answer(new Claim.Acquired(claimed.lease()), claimed);
  }

  /** The same trial, another attempt: the worker before this one can no longer finish it. */
  private Answer takeOver(Statements sql, long studyId, long trialId, Holder holder, Draft draft)
      throws SQLException {
    Place place =
        new Place(holder.number(), requireNonNull(holder.trialFile(), "the trial is hot"));
    Claimed claimed = claimed(studyId, trialId, place, holder.attempt() + 1, draft.trial());
    sql.update(
        "UPDATE trials SET attempt = ?, worker_id = ?, record = ?, spool = ?, spool_bytes = ?,"
            + " change_sequence = (SELECT value + 1 FROM meta WHERE key = 'change_sequence') WHERE"
            + " trial_id = ?",
        claimed.lease().attempt(),
        workerId,
        draft.record().inline(),
        draft.record().spool(),
        draft.record().spoolBytes(),
        trialId);
    sql.update(Outcomes.NEXT_CHANGE);
    return new Answer(new Claim.Acquired(claimed.lease()), claimed);
  }

  private static Claimed claimed(
      long studyId, long trialId, Place place, int attempt, FrozenTrial draft) {
    long number = place.number();
    String file = place.trialFile();
    FrozenTrial trial =
        draft.toBuilder().id(trialId).number(number).attempts(attempt).trialFile(file).build();
    return new Claimed(
        new Claim.Lease(studyId, trialId, number, attempt, draft.signature(), file), trial);
  }

  /** Which of these signatures have an owner or an outcome. */
  Set<String> seen(long studyId, Collection<String> signatures) {
    return held(studyId, signatures, "s.trial_id IS NOT NULL");
  }

  /** Which of these signatures are there, be it without a trial. */
  Set<String> known(long studyId, Collection<String> signatures) {
    return held(studyId, signatures, "true");
  }

  private Set<String> held(long studyId, Collection<String> signatures, String condition) {
    String asked = SignatureArray.of(signatures);
    String held =
        live.find(
            // CROSS keeps SQLite from walking the study's signatures instead.
            "SELECT coalesce(group_concat(s.signature, ' '), '') FROM json_each(?) asked "
                + "CROSS JOIN signatures s ON s.study_id = ? AND s.signature = asked.value WHERE "
                + condition,
            row -> row.getString(1),
            asked,
            studyId);
    return SignatureArray.split(String.valueOf(held));
  }

  /** Makes signatures known without an outcome; returns how many were new. */
  int add(long studyId, Collection<String> signatures) {
    String added = SignatureArray.sorted(signatures);
    return live.transaction(
        sql -> {
          requireStudy(sql, studyId);
          return sql.update(
              "INSERT INTO signatures (study_id, signature) SELECT ?, value FROM json_each(?) "
                  + "WHERE true ON CONFLICT DO NOTHING",
              studyId,
              added);
        });
  }

  /** Frees signatures whose trial does not run; returns how many. */
  int remove(long studyId, Collection<String> signatures) {
    String removed = SignatureArray.of(signatures);
    return live.transaction(
        sql -> {
          requireStudy(sql, studyId);
          return sql.update(
              "DELETE FROM signatures WHERE study_id = ? AND state IS NOT 'RUNNING' "
                  + "AND signature IN (SELECT value FROM json_each(?))",
              studyId,
              removed);
        });
  }

  private void requireStudy(Statements sql, long studyId) throws SQLException {
    if (sql.number("SELECT count(*) FROM studies WHERE study_id = ?", studyId) == 0) {
      throw studies.missing(studyId);
    }
  }

  private static List<Double> values(@Nullable String json) {
    List<Double> values = new ArrayList<>();
    if (json != null) {
      try {
        Json.parse(json).forEach(value -> values.add(value.doubleValue()));
      } catch (JsonProcessingException e) {
        throw new StoreException(
            "signatures.values in live.db is '%s', expected a JSON array".formatted(json), e);
      }
    }
    return values;
  }
}
