package dev.assay.storage;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trial at one moment as Optuna's storage protocol knows it: parameters in their internal form,
 * attributes as JSON texts. Immutable.
 *
 * @param id unique in the store, never reused
 * @param number dense in its study, from 0
 * @param values one for each objective, empty where there is none; no NaN
 * @param start when it began, to the microsecond; null where it has not, or where unknown
 * @param complete when it finished; null where it has not, or where unknown
 * @param userAttrs JSON texts, by name
 * @param systemAttrs Optuna's, JSON texts, by name
 * @param intermediateValues reported value by step; may hold NaN and infinities
 */
public record LiveTrial(
    long id,
    long studyId,
    long number,
    TrialState state,
    List<Double> values,
    @Nullable Instant start,
    @Nullable Instant complete,
    List<Param> params,
    Map<String, String> userAttrs,
    Map<String, String> systemAttrs,
    SortedMap<Long, Double> intermediateValues) {

  public LiveTrial {
    values = List.copyOf(values);
    params = List.copyOf(params);
    userAttrs = Collections.unmodifiableMap(new LinkedHashMap<>(userAttrs));
    systemAttrs = Collections.unmodifiableMap(new LinkedHashMap<>(systemAttrs));
    intermediateValues = Collections.unmodifiableSortedMap(new TreeMap<>(intermediateValues));
  }

  /**
   * A parameter.
   *
   * @param internal the number that stands for its value, see {@link ParameterDomain}
   * @param distribution Optuna's JSON of its distribution
   */
  public record Param(String name, double internal, String distribution) {}

  /** The same under another id and number. */
  LiveTrial as(long newId, long newNumber) {
    return new LiveTrial(
        newId,
        studyId,
        newNumber,
        state,
        values,
        start,
        complete,
        params,
        userAttrs,
        systemAttrs,
        intermediateValues);
  }

  /** The same with more of the user's attributes. */
  LiveTrial with(Map<String, String> moreUserAttrs) {
    Map<String, String> attributes = new LinkedHashMap<>(userAttrs);
    attributes.putAll(moreUserAttrs);
    return new LiveTrial(
        id,
        studyId,
        number,
        state,
        values,
        start,
        complete,
        params,
        attributes,
        systemAttrs,
        intermediateValues);
  }

  /** The same in another study. */
  LiveTrial in(long newStudy) {
    return new LiveTrial(
        id,
        newStudy,
        number,
        state,
        values,
        start,
        complete,
        params,
        userAttrs,
        systemAttrs,
        intermediateValues);
  }

  /** The same in another state; where there are no new values it keeps its own. */
  LiveTrial in(TrialState newState, List<Double> newValues, @Nullable Instant newComplete) {
    return new LiveTrial(
        id,
        studyId,
        number,
        newState,
        newValues.isEmpty() ? values : newValues,
        start,
        newComplete,
        params,
        userAttrs,
        systemAttrs,
        intermediateValues);
  }
}
