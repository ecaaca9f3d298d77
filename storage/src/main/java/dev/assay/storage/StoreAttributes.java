package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How Optuna's system attributes and the store's own share one object: Optuna's keep their keys,
 * but for those that the store uses itself for a study, which get a prefix.
 */
public final class StoreAttributes {
  /** Of a trial: what only its source knew, of its parameters for one. */
  public static final String EXTRAS = "assay:optuna";

  /**
   * Of a study: the id that its first trial had in the source; those of the others follow each
   * other, but where a trial's {@link #EXTRAS} say otherwise.
   */
  public static final String FIRST_TRIAL_ID = "source_first_trial_id";

  /** Of a run's trial: what Optuna has in other words than its file, see {@link LinkedTrial}. */
  public static final String LINK = "linked_trial";

  /** Of a study: its name in the source. */
  public static final String STUDY_NAME = "source_study";

  /** Of a study: the zone in which times without one were read. */
  public static final String ZONE = "source_tz";

  public static final String PREFIX = "optuna:";

  /** Of a study: what the store and its imports write. */
  private static final Set<String> OWN =
      Set.of(
          "source",
          "source_kind",
          STUDY_NAME,
          ZONE,
          FIRST_TRIAL_ID,
          "fingerprint",
          "source_stamp",
          "source_files",
          "source_bytes",
          "source_trials",
          "unfinished",
          "parent",
          "run_meta",
          "raw_meta",
          "distributions",
          "conditions",
          "linked_runs",
          "linked_study",
          "linked_source",
          LINK,
          EXTRAS);

  private StoreAttributes() {}

  /** The key under which one of Optuna's attributes is kept. */
  public static String toStore(String key) {
    return OWN.contains(key) || key.startsWith(PREFIX) ? PREFIX + key : key;
  }

  /** Optuna's key of a kept attribute; null where it is the store's own. */
  public static @Nullable String toOptuna(String key) {
    if (key.startsWith(PREFIX)) {
      return key.substring(PREFIX.length());
    }
    return OWN.contains(key) ? null : key;
  }

  /**
   * Whether a trial's constraints held, by Optuna's rule: every one is at most 0.
   *
   * @param systemAttrs the trial's
   * @return null where there are none
   */
  public static @Nullable Boolean constraintsOk(ObjectNode systemAttrs) {
    List<JsonNode> constraints = new ArrayList<>();
    systemAttrs.path("constraints").forEach(constraints::add);
    for (Map.Entry<String, JsonNode> attr : systemAttrs.properties()) {
      if (attr.getKey().startsWith("constraints:")) {
        constraints.add(attr.getValue());
      }
    }
    if (constraints.isEmpty()) {
      return null;
    }
    // NaN is not at most 0.
    return constraints.stream()
        .allMatch(constraint -> constraint.isNumber() && constraint.doubleValue() <= 0);
  }
}
