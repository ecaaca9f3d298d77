package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trial at one moment, whole. The JSON members are shared, not copied: treat them as immutable.
 *
 * @param id unique in the store, never reused
 * @param number dense in its study, from 0
 * @param state what it is doing
 * @param values one for each objective, empty where there is none; may hold NaN and infinities
 * @param params the parameters as the objective gets them, nested as the study declares them
 * @param distributions Optuna's distribution JSON by dotted parameter path; may be empty
 * @param metrics what the objective reported beside its values
 * @param userAttrs the user's attributes; for the legacy score block: {@code score_version}, {@code
 *     hard_failures}, {@code constraint_reasons}, {@code abort_reason}, {@code skipped}, …
 * @param systemAttrs Assay's own and Optuna's attributes
 * @param intermediateValues reported value by step; may hold NaN and infinities
 * @param start when it began, to the microsecond, UTC; null where unknown
 * @param complete when it finished; null while it has not, or where unknown
 * @param durationSeconds as reported by whoever ran it; null where unknown
 * @param attempts how often it was tried, at least 1
 * @param error why it failed or was given up, as the legacy files have it; null where it was not
 * @param worker who ran it; null where unknown
 * @param trialKey SHA-256 of the canonical parameters
 * @param signature SHA-256 of the canonical parameters with floats rounded to 10 decimals
 * @param trialFile the name of its JSON file inside the run's directory; null where there is none
 * @param legacyTrialId the file's own {@code trial_id}, a number or a text; null where none
 * @param constraintsOk whether its constraints held; null where unknown
 */
