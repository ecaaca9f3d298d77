package dev.assay.storage.optuna;

import java.util.List;

/** Optuna's relational schema. */
final class OptunaSchema {
  /** The revision of the schema that is read and written, in {@code alembic_version}. */
  static final String HEAD = "v3.2.0.a";

  /** The number of the schema that is read and written, in {@code version_info}. */
  static final int VERSION = 12;

  /** The Optuna whose tables an export makes. */
  static final String LIBRARY = "5.0.0";

  /** The tables that hold what is taken. */
  static final List<String> TABLES =
      List.of(
          "studies",
          "study_directions",
          "study_user_attributes",
          "study_system_attributes",
          "trials",
          "trial_values",
          "trial_intermediate_values",
          "trial_params",
          "trial_user_attributes",
          "trial_system_attributes",
          "trial_heartbeats");

  private OptunaSchema() {}
}
