package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How trials end by their worker's finish: state, record, guard, counts and best trial change in
 * one transaction.
 *
 * <p>Safe to share between threads.
 */
final class Outcomes {
  static final String NEXT_CHANGE =
      "UPDATE meta SET value = value + 1 WHERE key = 'change_sequence'";

  private final Path store;
  private final LiveDatabase live;
  private final Spool spool;
  private final Trials trials;
  private final Studies studies;
  private final Clocks clocks;
  private final long workerId;

  /** What this process has claimed and not finished, by trial id. */
  private final Map<Long, Guard.Claimed> inFlight = new ConcurrentHashMap<>();

  /**
   * A trial that ended, and the study that it is of.
   *
   * @param recordLength about how much memory the trial takes, in characters
   */
  record Ended(long studyId, FrozenTrial trial, long recordLength) {}

  /** A row that is not the claim's any more. */
  private record Found(
      TrialState state, int attempt, @Nullable Long workerId, @Nullable String name) {
    static Found read(ResultSet row) throws SQLException {
      return new Found(
          TrialState.valueOf(row.getString(1)),
          row.getInt(2),
          Statements.nullableLong(row, 3),
          row.getString(4));
    }
  }

  Outcomes(Lake lake, Trials trials, Studies studies) {
    this.store = lake.store();
    this.live = lake.live();
    this.spool = lake.spool();
    this.trials = trials;
    this.studies = studies;
    this.clocks = lake.clocks();
    this.workerId = lake.workerId();
  }

  /** The number of the last change to a trial. */
  static long lastChange(Statements sql) throws SQLException {
    return sql.number("SELECT value FROM meta WHERE key = 'change_sequence'");
  }

  /** Remembers a claim, so that its finish need not read it back. */
  void remember(Guard.Claimed claimed) {
    inFlight.put(claimed.lease().trialId(), claimed);
  }

  /** Finishes a trial; what is given back is what the store holds. */
  Ended finish(Claim.Lease lease, FrozenTrial result) {
    if (!result.state().isFinished()) {
      throw new StoreException(
          "trial number %d: a finish with the state %s, expected COMPLETE, PRUNED or FAIL"
              .formatted(lease.number(), result.state()));
    }
    FrozenTrial trial = merge(lease, result);
    HotRecord record = spool.put(trial);
    boolean ours;
    try {
      ours = live.transaction(sql -> settle(sql, lease, trial, record));
    } finally {
      spool.release(record);
    }
    try {
      return new Ended(lease.studyId(), ours ? trial : repeated(lease, trial), record.bytes());
    } finally {
      // Stored or refused, this attempt has ended; a later one may be this process's as well.
      inFlight.computeIfPresent(
          lease.trialId(), (id, claimed) -> claimed.lease().equals(lease) ? null : claimed);
    }
  }

  /** How many claims this process has neither seen stored nor refused. */
  int inHand() {
    return inFlight.size();
  }

  private FrozenTrial merge(Claim.Lease lease, FrozenTrial result) {
    FrozenTrial claimed = claimed(lease);
    FrozenTrial.Builder trial =
        result.toBuilder()
            .id(lease.trialId())
            .number(lease.number())
            .attempts(lease.attempt())
            .signature(lease.signature())
            .trialFile(lease.trialFile());
    if (claimed != null) {
      trial.params(claimed.params()).start(claimed.start()).trialKey(claimed.trialKey());
      trial.userAttrs(joined(claimed.userAttrs(), result.userAttrs()));
      trial.systemAttrs(joined(claimed.systemAttrs(), result.systemAttrs()));
      if (result.distributions().isEmpty()) {
        trial.distributions(claimed.distributions());
      }
    }
    if (result.complete() == null) {
      trial.complete(clocks.now());
    }
    int objectives = studies.known(lease.studyId()).directions().size();
    if (!result.values().isEmpty() && result.values().size() != objectives) {
      throw new StoreException(
          "trial number %d has %d values, its study has %d objectives"
              .formatted(lease.number(), result.values().size(), objectives));
    }
    if (result.values().stream().anyMatch(value -> value.isNaN())) {
      // NaN is neither better nor worse than anything: no best trial could be told from it.
      trial.state(TrialState.FAIL).values(List.of());
      if (result.error() == null) {
        trial.error("the objective's value is NaN, expected a number");
      }
    }
    return trial.build();
  }