public record FrozenTrial(
    long id,
    long number,
    TrialState state,
    List<Double> values,
    ObjectNode params,
    ObjectNode distributions,
    ObjectNode metrics,
    ObjectNode userAttrs,
    ObjectNode systemAttrs,
    SortedMap<Long, Double> intermediateValues,
    @Nullable Instant start,
    @Nullable Instant complete,
    @Nullable Double durationSeconds,
    int attempts,
    @Nullable String error,
    @Nullable String worker,
    @Nullable String trialKey,
    @Nullable String signature,
    @Nullable String trialFile,
    @Nullable JsonNode legacyTrialId,
    @Nullable Boolean constraintsOk) {

  public FrozenTrial {
    requireNonNull(state, "state is null");
    values = List.copyOf(values);
    intermediateValues = Collections.unmodifiableSortedMap(new TreeMap<>(intermediateValues));
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts is %d, expected 1 or more".formatted(attempts));
    }
  }

  /** The single objective's value, or null where there is none or more than one. */
  public @Nullable Double value() {
    return values.size() == 1 ? values.get(0) : null;
  }

  /** The value by which it may be its study's best; null where it may not. */
  @Nullable Double rankedValue() {
    Double value = value();
    return state == TrialState.COMPLETE && value != null && Double.isFinite(value) ? value : null;
  }

  /** Whether it was given up, so that a trial limit does not count it. */
  boolean isInterrupted() {
    return state == TrialState.FAIL && Interruptions.INTERRUPTED.equals(error);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this trial. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.id = id;
    builder.number = number;
    builder.state = state;
    builder.values = values;
    builder.params = params;
    builder.distributions = distributions;
    builder.metrics = metrics;
    builder.userAttrs = userAttrs;
    builder.systemAttrs = systemAttrs;
    builder.intermediateValues = intermediateValues;
    builder.start = start;
    builder.complete = complete;
    builder.durationSeconds = durationSeconds;
    builder.attempts = attempts;
    builder.error = error;
    builder.worker = worker;
    builder.trialKey = trialKey;
    builder.signature = signature;
    builder.trialFile = trialFile;
    builder.legacyTrialId = legacyTrialId;
    builder.constraintsOk = constraintsOk;
    return builder;
  }

  /** Builds a trial field by field; not safe to share between threads. */
  public static final class Builder {
    private long id;
    private long number;
    private TrialState state = TrialState.RUNNING;
    private List<Double> values = List.of();
    private ObjectNode params = JsonNodeFactory.instance.objectNode();
    private ObjectNode distributions = JsonNodeFactory.instance.objectNode();
    private ObjectNode metrics = JsonNodeFactory.instance.objectNode();
    private ObjectNode userAttrs = JsonNodeFactory.instance.objectNode();
    private ObjectNode systemAttrs = JsonNodeFactory.instance.objectNode();
    private SortedMap<Long, Double> intermediateValues = new TreeMap<>();
    private @Nullable Instant start;
    private @Nullable Instant complete;
    private @Nullable Double durationSeconds;
    private int attempts = 1;
    private @Nullable String error;
    private @Nullable String worker;
    private @Nullable String trialKey;
    private @Nullable String signature;
    private @Nullable String trialFile;
    private @Nullable JsonNode legacyTrialId;
    private @Nullable Boolean constraintsOk;

    private Builder() {}

    /** Makes it a trial that was stopped under way: failed, and in no trial limit's count. */
    public Builder interrupted() {
      return state(TrialState.FAIL).error(Interruptions.INTERRUPTED);
    }

    public Builder id(long id) {
      this.id = id;
      return this;
    }

    public Builder number(long number) {
      this.number = number;
      return this;
    }

    public Builder state(TrialState state) {
      this.state = state;
      return this;
    }

    public Builder values(List<Double> values) {
      this.values = values;
      return this;
    }

    public Builder value(double value) {
      this.values = List.of(value);
      return this;
    }

    public Builder params(ObjectNode params) {
      this.params = params;
      return this;
    }

    public Builder distributions(ObjectNode distributions) {
      this.distributions = distributions;
      return this;
    }

    public Builder metrics(ObjectNode metrics) {
      this.metrics = metrics;
      return this;
    }

    public Builder userAttrs(ObjectNode userAttrs) {
      this.userAttrs = userAttrs;
      return this;
    }

    public Builder systemAttrs(ObjectNode systemAttrs) {
      this.systemAttrs = systemAttrs;
      return this;
    }

    public Builder intermediateValues(SortedMap<Long, Double> intermediateValues) {
      this.intermediateValues = intermediateValues;
      return this;
    }

    public Builder start(@Nullable Instant start) {
      this.start = start;
      return this;
    }

    public Builder complete(@Nullable Instant complete) {
      this.complete = complete;
      return this;
    }

    public Builder durationSeconds(@Nullable Double durationSeconds) {
      this.durationSeconds = durationSeconds;
      return this;
    }

    public Builder attempts(int attempts) {
      this.attempts = attempts;
      return this;
    }

    public Builder error(@Nullable String error) {
      this.error = error;
      return this;
    }

    public Builder worker(@Nullable String worker) {
      this.worker = worker;
      return this;
    }

    public Builder trialKey(@Nullable String trialKey) {
      this.trialKey = trialKey;
      return this;
    }

    public Builder signature(@Nullable String signature) {
      this.signature = signature;
      return this;
    }

    public Builder trialFile(@Nullable String trialFile) {
      this.trialFile = trialFile;
      return this;
    }

    public Builder legacyTrialId(@Nullable JsonNode legacyTrialId) {
      this.legacyTrialId = legacyTrialId;
      return this;
    }

    public Builder constraintsOk(@Nullable Boolean constraintsOk) {
      this.constraintsOk = constraintsOk;
      return this;
    }

    public FrozenTrial build() {
      return new FrozenTrial(
          id,
          number,
          state,
          values,
          params,
          distributions,
          metrics,
          userAttrs,
          systemAttrs,
          intermediateValues,
          start,
          complete,
          durationSeconds,
          attempts,
          error,
          worker,
          trialKey,
          signature,
          trialFile,
          legacyTrialId,
          constraintsOk);
    }
  }
}
