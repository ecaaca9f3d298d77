package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.LiveTrial.Param;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes trials of the store out of live ones, and the other way round. What the external form of a
 * parameter does not give back is in the system attribute {@link StoreAttributes#EXTRAS}, as an
 * import from Optuna has it. Safe to share between threads.
 */
final class LiveForm {
  private static final String INTERNAL = "internal";

  private final ParameterDomains domains;

  LiveForm(ParameterDomains domains) {
    this.domains = domains;
  }

  /**
   * The trial as the store keeps it.
   *
   * @throws BadValueException where an attribute is not JSON, or a parameter has no such value
   */
  FrozenTrial freeze(LiveTrial live, String trialFile) {
    ObjectNode params = Json.object();
    ObjectNode distributions = Json.object();
    ObjectNode internals = Json.object();
    for (Param param : live.params()) {
      ParameterDomain domain = domain(param);
      JsonNode external = external(domain, param);
      params.set(param.name(), external);
      distributions.set(param.name(), domain.json());
      Double again = domain.internal(external);
      if (again == null || again.doubleValue() != param.internal()) {
        internals.put(param.name(), param.internal());
      }
    }
    ObjectNode systemAttrs = attributes(live.systemAttrs());
    if (!internals.isEmpty()) {
      systemAttrs.putObject(StoreAttributes.EXTRAS).set(INTERNAL, internals);
    }
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .id(live.id())
            .number(live.number())
            .state(live.state())
            .values(live.values())
            .params(params)
            .distributions(distributions)
            .userAttrs(attributes(live.userAttrs()))
            .systemAttrs(systemAttrs)
            .intermediateValues(live.intermediateValues())
            .start(live.start())
            .complete(live.complete())
            .durationSeconds(seconds(live.start(), live.complete()))
            .trialFile(trialFile)
            .constraintsOk(StoreAttributes.constraintsOk(systemAttrs));
    JsonNode reason = systemAttrs.get("fail_reason");
    if (reason != null && reason.isTextual()) {
      trial.error(reason.textValue());
    }
    nameParams(trial, params);
    return trial.build();
  }

  private static void nameParams(FrozenTrial.Builder trial, ObjectNode params) {
    try {
      trial.trialKey(Signatures.shared().trialKey(params));
      trial.signature(Signatures.shared().parameterSignature(params));
    } catch (IllegalArgumentException e) {
      // No name stands for such parameters, and the guard does not know them.
      trial.trialKey(null).signature(null);
    }
  }

  private static @Nullable Double seconds(@Nullable Instant start, @Nullable Instant complete) {
    return start == null || complete == null || complete.isBefore(start)
        ? null
        : (Double) (Duration.between(start, complete).toNanos() / 1e9);
  }

  /** What a parameter's distribution says; a BadValueException where it is none. */
  ParameterDomain domain(Param param) {
    try {
      return domains.parse(param.distribution());
    } catch (IllegalArgumentException e) {
      throw new BadValueException("parameter '%s': %s".formatted(param.name(), e.getMessage()), e);
    }
  }

  static JsonNode external(ParameterDomain domain, Param param) {
    try {
      return domain.external(param.internal());
    } catch (IllegalArgumentException e) {
      throw new BadValueException("parameter '%s': %s".formatted(param.name(), e.getMessage()), e);
    }
  }

  private static ObjectNode attributes(Map<String, String> texts) {
    ObjectNode attributes = Json.object();
    texts.forEach((key, json) -> attributes.set(key, attribute(key, json)));
    return attributes;
  }

  /** An attribute's value; a BadValueException where the text is not JSON. */
  static JsonNode attribute(String key, String json) {
    try {
      return Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new BadValueException(
          "attribute '%s': expected a JSON value, %s".formatted(key, e.getMessage()), e);
    }
  }

  /** The trial as the protocol has it. */
  LiveTrial thaw(long studyId, FrozenTrial trial) {
    return new LiveTrial(
        trial.id(),
        studyId,
        trial.number(),
        trial.state(),
        trial.values().stream().anyMatch(value -> value.isNaN()) ? List.of() : trial.values(),
        trial.start(),
        trial.complete(),
        params(trial),
        texts(trial.userAttrs()),
        texts(trial.systemAttrs().without(StoreAttributes.EXTRAS)),
        trial.intermediateValues());
  }

  static Map<String, String> texts(ObjectNode attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    attributes
        .properties()
        .forEach(
            attribute ->
                texts.put(attribute.getKey(), CanonicalJson.compact(attribute.getValue())));
    return texts;
  }

  private List<Param> params(FrozenTrial trial) {
    Set<String> declared = new HashSet<>();
    trial.distributions().fieldNames().forEachRemaining(declared::add);
    JsonNode internals = trial.systemAttrs().path(StoreAttributes.EXTRAS).path(INTERNAL);
    List<Param> params = new ArrayList<>();
    FlatParameters.of(trial.params(), declared)
        .forEach(
            (name, value) ->
                params.add(param(name, value, trial.distributions().get(name), internals)));
    return params;
  }

  /** Where a value has no distribution that holds it, it gets one that holds nothing else. */
  private Param param(
      String name, JsonNode value, @Nullable JsonNode distribution, JsonNode internals) {
    if (distribution != null) {
      String text = CanonicalJson.compact(distribution);
      Double internal = internal(text, value);
      if (internal != null) {
        JsonNode kept = internals.path(name);
        return new Param(name, kept.isNumber() ? kept.doubleValue() : internal, text);
      }
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long whole = value.longValue();
      return new Param(
          name, whole, CanonicalJson.compact(new IntDistribution(whole, whole, 1, false).toJson()));
    }
    if (value.isNumber() && Double.isFinite(value.doubleValue())) {
      double real = value.doubleValue();
      return new Param(
          name,
          real,
          CanonicalJson.compact(new FloatDistribution(real, real, null, false).toJson()));
    }
    return new Param(
        name, 0, CanonicalJson.compact(new CategoricalDistribution(List.of(value)).toJson()));
  }

  private @Nullable Double internal(String distribution, JsonNode value) {
    try {
      ParameterDomain domain = domains.parse(distribution);
      boolean fits = domain.kind() == ParameterDomain.Kind.CATEGORICAL || value.isNumber();
      return fits ? domain.internal(value) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
