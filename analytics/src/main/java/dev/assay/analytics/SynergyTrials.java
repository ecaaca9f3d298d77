package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Direction;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CodePointOrder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The valid trials of a run, best first; equals in the order of their files' names. */
final class SynergyTrials {
  private final double[] losses;
  private final SortedMap<String, @Nullable JsonNode[]> values;

  SynergyTrials(double[] losses, SortedMap<String, @Nullable JsonNode[]> values) {
    this.losses = losses;
    this.values = values;
  }

  /** Their scores, turned so that less is better. Not to be changed. */
  double[] losses() {
    return losses;
  }

  /**
   * Their parameters by dotted path, in the order of the trials; null where one has none, or null.
   * Lists are no parameters.
   */
  SortedMap<String, @Nullable JsonNode[]> values() {
    return values;
  }

  /** Some trials that have something in common. */
  record Group(double medianLoss, int trials) {}

  static SynergyTrials read(Connection session, StudyRecord study) throws SQLException {
    Map<Long, Integer> places = new HashMap<>();
    for (long id : SummaryQuery.valid(session, study)) {
      places.put(id, places.size());
    }
    double sign = study.directions().get(0) == Direction.MAXIMIZE ? -1 : 1;
    double[] losses = new double[places.size()];
    SortedMap<String, @Nullable JsonNode[]> values = new TreeMap<>(CodePointOrder.INSTANCE);
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT trial_id, \"value\", params FROM " + Views.parts(study.name()))) {
      while (row.next()) {
        Integer place = places.get(row.getLong(1));
        if (place != null) {
          losses[place] = sign * row.getDouble(2);
          ParameterLeaves.visit(
              SeenParameters.object(row.getString(3)),
              Set.of(),
              (name, path, value) -> {
                if (!value.isNull() && !value.isContainerNode()) {
                  values.computeIfAbsent(name, unused -> new JsonNode[losses.length])[place] =
                      value;
                }
              });
        }
      }
    }
    return new SynergyTrials(losses, values);
  }

  double median() {
    return median(losses.clone());
  }

  /** The groups of trials by what they have in common, in the order in which they come. */
  Map<List<String>, Group> groups(List<@Nullable String[]> bins, int least) {
    Map<List<String>, List<Double>> members = new LinkedHashMap<>();
    for (int i = 0; i < losses.length; i++) {
      List<String> key = new ArrayList<>();
      for (@Nullable String[] bin : bins) {
        String each = bin[i];
        if (each != null) {
          key.add(each);
        }
      }
      if (key.size() == bins.size()) {
        members.computeIfAbsent(key, unused -> new ArrayList<>()).add(losses[i]);
      }
    }
    Map<List<String>, Group> groups = new LinkedHashMap<>();
    members.forEach(
        (key, each) -> {
          if (each.size() >= least) {
            double[] all = each.stream().mapToDouble(loss -> loss).toArray();
            groups.put(key, new Group(median(all), all.length));
          }
        });
    return groups;
  }

  private static double median(double[] numbers) {
    Arrays.sort(numbers);
    int middle = numbers.length / 2;
    return numbers.length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
  }
}
