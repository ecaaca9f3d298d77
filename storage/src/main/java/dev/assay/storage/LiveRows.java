package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rows of live trials in the live database. Every method runs inside the caller's transaction.
 */
final class LiveRows {
  /** How many changes back {@code live_ends} reaches at least. */
  static final long KEPT_ENDS = 100_000;

  private static final String PUT_STEP =
      "INSERT OR REPLACE INTO live_steps "
          + "(change_sequence, trial_id, kind, key, number, json, spool, spool_bytes) "
          + "SELECT ?, trial_id, ?, ?, ?, ?, ?, ? FROM live_trials WHERE trial_id = ?";

  private LiveRows() {}

  /** What a step sets. */
  enum Kind {
    PARAM,
    STEP,
    USER,
    SYSTEM;

    private final String text = name().toLowerCase(Locale.ROOT);

    String text() {
      return text;
    }

    static Kind ofText(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What a client has set.
   *
   * @param number of a parameter or an intermediate value; else 0
   * @param json of a parameter or an attribute; else without a text
   */
  record Step(long sequence, long trialId, Kind kind, String key, double number, HotRecord json) {
    static final String COLUMNS =
        "s.change_sequence, s.trial_id, s.kind, s.key, s.number, s.json, s.spool, s.spool_bytes";

    private static final HotRecord NONE = new HotRecord(null, null, 0);

    static Step param(LiveTrial.Param param) {
      HotRecord json = HotRecord.of(param.distribution());
      return new Step(0, 0, Kind.PARAM, param.name(), param.internal(), json);
    }

    static Step intermediate(long step, double value) {
      return new Step(0, 0, Kind.STEP, Long.toString(step), value, NONE);
    }

    static Step attribute(Kind kind, String key, HotRecord json) {
      return new Step(0, 0, kind, key, 0, json);
    }

    static Step read(ResultSet row) throws SQLException {
      return new Step(
          row.getLong(1),
          row.getLong(2),
          Kind.ofText(row.getString(3)),
          row.getString(4),
          number(row.getObject(5)),
          HotRecord.read(row, 6));
    }

    /** SQLite has neither NaN nor a negative zero. */
    private static double number(@Nullable Object column) {
      if (column instanceof Number number) {
        return number.doubleValue();
      }
      return column == null ? 0 : Double.parseDouble(column.toString());
    }

    private Object column() {
      boolean plain = !Double.isNaN(number) && Double.doubleToRawLongBits(number) != 1L << 63;
      return plain ? (Object) number : Double.toString(number);
    }
  }

  /** Sets down a parameter's distribution where the study has not had the parameter before. */
  static void declare(Statements sql, long studyId, String name, String distribution)
      throws SQLException {
    sql.update(
        "INSERT INTO live_distributions (study_id, name, distribution) VALUES (?, ?, ?) "
            + "ON CONFLICT DO NOTHING",
        studyId,
        name,
        distribution);
  }

  /** The next number of the change sequence. */
  static long nextChange(Statements sql) throws SQLException {
    return sql.number(
        "UPDATE meta SET value = value + 1 WHERE key = 'change_sequence' RETURNING value");
  }

  /** Sets something of a live trial; false where there is no such live trial. */
  static boolean put(Statements sql, long trialId, Step step) throws SQLException {
    return sql.update(
            PUT_STEP,
            nextChange(sql),
            step.kind().text(),
            step.key(),
            step.kind() == Kind.PARAM || step.kind() == Kind.STEP ? step.column() : null,
            step.json().inline(),
            step.json().spool(),
            step.json().spoolBytes(),
            trialId)
        > 0;
  }

  /** A new live trial without steps. */
  static void insert(Statements sql, LiveTrial trial, String trialFile) throws SQLException {
    sql.update(
        "INSERT INTO live_trials (trial_id, study_id, number, state, trial_file, start_us, "
            + "complete_us, \"values\", change_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        trial.id(),
        trial.studyId(),
        trial.number(),
        trial.state().name(),
        trialFile,
        TrialJson.toMicros(trial.start()),
        TrialJson.toMicros(trial.complete()),
        json(trial.values()),
        nextChange(sql));
  }

  /**
   * Makes a waiting trial run: of all that ask, one gets it.
   *
   * @return false where it is not waiting
   */
  static boolean pop(Statements sql, long trialId, List<Double> values, Instant now)
      throws SQLException {
    return sql.update(
            "UPDATE live_trials SET state = 'RUNNING', start_us = ?, "
                + "\"values\" = coalesce(?, \"values\"), change_sequence = ? "
                + "WHERE trial_id = ? AND state = 'WAITING'",
            TrialJson.toMicros(now),
            values.isEmpty() ? null : json(values),
            nextChange(sql),
            trialId)
        > 0;
  }

  /** Makes a live trial wait; false where there is no such live trial. */
  static boolean putBack(Statements sql, long trialId, List<Double> values) throws SQLException {
    return sql.update(
            "UPDATE live_trials SET state = 'WAITING', "
                + "\"values\" = coalesce(?, \"values\"), change_sequence = ? WHERE trial_id = ?",
            values.isEmpty() ? null : json(values),
            nextChange(sql),
            trialId)
        > 0;
  }

  /**
   * Takes a live trial out.
   *
   * @return false where it is not there any more as that version has it: nothing is changed
   */
  static boolean remove(Statements sql, OpenTrial.Version version) throws SQLException {
    if (!isThere(sql, version)) {
      return false;
    }
    long trialId = version.trial().id();
    sql.update("DELETE FROM live_trials WHERE trial_id = ?", trialId);
    noteEnd(sql, version.trial().studyId(), trialId);
    return true;
  }

  /** Whether a live trial is as that version has it. */
  static boolean isThere(Statements sql, OpenTrial.Version version) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM live_trials WHERE trial_id = ?1 AND change_sequence = ?2 "
                + "AND ?3 = (SELECT coalesce(max(s.change_sequence), 0) FROM live_steps s "
                + "WHERE s.trial_id = ?1)",
            version.trial().id(),
            version.changed(),
            version.stepped())
        > 0;
  }

  /** Notes for those that follow the changes that a trial, or a whole study, is gone. */
  static void noteEnd(Statements sql, long studyId, @Nullable Long trialId) throws SQLException {
    long sequence = nextChange(sql);
    sql.update("DELETE FROM live_ends WHERE change_sequence < ?", sequence - KEPT_ENDS);
    sql.update(
        "INSERT INTO live_ends (change_sequence, study_id, trial_id) VALUES (?, ?, ?)",
        sequence,
        studyId,
        trialId);
  }

  /** Notes which signature a live trial holds. */
  static void sign(Statements sql, long trialId, String signature) throws SQLException {
    sql.update(
        "UPDATE live_trials SET signature = ?, change_sequence = ? WHERE trial_id = ?",
        signature,
        nextChange(sql),
        trialId);
  }

  static String json(List<Double> values) {
    if (values.isEmpty()) {
      return "[]";
    }
    ArrayNode array = Json.object().arrayNode();
    values.forEach(array::add);
    return CanonicalJson.compact(array);
  }

  static List<Double> values(String json) throws SQLException {
    if (json.equals("[]")) {
      return List.of();
    }
    try {
      List<Double> values = new ArrayList<>();
      Json.parse(json).forEach(value -> values.add(value.doubleValue()));
      return values;
    } catch (JsonProcessingException e) {
      throw new SQLException("live_trials.values is '%s': %s".formatted(json, e.getMessage()), e);
    }
  }
}
