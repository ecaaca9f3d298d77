package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How trials end whose worker stopped or is gone: as {@value #INTERRUPTED}, some hundred in a
 * transaction.
 *
 * <p>Safe to share between threads.
 */
final class Interruptions {
  /** The error of a trial that was stopped under way. It does not count towards a limit. */
  static final String INTERRUPTED = "interrupted";

  /** Without the records, which may be large. */
  private static final String RUNNING =
      "SELECT study_id, trial_id, number, attempt, signature, trial_file, worker_id, "
          + "beat FROM trials LEFT JOIN workers USING (worker_id) WHERE state = 'RUNNING' ";

  /** Ends running trials: rows of id, lease's attempt, row's attempt, record, spool, its bytes. */
  private static final String INTERRUPT =
      "UPDATE trials SET state = 'FAIL', attempt = i.value ->> 2, worker_id = ?1, "
          + "record = i.value ->> 3, spool = i.value ->> 4, spool_bytes = i.value ->> 5, "
          + "change_sequence = 1 + i.key "
          + "+ (SELECT m.value FROM meta m WHERE m.key = 'change_sequence') "
          + "FROM json_each(?2) i WHERE trial_id = i.value ->> 0 AND attempt = i.value ->> 1 "
          + "AND state = 'RUNNING' RETURNING trial_id";

  /** How many trials are given up in one transaction: it bounds how long others wait for it. */
  private static final int BATCH = 500;

  private static final long BATCH_BYTES = 1 << 20;

  private final LiveDatabase live;
  private final Spool spool;
  private final Studies studies;
  private final Leases leases;
  private final Outcomes outcomes;
  private final Clocks clocks;
  private final long workerId;

  private record Running(Claim.Lease lease, @Nullable Long workerId, @Nullable Long beat) {
    static Running read(ResultSet row) throws SQLException {
      return new Running(
          new Claim.Lease(
              row.getLong(1),
              row.getLong(2),
              row.getLong(3),
              row.getInt(4),
              row.getString(5),
              row.getString(6)),
          Statements.nullableLong(row, 7),
          Statements.nullableLong(row, 8));
    }
  }

  /** A running trial that is about to be given up: the attempt is the one that its row gets. */
  private record Interrupted(Claim.Lease lease, int attempt, FrozenTrial trial, HotRecord record) {
    Outcomes.Ended ended() {
      return new Outcomes.Ended(lease.studyId(), trial, record.bytes());
    }
  }

  /**
   * @param outcomes knows the trials that this process has claimed
   */
  Interruptions(Lake lake, Studies studies, Leases leases, Outcomes outcomes) {
    this.live = lake.live();
    this.spool = lake.spool();
    this.studies = studies;
    this.leases = leases;
    this.outcomes = outcomes;
    this.clocks = lake.clocks();
    this.workerId = lake.workerId();
  }

  /**
   * Gives up a study's running trials whose workers are gone.
   *
   * @param ended is told of each, when it is committed
   * @return how many
   */
  int failAbandoned(long studyId, Consumer<Outcomes.Ended> ended) {
    List<Running> abandoned =
        live.query(sql -> sql.list(RUNNING + "AND study_id = ?", Running::read, studyId));
    abandoned.removeIf(running -> !leases.isExpired(running.workerId(), running.beat()));
    return interrupt(abandoned, 1, ended);
  }

  /**
   * Gives up this worker's own running trials.
   *
   * @param ended is told of each, when it is committed
   */
  void failOwn(Consumer<Outcomes.Ended> ended) {
    interrupt(
        live.query(sql -> sql.list(RUNNING + "AND worker_id = ?", Running::read, workerId)),
        0,
        ended);
  }

  private int interrupt(List<Running> running, int attempts, Consumer<Outcomes.Ended> ended) {
    int count = 0;
    Iterator<Running> rest = running.iterator();
    while (rest.hasNext()) {
      List<Interrupted> batch = new ArrayList<>();
      try {
        fill(batch, rest, attempts);
        List<Interrupted> settled = live.transaction(sql -> settle(sql, batch));
        settled.forEach(each -> ended.accept(each.ended()));
        count += settled.size();
      } finally {
        batch.forEach(each -> spool.release(each.record()));
      }
    }
    return count;
  }

  private void fill(List<Interrupted> batch, Iterator<Running> rest, int attempts) {
    long bytes = 0;
    while (rest.hasNext() && batch.size() < BATCH && bytes < BATCH_BYTES) {
      Running row = rest.next();
      FrozenTrial claimed = outcomes.claimed(row.lease());
      if (claimed != null) {
        FrozenTrial trial = claimed.toBuilder().interrupted().complete(clocks.now()).build();
        HotRecord record = spool.put(trial);
        batch.add(new Interrupted(row.lease(), row.lease().attempt() + attempts, trial, record));
        bytes += record.bytes();
      }
    }
  }

  /** Gives those back that were running still. */
  private List<Interrupted> settle(Statements sql, List<Interrupted> batch) throws SQLException {
    ArrayNode rows = Json.object().arrayNode();
    for (Interrupted each : batch) {
      rows.addArray()
          .add(each.lease().trialId())
          .add(each.lease().attempt())
          .add(each.attempt())
          .add(each.record().inline())
          .add(each.record().spool())
          .add(each.record().spoolBytes());
    }
    String json = CanonicalJson.compact(rows);
    Set<Long> ids = new HashSet<>(sql.list(INTERRUPT, row -> row.getLong(1), workerId, json));
    sql.update(
        "UPDATE meta SET value = value + ? WHERE key = 'change_sequence'", (long) batch.size());
    List<Interrupted> settled =
        batch.stream().filter(each -> ids.contains(each.lease().trialId())).toList();
    Map<Long, List<Interrupted>> byStudy =
        settled.stream().collect(Collectors.groupingBy(each -> each.lease().studyId()));
    for (Map.Entry<Long, List<Interrupted>> study : byStudy.entrySet()) {
      freeSignatures(sql, study.getKey(), study.getValue());
      Summaries.addFailed(
          sql,
          studies.known(study.getKey()),
          study.getValue().stream().map(Interrupted::trial).toList());
    }
    return settled;
  }

  private static void freeSignatures(Statements sql, long studyId, List<Interrupted> settled)
      throws SQLException {
    ArrayNode held = Json.object().arrayNode();
    for (Interrupted each : settled) {
      held.addArray().add(each.lease().signature()).add(each.lease().trialId());
    }
    sql.update(
        "DELETE FROM signatures WHERE study_id = ?1 "
            + "AND signature IN (SELECT value ->> 0 FROM json_each(?2)) "
            + "AND trial_id IN (SELECT value ->> 1 FROM json_each(?2))",
        studyId,
        CanonicalJson.compact(held));
  }
}
