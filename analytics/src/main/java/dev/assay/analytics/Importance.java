package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.PrintableText;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which parameters matter for a run's results, by PED-ANOVA as Optuna 5 has it by default: whose
 * values among the best tenth of the trials are spread otherwise than among all. Beside it stands
 * Spearman's rank correlation.
 *
 * <p>Complete trials with a finite target count, whether their constraints hold or not. A parameter
 * that takes part under conditions alone is measured where it does; so is each of the ranges that a
 * parameter has in some of the trials.
 *
 * @param run the study's name
 * @param target what was measured against: {@code value}, {@code values.<i>} or a metric's name
 * @param direction which targets are the best
 * @param trials how many count
 * @param best how many of them are the best
 * @param parameters those that vary, the most important first, equals by name
 * @param constant the dotted paths of parameters that had one possible value
 * @param notes what to mind, a sentence each
 */
public record Importance(
    String run,
    String target,
    Direction direction,
    long trials,
    long best,
    List<Parameter> parameters,
    List<String> constant,
    List<String> notes) {
  /** With fewer of the best trials their spread says little. */
  private static final int FEW_BEST = 5;

  private static final int LEAST_TRIALS = 2;
  private static final int NEAREST = 5;

  /**
   * One parameter.
   *
   * @param name its dotted path
   * @param importance its share of all parameters' importance, 0 to 1; all of them are 0 where the
   *     best trials are spread as all are
   * @param rankCorrelation of its values with the target, -1 to 1: above 0 both rise together; null
   *     where the values have no order, or one side does not vary
   * @param trials in how many of the trials it takes part
   */
  public record Parameter(
      String name, double importance, @Nullable Double rankCorrelation, long trials) {}

  /** What a trial is good by. */
  public sealed interface Target {}

  /**
   * One of the study's objectives.
   *
   * @param index from 0
   */
  public record Objective(int index) implements Target {}

  /** A metric, which is to be small or large. */
  public record Metric(String name, Direction direction) implements Target {
    public Metric {
      requireNonNull(name, "name is null");
      requireNonNull(direction, "direction is null");
    }
  }

  public Importance {
    requireNonNull(run, "run is null");
    requireNonNull(target, "target is null");
    requireNonNull(direction, "direction is null");
    parameters = List.copyOf(parameters);
    constant = List.copyOf(constant);
    notes = List.copyOf(notes);
  }

  /**
   * Measures the parameters of one run, in one pass over its trials.
   *
   * @param run a study's name, an unambiguous prefix or the end of one, or a run's folder
   * @throws AnalyticsException without a cause where {@code run} names no study or several, it has
   *     no such objective or metric, or fewer than {@value #LEAST_TRIALS} trials count; with one
   *     where the store cannot be read
   */
  public static Importance of(Analytics analytics, String run, Target target) {
    requireNonNull(target, "target is null");
    return analytics.ask(session -> of(session, analytics.study(session, run), target));
  }

  private static Importance of(Connection session, StudyRecord study, Target target)
      throws SQLException {
    String sql;
    String name;
    Direction direction;
    if (target instanceof Metric metric) {
      sql =
          "assay_number(json_extract(assay_json(metrics), %s)::VARCHAR)"
              .formatted(Views.literal(ParameterLeaves.pointer(List.of(metric.name()))));
      name = metric.name();
      direction = metric.direction();
    } else {
      int index = objective(study, (Objective) target);
      boolean single = study.directions().size() == 1;
      sql = single ? "\"value\"" : "\"values\"[%d]".formatted(index + 1);
      name = single ? "value" : "values." + index;
      direction = study.directions().get(index);
    }
    ImportanceTrials trials = ImportanceTrials.read(session, study, sql);
    if (trials.targets().length < LEAST_TRIALS) {
      throw tooFew(session, study, target, trials.targets().length);
    }
    return of(study.name(), name, direction, trials);
  }

  private static int objective(StudyRecord study, Objective objective) {
    int objectives = study.directions().size();
    if (objective.index() < 0 || objective.index() >= objectives) {
      throw new AnalyticsException(
          objectives == 1
              ? "'%s' has one objective, number 0; found %d"
                  .formatted(study.name(), objective.index())
              : "'%s' has the objectives 0 to %d, found %d"
                  .formatted(study.name(), objectives - 1, objective.index()));
    }
    return objective.index();
  }

  private static AnalyticsException tooFew(
      Connection session, StudyRecord study, Target target, int trials) throws SQLException {
    String what = "a finite value";
    String others = "";
    if (target instanceof Metric metric) {
      what = "a finite metric '%s'".formatted(metric.name());
      List<String> near = NearNames.of(metric.name(), metrics(session, study), NEAREST);
      others = near.isEmpty() ? "; it has no metrics" : "; it has " + String.join(", ", near);
    }
    return new AnalyticsException(
        "'%s' has %d complete trials with %s, and importance takes %d at least%s"
            .formatted(study.name(), trials, what, LEAST_TRIALS, others));
  }

  private static List<String> metrics(Connection session, StudyRecord study) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT unnest(json_keys(assay_json(metrics))) FROM "
                    + Views.parts(study.name()))) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  private static Importance of(
      String run, String target, Direction direction, ImportanceTrials trials) {
    double[] losses = trials.targets().clone();
    if (direction == Direction.MAXIMIZE) {
      for (int i = 0; i < losses.length; i++) {
        losses[i] = -losses[i];
      }
    }
    boolean[] best = PedAnova.best(losses);
    long bestTrials = 0;
    for (boolean each : best) {
      bestTrials += each ? 1 : 0;
    }
    List<ParameterColumn> varying =
        trials.columns().stream().filter(column -> !column.isConstant()).toList();
    double[] importances =
        varying.stream().mapToDouble(column -> PedAnova.importance(column, best)).toArray();
    double sum = 0;
    for (double importance : importances) {
      sum += importance;
    }
    RankCorrelation correlation = new RankCorrelation(trials.targets());
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < importances.length; i++) {
      ParameterColumn column = varying.get(i);
      parameters.add(
          new Parameter(
              column.name(),
              sum == 0 ? 0 : importances[i] / sum,
              correlation.with(column.numbers()),
              column.trials()));
    }
    parameters.sort(
        Comparator.comparingDouble(Parameter::importance)
            .reversed()
            .thenComparing(Parameter::name));
    List<String> constant =
        trials.columns().stream()
            .filter(ParameterColumn::isConstant)
            .map(ParameterColumn::name)
            .sorted()
            .toList();
    return new Importance(
        run,
        target,
        direction,
        losses.length,
        bestTrials,
        parameters,
        constant,
        notes(trials, bestTrials));
  }

  private static List<String> notes(ImportanceTrials trials, long best) {
    List<String> notes = new ArrayList<>();
    if (best == trials.targets().length) {
      notes.add("all trials are equally good: no parameter can be told from another");
    } else if (best < FEW_BEST) {
      notes.add(
          "the best tenth comes to %d trials: with fewer than %d importance is a rough guess"
              .formatted(best, FEW_BEST));
    }
    if (!trials.areDeclared()) {
      notes.add(
          "not all trials say which values their parameters could take: the ranges that were seen"
              + " stand for that");
    }
    return notes;
  }

  /** The members that {@code assay importance --json} prints for a target. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("target", target);
    node.put("direction", direction.name().toLowerCase(Locale.ROOT));
    node.put("trials", trials);
    node.put("best", best);
    ArrayNode list = node.putArray("parameters");
    for (Parameter parameter : parameters) {
      list.addObject()
          .put("name", parameter.name())
          .put("importance", parameter.importance())
          .put("rank_correlation", parameter.rankCorrelation())
          .put("trials", parameter.trials());
    }
    constant.forEach(node.putArray("constant")::add);
    notes.forEach(node.putArray("notes")::add);
    return node;
  }

  /** What {@code assay importance} shows a person of a target, a line each; long names are cut. */
  public List<String> toLines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, to %s: %d trials, the best %d against all"
            .formatted(
                PrintableText.of(target), direction.name().toLowerCase(Locale.ROOT), trials, best));
    TextTable table = new TextTable(List.of("parameter", "importance", "correlation", "trials"));
    for (Parameter parameter : parameters) {
      Double correlation = parameter.rankCorrelation();
      table.add(
          List.of(
              DisplayWidth.cut(PrintableText.of(parameter.name())),
              String.format(Locale.ROOT, "%.4f", parameter.importance()),
              correlation == null ? "" : String.format(Locale.ROOT, "%.3f", correlation),
              Long.toString(parameter.trials())));
    }
    if (!parameters.isEmpty()) {
      lines.addAll(table.lines());
    }
    if (!constant.isEmpty()) {
      lines.add("%d more had one possible value".formatted(constant.size()));
    }
    notes.forEach(note -> lines.add("Mind: " + note));
    return lines;
  }
}