  /** What a trial brought from the queue, and what its result has. */
  private static ObjectNode joined(ObjectNode claimed, ObjectNode result) {
    if (claimed.isEmpty()) {
      return result;
    }
    ObjectNode joined = Json.object().setAll(claimed);
    joined.setAll(result);
    return joined;
  }

  /** Null where the trial is no longer in the live database. */
  @Nullable FrozenTrial claimed(Claim.Lease lease) {
    Guard.Claimed claimed = inFlight.get(lease.trialId());
    if (claimed != null && claimed.lease().equals(lease)) {
      return claimed.trial();
    }
    return HotTrial.find(store, live, lease.trialId());
  }

  /**
   * Ends a running trial.
   *
   * @return false where the lease's attempt is not running any more: nothing is changed
   */
  private boolean settle(Statements sql, Claim.Lease lease, FrozenTrial trial, HotRecord record)
      throws SQLException {
    int changed =
        sql.update(
            "UPDATE trials SET state = ?, worker_id = ?, record = ?, spool = ?, "
                + "spool_bytes = ?, "
                + "change_sequence = (SELECT value + 1 FROM meta WHERE key = 'change_sequence') "
                + "WHERE trial_id = ? AND attempt = ? AND state = 'RUNNING'",
            trial.state().name(),
            workerId,
            record.inline(),
            record.spool(),
            record.spoolBytes(),
            lease.trialId(),
            lease.attempt());
    if (changed == 0) {
      return false;
    }
    sql.update(NEXT_CHANGE);
    settleSignature(sql, lease, trial);
    if (Summaries.add(sql, studies.known(lease.studyId()), trial)) {
      Summaries.putBest(sql, lease.studyId(), record);
    }
    return true;
  }

  private static void settleSignature(Statements sql, Claim.Lease lease, FrozenTrial trial)
      throws SQLException {
    if (lease.signature() == null) {
      return;
    }
    if (trial.state().holdsSignature()) {
      sql.update(
          "UPDATE signatures SET state = ?, \"values\" = ? "
              + "WHERE study_id = ? AND signature = ? AND trial_id = ?",
          trial.state().name(),
          json(trial.values()),
          lease.studyId(),
          lease.signature(),
          lease.trialId());
    } else {
      sql.update(
          "DELETE FROM signatures WHERE study_id = ? AND signature = ? AND trial_id = ?",
          lease.studyId(),
          lease.signature(),
          lease.trialId());
    }
  }

  /** A finish whose trial is not running under its lease: a repetition succeeds. */
  private FrozenTrial repeated(Claim.Lease lease, FrozenTrial trial) {
    Found found =
        live.find(
            "SELECT t.state, t.attempt, t.worker_id, w.name FROM trials t "
                + "LEFT JOIN workers w USING (worker_id) WHERE t.trial_id = ?",
            Found::read,
            lease.trialId());
    if (found != null && found.attempt() != lease.attempt()) {
      String name = found.name() == null ? "" : " (%s)".formatted(found.name());
      throw new LeaseLostException(
          "trial number %d was taken over by worker %s%s, attempt %d, because the lease of attempt %d had run out; it is %s now and this result was not stored"
              .formatted(
                  lease.number(),
                  found.workerId(),
                  name,
                  found.attempt(),
                  lease.attempt(),
                  found.state()));
    }
    FrozenTrial stored = trials.find(lease.studyId(), lease.number());
    if (stored == null) {
      throw new LeaseLostException(
          "trial number %d is not in the store any more; this result was not stored"
              .formatted(lease.number()));
    }
    boolean same =
        stored.id() == lease.trialId()
            && stored.attempts() == lease.attempt()
            && stored.state() == trial.state()
            && stored.values().equals(trial.values())
            && Objects.equals(stored.error(), trial.error());
    if (!same) {
      throw new LeaseLostException(
          "trial number %d is %s%s already, with another result; this result was not stored"
              .formatted(lease.number(), stored.state(), found == null ? " and sealed" : ""));
    }
    return stored;
  }

  private static String json(List<Double> values) {
    ArrayNode array = Json.object().putArray("values");
    values.forEach(array::add);
    return CanonicalJson.compact(array);
  }
}
