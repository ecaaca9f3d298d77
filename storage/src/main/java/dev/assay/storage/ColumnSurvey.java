package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the trials of a part on its way for their columns. Not safe to share between threads.
 */
final class ColumnSurvey {
  /** More keys than this in one part are not looked at: they cannot be columns anyway. */
  private static final int MAX_KEYS = 20_000;

  private final Map<ColumnKey, ColumnType.Survey> surveys = new HashMap<>();
  private long rows;

  void add(FrozenTrial trial) {
    rows++;
    ColumnKey.forEach(trial, this::add);
  }

  private void add(ColumnKey key, JsonNode value) {
    ColumnType.Survey survey = surveys.get(key);
    if (survey == null && surveys.size() < MAX_KEYS) {
      survey = new ColumnType.Survey();
      surveys.put(key, survey);
    }
    if (survey != null) {
      survey.add(value);
    }
  }

  /** How many trials there were. */
  long rows() {
    return rows;
  }

  List<ColumnMap.Column> promoted(PartWriter.Promotion promotion) {
    return promotion.apply(surveys, rows);
  }
}
