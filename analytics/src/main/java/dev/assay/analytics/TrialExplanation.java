package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.PrintableText;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where one trial stands in its run, and what it has other than another one.
 *
 * @param run the study's name
 * @param other what it is compared with; null for nothing
 * @param rank among the complete trials with a finite value; null where it is none of them, or the
 *     study has several objectives
 * @param parameters those that differ, the trial's own value first
 * @param metrics those that differ, the trial's own value first
 */
public record TrialExplanation(
    String run,
    FrozenTrial trial,
    @Nullable FrozenTrial other,
    @Nullable Rank rank,
    List<Difference> parameters,
    List<Difference> metrics) {
  private static final int SHOWN = 40;

  /**
   * A place among trials.
   *
   * @param place 1 for the best; equals share the better one
   * @param trials how many there are
   * @param worse how many of them are worse
   */
  public record Rank(long place, long trials, long worse) {
    /** How many in a hundred of the others are worse. */
    public double percentile() {
      return trials == 1 ? 100 : 100.0 * worse / (trials - 1);
    }
  }

  public TrialExplanation {
    parameters = List.copyOf(parameters);
    metrics = List.copyOf(metrics);
  }

  /**
   * @param other null, or the same trial, for no comparison
   * @throws AnalyticsException where the store cannot be read
   */
  public static TrialExplanation of(
      Analytics analytics, StudyRecord study, FrozenTrial trial, @Nullable FrozenTrial other) {
    FrozenTrial compared = other == null || other.id() == trial.id() ? null : other;
    return new TrialExplanation(
        study.name(),
        trial,
        compared,
        analytics.ask(session -> Optional.ofNullable(rank(session, study, trial))).orElse(null),
        compared == null ? List.of() : Difference.of(trial.params(), compared.params()),
        compared == null ? List.of() : Difference.of(trial.metrics(), compared.metrics()));
  }

  private static @Nullable Rank rank(Connection session, StudyRecord study, FrozenTrial trial)
      throws SQLException {
    Double value = trial.value();
    if (trial.state() != TrialState.COMPLETE || value == null || !Double.isFinite(value)) {
      return null;
    }
    String better = study.directions().get(0) == Direction.MINIMIZE ? "<" : ">";
    String sql =
        """
        SELECT count(*), count(*) FILTER ("value" %1$s own), count(*) FILTER (own %1$s "value")
        FROM (SELECT "value", %2$s::DOUBLE AS own FROM %3$s
          WHERE state = 'COMPLETE' AND isfinite("value"))
        """
            .formatted(better, FiniteJson.number(value), Views.parts(study.name()));
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Rank(row.getLong(2) + 1, row.getLong(1), row.getLong(3));
    }
  }

  /** As {@code assay explain --json} prints it; may hold numbers that are not finite. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object().put("run", run);
    node.set("trial", json(trial));
    node.set("other", other == null ? null : json(other));
    if (rank == null) {
      node.putNull("rank");
    } else {
      node.putObject("rank")
          .put("place", rank.place())
          .put("trials", rank.trials())
          .put("percentile", rank.percentile());
    }
    node.set("parameters", Difference.toJson(parameters));
    node.set("metrics", Difference.toJson(metrics));
    return node;
  }

  private static ObjectNode json(FrozenTrial trial) {
    ObjectNode node =
        Json.object().put("number", trial.number()).put("state", trial.state().name());
    ArrayNode values = node.putArray("values");
    trial.values().forEach(values::add);
    return node.put("trial_file", trial.trialFile())
        .put("duration_seconds", trial.durationSeconds())
        .put("attempts", trial.attempts())
        .put("error", trial.error())
        .put("worker", trial.worker())
        .put("constraints_ok", trial.constraintsOk());
  }

  /** For a person, a line each; long texts are cut. */
  public List<String> toLines() {
    List<String> lines = new ArrayList<>();
    lines.add("%s of %s".formatted(name(trial), PrintableText.of(run)));
    lines.add("  " + outcome(trial));
    if (rank != null) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  place %d of %d complete trials, better than %.1f %% of the others",
              rank.place(),
              rank.trials(),
              rank.percentile()));
    }
    if (trial.error() != null) {
      lines.add("  error: " + PrintableText.of(trial.error()));
    }
    if (Boolean.FALSE.equals(trial.constraintsOk())) {
      lines.add("  its constraints do not hold");
    }
    if (trial.attempts() > 1) {
      lines.add("  attempts: " + trial.attempts());
    }
    if (other != null) {
      lines.add("compared with %s: %s".formatted(name(other), outcome(other)));
      String one = Long.toString(trial.number());
      String two = Long.toString(other.number());
      lines.addAll(Difference.toLines("parameter", one, two, parameters, SHOWN));
      lines.addAll(Difference.toLines("metric", one, two, metrics, SHOWN));
    }
    return lines;
  }

  private static String name(FrozenTrial trial) {
    String file = trial.trialFile();
    return "trial %d%s"
        .formatted(trial.number(), file == null ? "" : " (%s)".formatted(PrintableText.of(file)));
  }

  private static String outcome(FrozenTrial trial) {
    String values =
        trial.values().stream().map(FiniteJson::number).collect(Collectors.joining(", "));
    Double seconds = trial.durationSeconds();
    return trial.state()
        + (values.isEmpty() ? ", no value" : ", value " + values)
        + (seconds == null ? "" : String.format(Locale.ROOT, ", %.3f s", seconds));
  }
}
