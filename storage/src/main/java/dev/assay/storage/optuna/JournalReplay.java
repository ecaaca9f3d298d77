package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.Finding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Replays a journal as Optuna does, into a database of Optuna's schema: a journal's trials may be
 * more than fit into memory. Trial ids count the trials that were created, those of deleted studies
 * included. An operation that Optuna ignores is ignored: a study whose name is taken, a change of a
 * finished trial, a parameter that has another distribution than before, a second start. Not safe
 * to share between threads.
 */
final class JournalReplay implements JournalFile.Operations {
  private static final List<String> DIRECTIONS = List.of("NOT_SET", "MINIMIZE", "MAXIMIZE");

  /** Without these lines all others say the same. */
  private static final Set<Integer> LEAVES_THE_REST =
      Set.of(
          JournalCode.SET_STUDY_USER_ATTR,
          JournalCode.SET_STUDY_SYSTEM_ATTR,
          JournalCode.SET_TRIAL_INTERMEDIATE_VALUE,
          JournalCode.SET_TRIAL_USER_ATTR,
          JournalCode.SET_TRIAL_SYSTEM_ATTR);

  /** By Optuna's numbers. */
  private static final List<TrialState> STATES =
      List.of(
          TrialState.RUNNING,
          TrialState.COMPLETE,
          TrialState.PRUNED,
          TrialState.FAIL,
          TrialState.WAITING);

  private final ReplayDatabase database;
  private final Map<Long, Study> studies = new HashMap<>();
  private final List<Trial> trials = new ArrayList<>();
  private final Map<Integer, Long> unknown = new TreeMap<>();
  private final List<Finding> leftOut = new ArrayList<>();
  private long nextStudy;

  /** A study that is not deleted. */
  private static final class Study {
    private final String name;

    /** What a parameter's later distributions have to be like. */
    private final Map<String, String> compatibility = new HashMap<>();

    private long trials;

    Study(String name) {
      this.name = name;
    }
  }

  /** A trial, of a deleted study perhaps. */
  private static final class Trial {
    private final Study study;
    private TrialState state;

    Trial(Study study, TrialState state) {
      this.study = study;
      this.state = state;
    }
  }

  JournalReplay(ReplayDatabase database) {
    this.database = database;
  }

  /** How often which operation came that this version does not know. */
  Map<Integer, Long> unknown() {
    return unknown;
  }

  /** The lines that are beyond what is read, each an attribute or an intermediate value. */
  List<Finding> leftOut() {
    return leftOut;
  }

  @Override
  public void leaveOut(int code, long number, String reason) throws RefusedException {
    if (!LEAVES_THE_REST.contains(code)) {
      throw new RefusedException(
          "line %d of the journal: %s; the lines after it stand on it, so nothing was taken"
              .formatted(number, reason));
    }
    leftOut.add(
        new Finding(
            Finding.Kind.QUARANTINED,
            "line " + number,
            "left out, an attribute or intermediate value: " + reason));
  }

  @Override
  public void apply(int code, ObjectNode line) throws RefusedException {
    try {
      switch (code) {
        case JournalCode.CREATE_STUDY -> createStudy(line);
        case JournalCode.DELETE_STUDY -> deleteStudy(whole(line, "study_id"));
        case JournalCode.SET_STUDY_USER_ATTR -> studyAttribute("user", line);
        case JournalCode.SET_STUDY_SYSTEM_ATTR -> studyAttribute("system", line);
        case JournalCode.CREATE_TRIAL -> createTrial(line);
        case JournalCode.SET_TRIAL_PARAM -> setParam(line);
        case JournalCode.SET_TRIAL_STATE_VALUES -> setState(line);
        case JournalCode.SET_TRIAL_INTERMEDIATE_VALUE -> setStep(line);
        case JournalCode.SET_TRIAL_USER_ATTR -> trialAttribute("user", line);
        case JournalCode.SET_TRIAL_SYSTEM_ATTR -> trialAttribute("system", line);
        case JournalCode.DISCARD_TRIALS -> {
          // Optuna ignores it.
        }
        default -> unknown.merge(code, 1L, Long::sum);
      }
    } catch (SQLException e) {
      throw new RefusedException("cannot be replayed: " + e.getMessage());
    }
  }

  private void createStudy(ObjectNode line) throws SQLException, RefusedException {
    String name = text(line, "study_name");
    if (studies.values().stream().anyMatch(study -> study.name.equals(name))) {
      return;
    }
    long id = nextStudy++;
    studies.put(id, new Study(name));
    database.addStudy(id, name);
    int objective = 0;
    for (JsonNode direction : line.path("directions")) {
      int number = direction.isInt() ? direction.intValue() : -1;
      String word =
          number >= 0 && number < DIRECTIONS.size() ? DIRECTIONS.get(number) : "" + direction;
      database.addDirection(id, objective++, word);
    }
  }

  private void deleteStudy(long id) throws SQLException {
    if (studies.remove(id) != null) {
      database.deleteStudy(id);
    }
  }

  private void studyAttribute(String kind, ObjectNode line) throws SQLException, RefusedException {
    long id = whole(line, "study_id");
    if (studies.containsKey(id)) {
      for (Map.Entry<String, JsonNode> attr : object(line, kind + "_attr").properties()) {
        database.setStudyAttribute(kind, id, attr.getKey(), attr.getValue());
      }
    }
  }

