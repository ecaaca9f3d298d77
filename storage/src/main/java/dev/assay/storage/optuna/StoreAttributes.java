package dev.assay.storage.optuna;

import dev.assay.storage.migrate.KnownRuns;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How Optuna's system attributes and the store's own share one object: Optuna's keep their keys,
 * but for those that the store uses itself for a study, which get a prefix.
 */
final class StoreAttributes {
  /** Of a trial: what only its source knew, see {@link TrialConversion}. */
  static final String EXTRAS = "assay:optuna";

  /**
   * Of a study: the id that its first trial had in the source; those of the others follow each
   * other, but where a trial's {@link #EXTRAS} say otherwise.
   */
  static final String FIRST_TRIAL_ID = "source_first_trial_id";

  /** Of a run's trial: what Optuna has in other words than its file, see {@link LinkedTrial}. */
  static final String LINK = "linked_trial";

  /** Of a study: its name in the source. */
  static final String STUDY_NAME = "source_study";

  /** Of a study: the zone in which times without one were read. */
  static final String ZONE = "source_tz";

  static final String PREFIX = "optuna:";

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
          KnownRuns.LINKED_RUNS,
          KnownRuns.LINKED_STUDY,
          KnownRuns.LINKED_SOURCE,
          LINK,
          EXTRAS);

  private StoreAttributes() {}

  /** The key under which one of Optuna's attributes is kept. */
  static String toStore(String key) {
    return OWN.contains(key) || key.startsWith(PREFIX) ? PREFIX + key : key;
  }

  /** Optuna's key of a kept attribute; null where it is the store's own. */
  static @Nullable String toOptuna(String key) {
    if (key.startsWith(PREFIX)) {
      return key.substring(PREFIX.length());
    }
    return OWN.contains(key) ? null : key;
  }
}
