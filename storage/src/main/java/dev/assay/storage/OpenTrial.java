package dev.assay.storage;

import dev.assay.storage.LiveRows.Kind;
import dev.assay.storage.LiveTrial.Param;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A live trial in memory, as its rows in {@code live_trials} and {@code live_steps} say. Guarded by
 * its {@link LiveBook}.
 */
final class OpenTrial implements UnfinishedRow {
  /** The columns that {@link #OpenTrial} takes, of {@code live_trials}. */
  static final String COLUMNS =
      "t.trial_id, t.study_id, t.number, t.state, t.trial_file, t.start_us, t.complete_us, "
          + "t.\"values\", t.change_sequence, t.signature";

  private final LiveForm form;
  private final long id;
  private final long studyId;
  private final long number;
  private final String trialFile;
  private final Map<String, Param> params = new LinkedHashMap<>();
  private final Map<String, HotRecord> userAttrs = new LinkedHashMap<>();
  private final Map<String, HotRecord> systemAttrs = new LinkedHashMap<>();
  private final TreeMap<Long, Double> steps = new TreeMap<>();
  private TrialState state = TrialState.WAITING;
  private List<Double> values = List.of();
  private @Nullable Long start;
  private @Nullable Long complete;
  private @Nullable String signature;
  private long changed;
  private long stepped;
  private @Nullable Version version;

  /**
   * The trial at one moment.
   *
   * @param signature what it holds in the guard already; null where nothing
   * @param changed the change sequence of its row
   * @param stepped the greatest change sequence of its steps; 0 where it has none
   */
  record Version(
      LiveTrial trial, String trialFile, @Nullable String signature, long changed, long stepped) {}

  OpenTrial(LiveForm form, ResultSet row) throws SQLException {
    this.form = form;
    this.id = row.getLong(1);
    this.studyId = row.getLong(2);
    this.number = row.getLong(3);
    this.trialFile = row.getString(5);
    take(row);
  }

  /** A study's live trials, by id. */
  static Map<Long, OpenTrial> all(Statements sql, LiveForm form, long studyId) throws SQLException {
    Map<Long, OpenTrial> open = new HashMap<>();
    sql.list(
        "SELECT " + COLUMNS + " FROM live_trials t WHERE t.study_id = ?",
        row -> open.put(row.getLong(1), new OpenTrial(form, row)) == null,
        studyId);
    sql.list(
        "SELECT "
            + LiveRows.Step.COLUMNS
            + " FROM live_trials t CROSS JOIN live_steps s ON s.trial_id = t.trial_id "
            + "WHERE t.study_id = ? ORDER BY s.change_sequence",
        row -> takeStep(open, row),
        studyId);
    return open;
  }

  /** The live trial of that number; null where there is none. */
  static @Nullable OpenTrial find(Statements sql, LiveForm form, long studyId, long number)
      throws SQLException {
    OpenTrial trial =
        sql.first(
            "SELECT " + COLUMNS + " FROM live_trials t WHERE t.study_id = ? AND t.number = ?",
            row -> new OpenTrial(form, row),
            studyId,
            number);
    if (trial != null) {
      sql.list(
          "SELECT "
              + LiveRows.Step.COLUMNS
              + " FROM live_steps s WHERE s.trial_id = ? ORDER BY s.change_sequence",
          row -> takeStep(Map.of(trial.id, trial), row),
          trial.id);
    }
    return trial;
  }

  /** Gives a step to the trial that it is of. */
  static boolean takeStep(Map<Long, OpenTrial> open, ResultSet row) throws SQLException {
    LiveRows.Step step = LiveRows.Step.read(row);
    OpenTrial trial = open.get(step.trialId());
    if (trial == null) {
      throw new SQLException(
          "live_steps has a trial %d that is not live".formatted(step.trialId()));
    }
    trial.take(step);
    return true;
  }

  /** What its clients have set. */
  List<LiveRows.Step> steps() {
    List<LiveRows.Step> all = new ArrayList<>();
    params.values().forEach(param -> all.add(LiveRows.Step.param(param)));
    steps.forEach((step, value) -> all.add(LiveRows.Step.intermediate(step, value)));
    userAttrs.forEach((key, json) -> all.add(LiveRows.Step.attribute(Kind.USER, key, json)));
    systemAttrs.forEach((key, json) -> all.add(LiveRows.Step.attribute(Kind.SYSTEM, key, json)));
    return all;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public TrialState state() {
    return state;
  }

  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public FrozenTrial trial(Path store) throws IOException {
    return form.freeze(version(store).trial(), trialFile);
  }

  /** Whether the other is the same trial at the same moment. */
  boolean isAs(OpenTrial other) {
    return id == other.id && changed == other.changed && stepped == other.stepped;
  }

  /** Takes what its row says now. */
  void take(ResultSet row) throws SQLException {
    state = TrialState.valueOf(row.getString(4));
    start = Statements.nullableLong(row, 6);
    complete = Statements.nullableLong(row, 7);
    values = LiveRows.values(row.getString(8));
    changed = row.getLong(9);
    signature = row.getString(10);
    version = null;
  }

  /** Takes a step. */
  void take(LiveRows.Step step) {
    stepped = Math.max(stepped, step.sequence());
    version = null;
    switch (step.kind()) {
      case PARAM ->
          params.put(
              step.key(),
              new Param(step.key(), step.number(), String.valueOf(step.json().inline())));
      case STEP -> steps.put(Long.valueOf(step.key()), step.number());
      case USER -> userAttrs.put(step.key(), step.json());
      case SYSTEM -> systemAttrs.put(step.key(), step.json());
    }
  }

  /** The trial as it is now; the same instance as long as nothing changes. */
  Version version(Path store) throws IOException {
    Version known = version;
    if (known == null) {
      known = new Version(live(store), trialFile, signature, changed, stepped);
      version = known;
    }
    return known;
  }

  private LiveTrial live(Path store) throws IOException {
    return new LiveTrial(
        id,
        studyId,
        number,
        state,
        values,
        start == null ? null : TrialJson.fromMicros(start),
        complete == null ? null : TrialJson.fromMicros(complete),
        List.copyOf(params.values()),
        texts(store, userAttrs),
        texts(store, systemAttrs),
        steps);
  }

  private static Map<String, String> texts(Path store, Map<String, HotRecord> attributes)
      throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, HotRecord> attribute : attributes.entrySet()) {
      texts.put(attribute.getKey(), attribute.getValue().text(store));
    }
    return texts;
  }
}
