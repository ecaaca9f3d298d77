package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a study is created with.
 *
 * @param name any text of up to 600 characters, unique in the store
 * @param directions one for each objective, never empty
 * @param userAttrs the user's attributes, in the order in which they were set
 * @param systemAttrs Assay's own and Optuna's attributes
 * @param trialFiles null for what the study has already, and {@link TrialFiles#KEEP} for a new one
 */
public record StudySettings(
    String name,
    List<Direction> directions,
    ObjectNode userAttrs,
    ObjectNode systemAttrs,
    @Nullable TrialFiles trialFiles) {
  public StudySettings {
    directions = List.copyOf(directions);
  }

  /** These, and no choice of the trial files. */
  public StudySettings(
      String name, List<Direction> directions, ObjectNode userAttrs, ObjectNode systemAttrs) {
    this(name, directions, userAttrs, systemAttrs, null);
  }

  /**
   * A new study of these settings.
   *
   * @throws IllegalArgumentException where there can be no such study
   */
  StudyRecord study(long id) {
    return new StudyRecord(
        id,
        name,
        directions,
        userAttrs,
        systemAttrs,
        trialFiles == null ? TrialFiles.KEEP : trialFiles);
  }
}
