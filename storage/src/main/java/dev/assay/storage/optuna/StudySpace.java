package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.FlatParameters;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StoreAttributes;
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
 * <p>Where trials declare fitting ones, each trial's own stands, and the last of them for a trial
 * that declares none, if it holds that trial's value. Else all trials of the study get one that is
 * made of the parameter's values: whole numbers give an {@code IntDistribution} over the range that
 * was seen, numbers a {@code FloatDistribution}, and any others a {@code CategoricalDistribution}
 * of the values that were seen, lists and objects as their JSON text. A parameter with more than
 * {@value #MAX_CHOICES} such values, or very long ones, has none.
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
    private boolean fits = true;
    private @Nullable Declared last;
    private boolean undeclaredNumbers = true;
    private double undeclaredLow = Double.POSITIVE_INFINITY;
    private double undeclaredHigh = Double.NEGATIVE_INFINITY;
    private boolean wholes = true;
    private boolean numbers = true;
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private long choicesLength;
    private @Nullable Map<String, JsonNode> choices = new LinkedHashMap<>();
    private @Nullable Declared derived;

    void see(JsonNode value, @Nullable Declared own) {
      if (own == null) {
        undeclaredNumbers &= value.isNumber() && Double.isFinite(value.doubleValue());
        undeclaredLow = Math.min(undeclaredLow, value.doubleValue());
        undeclaredHigh = Math.max(undeclaredHigh, value.doubleValue());
      } else {
        fits &= own.internal(value) != null && isCompatible(own);
        last = own;
      }
      boolean whole = Declared.isWhole(value);
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

    private boolean isCompatible(Declared own) {
      return last == null || last.compatibility().equals(own.compatibility());
    }

    /** What stands for a trial without a distribution; null where all get a derived one. */
    @Nullable Declared declared() {
      boolean hasUndeclared = !undeclaredNumbers || undeclaredLow <= undeclaredHigh;
      return last == null || !fits || (hasUndeclared && !holdsUndeclared(last)) ? null : last;
    }

    private boolean holdsUndeclared(Declared declared) {
      return switch (declared.domain().kind()) {
        case REAL -> undeclaredNumbers && isInside(declared);
        case WHOLE -> undeclaredNumbers && wholes && isInside(declared);
        case CATEGORICAL ->
            choices != null
                && choices.values().stream().allMatch(value -> declared.internal(value) != null);
      };
    }

    private boolean isInside(Declared declared) {
      JsonNode bounds = declared.domain().json().path("attributes");
      return bounds.path("low").asDouble(Double.NaN) <= undeclaredLow
          && undeclaredHigh <= bounds.path("high").asDouble(Double.NaN);
    }

    @Nullable Declared derived() {
      if (derived == null) {
        ObjectNode json = json();
        derived = json == null ? null : Declared.of(json);
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
                    .see(value, Declared.of(own.get(path))));
  }

  private static Set<String> namesOf(ObjectNode distributions) {
    return distributions.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  /** The parameters of a trial that was seen, without those that Optuna cannot have. */
  List<OptunaTrial.Param> parametersOf(FrozenTrial trial) {
    ObjectNode own = trial.distributions();
    JsonNode internals = trial.systemAttrs().path(StoreAttributes.EXTRAS).path("internal");
    List<OptunaTrial.Param> list = new ArrayList<>();
    for (Map.Entry<String, JsonNode> flat :
        FlatParameters.of(trial.params(), namesOf(own)).entrySet()) {
      String path = flat.getKey();
      Seen seen = parameters.get(path);
      if (seen == null) {
        continue;
      }
      Declared common = seen.declared();
      Declared itsOwn = common == null ? seen.derived() : Declared.of(own.get(path));
      Declared declared = itsOwn == null ? common : itsOwn;
      if (declared == null) {
        continue;
      }
      Double internal =
          declared.internal(common == null ? choiceOf(flat.getValue()) : flat.getValue());
      JsonNode kept = internals.path(path);
      if (common != null && kept.isNumber()) {
        internal = kept.doubleValue();
      }
      if (internal != null) {
        // SQLite gives 0.0 for -0.0.
        list.add(new OptunaTrial.Param(path, internal + 0.0, declared.text()));
      }
    }
    return list;
  }

  /** The dotted paths of the parameters that Optuna does not get. */
  List<String> left() {
    return parameters.entrySet().stream()
        .filter(entry -> entry.getValue().declared() == null && entry.getValue().derived() == null)
        .map(Map.Entry::getKey)
        .toList();
  }
}
