package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The distribution of each parameter of a study, such that Optuna can go on sampling: within a
 * study it wants one kind for a parameter, and equal choices.
 *
 * <p>Where every trial declares a fitting one, each trial's own stands. Else all trials of the
 * study get one that is made of the parameter's values: whole numbers give an {@code
 * IntDistribution} over the range that was seen, numbers a {@code FloatDistribution}, and any
 * others a {@code CategoricalDistribution} of the values that were seen, lists and objects as their
 * JSON text. A parameter with more than {@value #MAX_CHOICES} such values, or very long ones, has
 * none.
 *
 * <p>First {@link #see} all trials, then ask. Memory does not grow with the number of trials. Not
 * safe to share between threads.
 */
final class StudySpace {
  static final int MAX_CHOICES = 1000;

  /** Each row of a parameter repeats its choices. */
  private static final int MAX_CHOICES_LENGTH = 16 * 1024;

  private final Map<String, Seen> parameters = new LinkedHashMap<>();

  /** What the trials say of one parameter. */
  private static final class Seen {
    private boolean declared = true;
    private @Nullable String compatibility;
    private boolean wholes = true;
    private boolean numbers = true;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private long choicesLength;
    private @Nullable Map<String, JsonNode> choices = new LinkedHashMap<>();
    private @Nullable OptunaDistribution derived;

    void see(JsonNode value, @Nullable OptunaDistribution own) {
      declared &= own != null && own.internal(value) != null && isCompatible(own);
      boolean whole = OptunaDistribution.isWhole(value);
      boolean number = whole || value.isFloatingPointNumber();
      wholes &= whole;
      numbers &= number && Double.isFinite(value.doubleValue());
      if (number) {
        low = Math.min(low, value.doubleValue());
        high = Math.max(high, value.doubleValue());
      }
      if (choices != null) {
        JsonNode choice = choiceOf(value);
        String text = CanonicalJson.compact(choice);
        if (choices.putIfAbsent(text, choice) == null) {
          choicesLength += text.length();
        }
        if (choices.size() > MAX_CHOICES || choicesLength > MAX_CHOICES_LENGTH) {
          choices = null;
        }
      }
    }

    private boolean isCompatible(OptunaDistribution own) {
      if (compatibility == null) {
        compatibility = own.compatibility();
      }
      return compatibility.equals(own.compatibility());
    }

    @Nullable OptunaDistribution derived() {
      if (derived == null) {
        ObjectNode json = json();
        derived = json == null ? null : OptunaDistribution.of(json);
      }
      return derived;
    }

    private @Nullable ObjectNode json() {
      if (wholes) {
        return new IntDistribution((long) low, (long) high, 1, false).toJson();
      }
      if (numbers) {
        return new FloatDistribution(low, high, null, false).toJson();
      }
      return choices == null
          ? null
          : new CategoricalDistribution(new ArrayList<>(choices.values())).toJson();
    }
  }

  /** The form in which a value is a choice. */
  static JsonNode choiceOf(JsonNode value) {
    return value.isContainerNode() ? TextNode.valueOf(CanonicalJson.compact(value)) : value;
  }

  void see(FrozenTrial trial) {
    ObjectNode own = trial.distributions();
    FlatParameters.of(trial.params(), namesOf(own))
        .forEach(
            (path, value) ->
                parameters
                    .computeIfAbsent(path, unused -> new Seen())
                    .see(value, OptunaDistribution.of(own.get(path))));
  }

  private static Set<String> namesOf(ObjectNode distributions) {
    return distributions.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  /** A parameter's value and distribution in one trial. */
  private ExportedTrial.@Nullable Parameter parameter(
      String path, JsonNode value, ObjectNode declared) {
    Seen seen = parameters.get(path);
    if (seen == null) {
      return null;
    }
    OptunaDistribution distribution =
        seen.declared ? OptunaDistribution.of(declared.get(path)) : seen.derived();
    if (distribution == null) {
      return null;
    }
    Double internal = distribution.internal(seen.declared ? value : choiceOf(value));
    return internal == null
        ? null
        : new ExportedTrial.Parameter(path, internal, distribution.json());
  }

  /** The parameters of a trial that was seen, without those that Optuna cannot have. */
  List<ExportedTrial.Parameter> parametersOf(FrozenTrial trial) {
    ObjectNode own = trial.distributions();
    List<ExportedTrial.Parameter> list = new ArrayList<>();
    for (Map.Entry<String, JsonNode> flat :
        FlatParameters.of(trial.params(), namesOf(own)).entrySet()) {
      ExportedTrial.Parameter parameter = parameter(flat.getKey(), flat.getValue(), own);
      if (parameter != null) {
        list.add(parameter);
      }
    }
    return list;
  }

  /** The dotted paths of the parameters that Optuna does not get. */
  List<String> left() {
    return parameters.entrySet().stream()
        .filter(entry -> !entry.getValue().declared && entry.getValue().derived() == null)
        .map(Map.Entry::getKey)
        .toList();
  }
}