  private void createTrial(ObjectNode line) throws SQLException, RefusedException {
    Study study = studies.get(whole(line, "study_id"));
    if (study == null) {
      return;
    }
    long id = trials.size();
    Trial trial = new Trial(study, line.has("state") ? state(line) : TrialState.RUNNING);
    trials.add(trial);
    database.addTrial(
        id,
        study.trials++,
        whole(line, "study_id"),
        trial.state.name(),
        nullableText(line, "datetime_start"),
        nullableText(line, "datetime_complete"));
    JsonNode value = line.path("value");
    JsonNode values =
        line.path("values").isArray() ? line.path("values") : Json.object().arrayNode();
    if (value.isNumber()) {
      values = Json.object().arrayNode().add(value);
    }
    setValues(id, values);
    JsonNode distributions = line.path("distributions");
    for (Map.Entry<String, JsonNode> param : line.path("params").properties()) {
      String name = param.getKey();
      String distribution = distributions.path(name).asText();
      study.compatibility.putIfAbsent(name, compatibility(distribution));
      database.setParam(id, name, number(param.getValue()), distribution);
    }
    for (String kind : List.of("user", "system")) {
      for (Map.Entry<String, JsonNode> attr : line.path(kind + "_attrs").properties()) {
        database.setTrialAttribute(kind, id, attr.getKey(), attr.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> step : line.path("intermediate_values").properties()) {
      database.setStep(id, step(step.getKey()), number(step.getValue()));
    }
  }

  private static long step(String text) throws RefusedException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RefusedException("a step is '%s', expected a whole number".formatted(text));
    }
  }

  private void setParam(ObjectNode line) throws SQLException, RefusedException {
    long id = whole(line, "trial_id");
    Trial trial = open(id);
    if (trial == null) {
      return;
    }
    String name = text(line, "param_name");
    String distribution = text(line, "distribution");
    String is = compatibility(distribution);
    String first = trial.study.compatibility.putIfAbsent(name, is);
    if (first == null || first.equals(is)) {
      database.setParam(id, name, number(line.path("param_value_internal")), distribution);
    }
  }

  private static String compatibility(String distribution) {
    try {
      Declared known = Declared.of(Json.parse(distribution));
      return known == null ? distribution : known.compatibility();
    } catch (JsonProcessingException e) {
      return distribution;
    }
  }

  private void setState(ObjectNode line) throws SQLException, RefusedException {
    long id = whole(line, "trial_id");
    Trial trial = open(id);
    TrialState state = state(line);
    if (trial == null || (state == TrialState.RUNNING && trial.state == TrialState.RUNNING)) {
      return;
    }
    trial.state = state;
    database.setState(
        id,
        state.name(),
        state == TrialState.RUNNING ? nullableText(line, "datetime_start") : null,
        state.isFinished() ? nullableText(line, "datetime_complete") : null);
    if (line.path("values").isArray()) {
      database.clearValues(id);
      setValues(id, line.path("values"));
    }
  }

  private void setValues(long id, JsonNode values) throws SQLException {
    int objective = 0;
    for (JsonNode value : values) {
      database.addValue(id, objective++, number(value));
    }
  }

  private void setStep(ObjectNode line) throws SQLException, RefusedException {
    long id = whole(line, "trial_id");
    if (open(id) != null) {
      database.setStep(id, whole(line, "step"), number(line.path("intermediate_value")));
    }
  }

  private void trialAttribute(String kind, ObjectNode line) throws SQLException, RefusedException {
    long id = whole(line, "trial_id");
    if (open(id) != null) {
      for (Map.Entry<String, JsonNode> attr : object(line, kind + "_attr").properties()) {
        database.setTrialAttribute(kind, id, attr.getKey(), attr.getValue());
      }
    }
  }

  /** The trial, where it is there and not finished. */
  private @Nullable Trial open(long id) {
    Trial trial = id < 0 || id >= trials.size() ? null : trials.get((int) id);
    return trial == null || trial.state.isFinished() ? null : trial;
  }

  private static TrialState state(ObjectNode line) throws RefusedException {
    long number = whole(line, "state");
    if (number < 0 || number >= STATES.size()) {
      throw new RefusedException("state is %d, expected 0 to 4".formatted(number));
    }
    return STATES.get((int) number);
  }

  private static long whole(ObjectNode line, String field) throws RefusedException {
    JsonNode node = line.path(field);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw unexpected(line, field, "a whole number");
    }
    return node.longValue();
  }

  private static String text(ObjectNode line, String field) throws RefusedException {
    String text = nullableText(line, field);
    if (text == null) {
      throw unexpected(line, field, "a text");
    }
    return text;
  }

  private static @Nullable String nullableText(ObjectNode line, String field) {
    return line.path(field).textValue();
  }

  private static JsonNode object(ObjectNode line, String field) throws RefusedException {
    JsonNode node = line.path(field);
    if (!node.isObject()) {
      throw unexpected(line, field, "an object");
    }
    return node;
  }

  /** Null where it is no number, which the database says of it then. */
  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? (Double) node.doubleValue() : null;
  }

  private static RefusedException unexpected(ObjectNode line, String field, String expected) {
    JsonNode found = line.get(field);
    return new RefusedException(
        "%s is %s, expected %s"
            .formatted(field, found == null ? "missing" : CanonicalJson.compact(found), expected));
  }
}
