package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FlatParameters;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ParameterDomain;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.TrialJson;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The system attribute {@value #ATTRIBUTE} of an exported trial: what Optuna has no place for, or
 * would give back otherwise. Its members are those of the trial's record in the store that differ,
 * null where the record has no such member; {@code number} and {@code exported_as} (a state) say of
 * which trial. It is believed where these and the parameters are still so: Optuna copies attributes
 * to other trials, and goes on with trials that were not finished.
 */
final class AssayTrial {
  static final String ATTRIBUTE = "assay:trial";

  private static final String NUMBER = "number";
  private static final String EXPORTED_AS = "exported_as";
  private static final String PARAMS = "params";
  private static final String DISTRIBUTIONS = "distributions";
  private static final String SYSTEM_ATTRS = "system_attrs";

  /** What a store gives a trial itself. */
  private static final Set<String> OWN = Set.of("trial_id", NUMBER);

  private AssayTrial() {}

  /**
   * What an import would not give back of {@code trial}; empty where nothing.
   *
   * @param imported what it gives without this
   */
  static ObjectNode carried(FrozenTrial trial, OptunaTrial exported, FrozenTrial imported) {
    ObjectNode is = TrialJson.toJson(trial);
    ObjectNode comesBack = TrialJson.toJson(imported);
    if (!text(PARAMS, is).equals(text(PARAMS, comesBack))) {
      // Restored parameters bring their keys with them.
      putKeys(comesBack, trial.params());
    }
    Set<String> names = new LinkedHashSet<>();
    is.fieldNames().forEachRemaining(names::add);
    comesBack.fieldNames().forEachRemaining(names::add);
    names.removeAll(OWN);
    ObjectNode carried = Json.object();
    for (String name : names) {
      if (!text(name, is).equals(text(name, comesBack))) {
        carried.set(name, is.get(name));
      }
    }
    if (!trial.systemAttrs().has(StoreAttributes.EXTRAS)) {
      carried.putNull(StoreAttributes.EXTRAS);
    }
    if (carried.isEmpty()) {
      return carried;
    }
    if (!imported.state().isFinished()) {
      carried.set(PARAMS, trial.params());
    }
    return Json.object()
        .put(NUMBER, trial.number())
        .put(EXPORTED_AS, exported.state())
        .setAll(carried);
  }

  /** Empty where the record has no such member. */
  private static String text(String name, ObjectNode record) {
    JsonNode value = record.get(name);
    if (value == null) {
      return "";
    }
    return switch (name) {
      case DISTRIBUTIONS -> CanonicalJson.sorted(value);
      case SYSTEM_ATTRS -> CanonicalJson.sorted(withoutSource((ObjectNode) value));
      default -> CanonicalJson.compact(value);
    };
  }

  /** The attributes but for the trial's id in the storage that it was imported from. */
  private static ObjectNode withoutSource(ObjectNode systemAttrs) {
    ObjectNode copy = systemAttrs.deepCopy();
    if (copy.get(StoreAttributes.EXTRAS) instanceof ObjectNode extras
        && extras.without("trial_id").isEmpty()) {
      copy.remove(StoreAttributes.EXTRAS);
    }
    return copy;
  }

  private static void putKeys(ObjectNode record, ObjectNode params) {
    record.put("trial_key", Signatures.shared().trialKey(params));
    record.put("signature", Signatures.shared().parameterSignature(params));
  }

  /** Whether these, as far as Optuna could have them, are the parameters that it has. */
  private static boolean isOf(ObjectNode params, FrozenTrial imported) {
    Set<String> names = new HashSet<>();
    imported.params().fieldNames().forEachRemaining(names::add);
    Map<String, JsonNode> flat = FlatParameters.of(params, names);
    return imported.params().properties().stream()
        .allMatch(
            member -> {
              JsonNode value = flat.get(member.getKey());
              return value != null && isSame(value, member.getValue());
            });
  }

  private static boolean isSame(JsonNode value, JsonNode inOptuna) {
    String text = CanonicalJson.compact(inOptuna);
    return ParameterDomain.areEqual(value, inOptuna)
        || Stream.of(value, StudySpace.choiceOf(value))
            .map(CanonicalJson::compact)
            .anyMatch(text::equals);
  }

  /** The trial as it was when it was exported; {@code imported} itself where it does not say. */
  static FrozenTrial restore(FrozenTrial imported) {
    if (!(imported.systemAttrs().get(ATTRIBUTE) instanceof ObjectNode carried)
        || carried.path(NUMBER).longValue() != imported.number()
        || !imported.state().name().equals(carried.path(EXPORTED_AS).textValue())) {
      return imported;
    }
    ObjectNode record = TrialJson.toJson(imported);
    ObjectNode systemAttrs = imported.systemAttrs().deepCopy().without(ATTRIBUTE);
    if (carried.has(StoreAttributes.EXTRAS)) {
      systemAttrs.remove(StoreAttributes.EXTRAS);
    }
    record.set(SYSTEM_ATTRS, systemAttrs);
    if (carried.get(PARAMS) instanceof ObjectNode params) {
      if (!isOf(params, imported)) {
        return imported;
      }
      putKeys(record, params);
    }
    for (Map.Entry<String, JsonNode> member : carried.properties()) {
      if (member.getValue().isNull()) {
        record.remove(member.getKey());
      } else if (!OWN.contains(member.getKey())) {
        record.set(member.getKey(), member.getValue());
      }
    }
    try {
      return TrialJson.fromJson(record);
    } catch (IllegalArgumentException e) {
      // Somebody else's attribute, or a changed one: it stays what it is.
      return imported;
    }
  }
}
