package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * For each objective of a run: the trials that were better than all before them, and how the values
 * of the complete trials are spread. Both are exact, over all trials. Used by one thread.
 */
final class Objectives {
  /** How many points a distribution is drawn with. */
  private static final int QUANTILES = 301;

  private final List<Objective> objectives = new ArrayList<>();

  private static final class Objective {
    final String name;
    final Direction direction;
    final DoubleStream.Builder values = DoubleStream.builder();
    final List<Double> best = new ArrayList<>();
    final List<Long> bestNumbers = new ArrayList<>();

    Objective(String name, Direction direction) {
      this.name = name;
      this.direction = direction;
    }

    void improve(long number, double value) {
      if (best.isEmpty()
          || (direction == Direction.MINIMIZE
              ? value < best.get(best.size() - 1)
              : value > best.get(best.size() - 1))) {
        best.add(value);
        bestNumbers.add(number);
      }
    }
  }

  Objectives(StudyRecord study) {
    JsonNode names = study.systemAttrs().path("study:metric_names");
    int count = study.directions().size();
    for (int i = 0; i < count; i++) {
      String name = names.path(i).asText(count == 1 ? "value" : "values_" + i);
      objectives.add(new Objective(name, study.directions().get(i)));
    }
  }

  /**
   * @param bestOfSingle the best value so far by the summary's rules, where there is one objective
   */
  void add(FrozenTrial trial, @Nullable Double bestOfSingle) {
    if (trial.state() != TrialState.COMPLETE || trial.values().size() != objectives.size()) {
      return;
    }
    for (int i = 0; i < objectives.size(); i++) {
      double value = trial.values().get(i);
      if (Double.isFinite(value)) {
        objectives.get(i).values.add(value);
      }
    }
    if (objectives.size() == 1) {
      if (bestOfSingle != null) {
        objectives.get(0).improve(trial.number(), bestOfSingle);
      }
    } else if (Front.isRanked(trial, objectives.size())) {
      for (int i = 0; i < objectives.size(); i++) {
        objectives.get(i).improve(trial.number(), trial.values().get(i));
      }
    }
  }

  void toJson(ObjectNode run) {
    ArrayNode list = run.putArray("objectives");
    for (Objective objective : objectives) {
      ObjectNode node = list.addObject();
      node.put("name", objective.name);
      node.put("direction", objective.direction == Direction.MINIMIZE ? "minimize" : "maximize");
      objective.bestNumbers.forEach(node.putArray("best_numbers")::add);
      ArrayNode best = node.putArray("best");
      objective.best.forEach(value -> best.add(Cells.number(value)));
      double[] sorted = objective.values.build().sorted().toArray();
      node.put("finite", sorted.length);
      ArrayNode quantiles = node.putArray("quantiles");
      int points = Math.min(QUANTILES, sorted.length);
      for (int i = 0; i < points; i++) {
        int at = points == 1 ? 0 : (int) Math.round(i * (sorted.length - 1.0) / (points - 1));
        quantiles.add(Cells.number(sorted[at]));
      }
    }
  }
}
