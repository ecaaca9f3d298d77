package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ParameterDomain;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes trials of the store out of Optuna's, one study's, one after the other.
 *
 * <p>Parameters are in their external form. What the store has no place for is in the system
 * attribute {@link StoreAttributes#EXTRAS}: {@code trial_id} where it does not follow that of the
 * trial before; {@code number} where it is not the trial's place in its study; {@code internal},
 * the internal values that the external ones do not give back; {@code heartbeat}; {@code
 * datetime_start} and {@code datetime_complete} where a moment does not give the text back; {@code
 * unreadable}, what could not be understood, as it was found. A trial whose state, parameters or
 * values are among that is FAIL, with an error that says so. A trial that a store has exported is
 * again what it was there, these extras included. Not safe to share between threads.
 */
final class TrialConversion {
  /** How the error of a trial begins that could not be understood. */
  static final String UNREADABLE = "unreadable: ";

  /** So many distributions are remembered: most trials of a study share theirs. */
  private static final int DOMAINS = 1000;

  private final int objectives;
  private final ZoneId zone;
  private @Nullable Long firstId;
  private final Map<String, ParameterDomain> domains =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ParameterDomain> eldest) {
          return size() > DOMAINS;
        }
      };

  /**
   * @param objectives how many the study has
   * @param zone of times without one
   */
  TrialConversion(int objectives, ZoneId zone) {
    this.objectives = objectives;
    this.zone = zone;
  }

  /**
   * @param unreadable what could not be understood, by where it stands; empty for most trials
   * @param failed whether the trial became FAIL by that
   */
  record Converted(FrozenTrial trial, Map<String, String> unreadable, boolean failed) {}

  /** The id of the study's first trial; null where it has none. */
  @Nullable Long firstId() {
    return firstId;
  }

  /**
   * @param place the trial's place in its study, from 0
   */
  Converted convert(OptunaTrial source, long place) {
    if (firstId == null) {
      firstId = source.id() - place;
    }
    return new Conversion(source).run(place);
  }

  private final class Conversion {
    private final OptunaTrial source;
    private final Map<String, String> unreadable;
    private final List<String> fatal = new ArrayList<>();
    private final ObjectNode extras = Json.object();
    private final FrozenTrial.Builder trial = FrozenTrial.builder();

    Conversion(OptunaTrial source) {
      this.source = source;
      this.unreadable = new LinkedHashMap<>(source.unreadable());
    }

    Converted run(long place) {
      for (String where : source.unreadable().keySet()) {
        if (where.startsWith("params.") || where.startsWith("values.")) {
          fatal.add(where);
        }
      }
      if (firstId == null || source.id() != firstId + place) {
        extras.put("trial_id", source.id());
      }
      if (source.number() == null || source.number() != place) {
        extras.put("number", source.number());
      }
      if (source.heartbeat() != null) {
        extras.put("heartbeat", source.heartbeat());
      }
      TrialState state = state();
      takeTimes();
      ObjectNode params = takeParams();
      takeValues();
      trial.intermediateValues(steps());
      trial.number(place);
      trial.userAttrs(attributes("user_attrs", source.userAttrs()));
      ObjectNode systemAttrs = attributes("system_attrs", source.systemAttrs());
      trial.constraintsOk(StoreAttributes.constraintsOk(systemAttrs));
      nameParams(params);
      JsonNode reason = systemAttrs.get("fail_reason");
      if (reason != null && reason.isTextual()) {
        trial.error(reason.textValue());
      }
      return finish(state, systemAttrs);
    }

    private Converted finish(TrialState state, ObjectNode systemAttrs) {
      trial.state(state);
      if (!fatal.isEmpty()) {
        trial.state(TrialState.FAIL).error(UNREADABLE + String.join(", ", fatal));
      }
      if (!unreadable.isEmpty()) {
        ObjectNode kept = extras.putObject("unreadable");
        unreadable.forEach(kept::put);
        if (!fatal.isEmpty()) {
          kept.put("state", source.state());
        }
      }
      if (!extras.isEmpty() && !(systemAttrs.get(StoreAttributes.EXTRAS) instanceof ObjectNode)) {
        systemAttrs.set(StoreAttributes.EXTRAS, extras);
      }
      FrozenTrial converted = AssayTrial.restore(trial.systemAttrs(systemAttrs).build());
      return new Converted(converted, unreadable, !fatal.isEmpty());
    }

    private void fail(String where, String found) {
      unreadable.put(where, found);
      fatal.add(where);
    }

    /** Notes what a later row of the same name has replaced. */
    private void replaced(String where, String earlier) {
      unreadable.merge(where, "there twice, earlier as " + earlier, "%s; %s"::formatted);
    }

    private TrialState state() {
      for (TrialState state : TrialState.values()) {
        if (state.name().equals(source.state())) {
          return state;
        }
      }
      fail("state", source.state());
      return TrialState.FAIL;
    }

    private void takeTimes() {
      trial.start(time("datetime_start", source.start()));
      trial.complete(time("datetime_complete", source.complete()));
    }

    private @Nullable Instant time(String where, @Nullable String text) {
      if (text == null) {
        return null;
      }
      try {
        SourceTime time = SourceTime.parse(text, zone);
        if (!time.exact()) {
          extras.put(where, text);
        }
        return time.instant();
      } catch (DateTimeException | ArithmeticException e) {
        unreadable.put(where, text);
        return null;
      }
    }

    private ObjectNode takeParams() {
      ObjectNode params = Json.object();
      ObjectNode distributions = Json.object();
      ObjectNode internals = Json.object();
      for (OptunaTrial.Param param : source.params()) {
        try {
          ParameterDomain domain = domain(param.distribution());
          JsonNode external = domain.external(param.internal());
          JsonNode earlier = params.replace(param.name(), external);
          if (earlier != null) {
            replaced("params." + param.name(), CanonicalJson.compact(earlier));
          }
          distributions.set(param.name(), domain.json());
          Double again = domain.internal(external);
          if (again == null || again != param.internal()) {
            internals.put(param.name(), param.internal());
          }
        } catch (IllegalArgumentException e) {
          fail(
              "params." + param.name(),
              "%s in %s: %s".formatted(param.internal(), param.distribution(), e.getMessage()));
        }
      }
      if (!internals.isEmpty()) {
        extras.set("internal", internals);
      }
      trial.params(params).distributions(distributions);
      return params;
    }

    private void nameParams(ObjectNode params) {
      try {
        trial.trialKey(Signatures.shared().trialKey(params));
        trial.signature(Signatures.shared().parameterSignature(params));
      } catch (IllegalArgumentException e) {
        // No name stands for such parameters, and the guard does not know them.
        trial.trialKey(null).signature(null);
      }
    }

    private void takeValues() {
      List<Double> values = new ArrayList<>();
      for (OptunaTrial.Value value : source.values()) {
        Double number = number(value.value(), value.type());
        if (number == null || Double.isNaN(number) || value.objective() != values.size()) {
          fail("values." + value.objective(), value.type() + " " + value.value());
        } else {
          values.add(number);
        }
      }
      if (!values.isEmpty() && values.size() != objectives) {
        fail("values", "%d of %d objectives".formatted(values.size(), objectives));
      }
      trial.values(values);
    }

    private SortedMap<Long, Double> steps() {
      SortedMap<Long, Double> steps = new TreeMap<>();
      for (OptunaTrial.Step step : source.steps()) {
        Double number = number(step.value(), step.type());
        if (number == null) {
          unreadable.put("intermediate_values." + step.step(), step.type() + " " + step.value());
        } else {
          Double earlier = steps.put(step.step(), number);
          if (earlier != null) {
            replaced("intermediate_values." + step.step(), earlier.toString());
          }
        }
      }
      return steps;
    }

    private ObjectNode attributes(String section, List<OptunaTrial.Attr> attrs) {
      ObjectNode node = Json.object();
      for (OptunaTrial.Attr attr : attrs) {
        try {
          JsonNode earlier = node.replace(attr.key(), Json.parse(attr.json()));
          if (earlier != null) {
            replaced(section + "." + attr.key(), CanonicalJson.compact(earlier));
          }
        } catch (JsonProcessingException e) {
          unreadable.put(section + "." + attr.key(), attr.json());
        }
      }
      return node;
    }
  }

  private ParameterDomain domain(String distribution) {
    ParameterDomain known = domains.get(distribution);
    if (known == null) {
      known = ParameterDomain.parse(distribution);
      domains.put(distribution, known);
    }
    return known;
  }

  /** What a number and its type stand for; null where they stand for nothing. */
  private static @Nullable Double number(@Nullable Double value, String type) {
    return switch (type) {
      case "FINITE" -> value != null && Double.isFinite(value) ? value : null;
      case ReplayDatabase.NEGATIVE_ZERO -> -0.0;
      case "INF_POS" -> Double.POSITIVE_INFINITY;
      case "INF_NEG" -> Double.NEGATIVE_INFINITY;
      case "NAN" -> Double.NaN;
      default -> null;
    };
  }
}
