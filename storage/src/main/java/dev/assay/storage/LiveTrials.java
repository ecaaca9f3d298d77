package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.storage.LiveRows.Kind;
import dev.assay.storage.LiveRows.Step;
import dev.assay.storage.LiveTrial.Param;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Trials that clients fill step by step, as Optuna's storage protocol has them. Each call is one
 * transaction, on disk as the store's durability says when it returns. A trial that finishes is a
 * finished trial like any other from then on.
 *
 * <ul>
 *   <li>Ids are unique in the store and never reused; numbers are dense in their study, in the
 *       order of the ids; who sees a trial sees all that have lower ids.
 *   <li>Of all threads and processes that make a waiting trial run, exactly one does.
 *   <li>An unfinished trial outlives the process that made it: nobody but a client finishes it.
 * </ul>
 *
 * <p>Every method throws a {@link NoSuchStudyException} or {@link NoSuchTrialException} where the
 * study or trial that it names is not there, a {@link TrialFinishedException} where it is to change
 * one that is finished, and a {@link BadValueException} where something could not be read again.
 * Nothing is stored then. Safe to share between threads.
 */
public final class LiveTrials {
  private static final String FIXED_PARAMS = "fixed_params";
  private static final int REMEMBERED = 100_000;

  private final Store store;
  private final LiveDatabase live;
  private final Studies studies;
  private final Spool spool;
  private final Clocks clocks;
  private final LiveForm form;
  private final LiveEnds ends;
  private final FinishedTrials finished;
  private final LiveStudies protocol;
  private final Map<Long, LiveBook> books = new ConcurrentHashMap<>();

  /** The study of a live trial, which never changes. */
  private final Cache<Long, Long> studyOf =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  /** What {@code live_distributions} says, which never changes. */
  private final Cache<Declared, ParameterDomain> declared =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  private record Declared(long studyId, String name) {}

  LiveTrials(
      Store store,
      Lake lake,
      Studies studies,
      Trials trials,
      TrialIds ids,
      Consumer<Outcomes.Ended> ended) {
    this.store = store;
    this.live = lake.live();
    this.studies = studies;
    this.spool = lake.spool();
    this.clocks = lake.clocks();
    this.form = trials.form();
    this.finished = new FinishedTrials(trials, form);
    this.protocol = new LiveStudies(store, live, studies);
    this.ends = new LiveEnds(lake, studies, ids, form, finished, ended);
  }

  /**
   * A new trial.
   *
   * @param template whose state, values, times, parameters, attributes and intermediate values it
   *     has; null for one that runs from now on
   * @return the trial as stored
   */
  public LiveTrial create(long studyId, @Nullable LiveTrial template) {
    if (template == null) {
      return remembered(ends.create(studyId));
    }
    requireNumbers(template.values());
    LiveTrial wanted = template.in(studyId);
    if (!wanted.state().isFinished()) {
      return remembered(ends.createUnfinished(wanted));
    }
    LiveTrial trial = ends.createFinished(wanted);
    return trial == null ? createLarge(wanted) : trial;
  }

  private LiveTrial remembered(LiveTrial trial) {
    studyOf.put(trial.id(), trial.studyId());
    return trial;
  }

  /** A finished trial whose record needs its number before it is written: it runs until then. */
  private LiveTrial createLarge(LiveTrial template) {
    LiveTrial begun =
        remembered(
            ends.createUnfinished(template.in(TrialState.RUNNING, List.of(), template.complete())));
    LiveTrial trial = template.as(begun.id(), begun.number());
    finish(begun.id(), open -> trial);
    return trial;
  }

  /**
   * Sets a parameter; one of the same name is replaced. The value may lie outside its distribution.
   *
   * @param internal the number that stands for its value
   * @param distribution Optuna's JSON
   * @throws IncompatibleDistributionException where the study has the parameter with a distribution
   *     of another kind, scale or other choices
   */
  public void setParameter(long trialId, String name, double internal, String distribution) {
    requireText("the parameter's name", name);
    Param param = new Param(name, internal, distribution);
    ParameterDomain domain = form.domain(param);
    JsonNode external = LiveForm.external(domain, param);
    long studyId = studyOf(trialId);
    Declared key = new Declared(studyId, name);
    ParameterDomain known = declared.getIfPresent(key);
    if (known != null && known.isCompatibleWith(domain)) {
      put(trialId, Step.param(param));
      return;
    }
    ParameterDomain first =
        live.transaction(sql -> declare(sql, key, param, domain, trialId)).orElse(null);
    if (first == null) {
      throw refusal(trialId);
    }
    declared.put(key, first);
    if (!first.isCompatibleWith(domain)) {
      throw new IncompatibleDistributionException(
          "parameter '%s' has the distribution %s in study %d, asked for was %s with the value %s; use another name"
              .formatted(
                  name, CanonicalJson.compact(first.json()), studyId, distribution, external));
    }
  }

  /** The first distribution of the parameter; empty where there is no such live trial. */
  private Optional<ParameterDomain> declare(
      Statements sql, Declared key, Param param, ParameterDomain domain, long trialId)
      throws SQLException {
    if (sql.number("SELECT count(*) FROM live_trials WHERE trial_id = ?", trialId) == 0) {
      return Optional.empty();
    }
    String distribution = ends.declared(sql, key.studyId(), param);
    ParameterDomain first = form.domain(new Param(param.name(), 0, distribution));
    if (first.isCompatibleWith(domain)) {
      LiveRows.put(sql, trialId, Step.param(param));
    }
    return Optional.of(first);
  }

  /** Sets the value that was reported at a step. */
  public void setIntermediateValue(long trialId, long step, double value) {
    put(trialId, Step.intermediate(step, value));
  }

  /** Sets one of the user's attributes to a JSON text. */
  public void setUserAttr(long trialId, String key, String json) {
    setAttribute(trialId, Kind.USER, key, json);
  }

  /** Sets one of Optuna's attributes to a JSON text. */
  public void setSystemAttr(long trialId, String key, String json) {
    setAttribute(trialId, Kind.SYSTEM, key, json);
  }

  private void setAttribute(long trialId, Kind kind, String key, String json) {
    requireText("the attribute's name", key);
    requireText("the attribute '" + key + "'", json);
    HotRecord text = spool.put(json, LiveForm.attribute(key, json));
    try {
      put(trialId, Step.attribute(kind, key, text));
    } finally {
      spool.release(text);
    }
  }

  private void put(long trialId, Step step) {
    if (!live.transaction(sql -> LiveRows.put(sql, trialId, step))) {
      throw refusal(trialId);
    }
  }

  /**
   * Sets a trial's state, and its values where there are any.
   *
   * @param state RUNNING makes a waiting trial run, of all that ask for one; WAITING puts it back;
   *     any other finishes it
   * @return false where the trial was to run and does not wait: nothing is changed then
   */
  public boolean setState(long trialId, TrialState state, List<Double> values) {
    requireNumbers(values);
    if (state.isFinished()) {
      finish(trialId, open -> open.in(state, values, clocks.now()));
      return true;
    }
    Instant now = clocks.now();
    boolean changed =
        live.transaction(
            sql ->
                state == TrialState.RUNNING
                    ? LiveRows.pop(sql, trialId, values, now)
                    : LiveRows.putBack(sql, trialId, values));
    if (!changed && !isLive(trialId) && !(state == TrialState.RUNNING && isClaimed(trialId))) {
      throw refusal(trialId);
    }
    return changed;
  }

  /** Whether a worker of the store runs it, who was the first to ask for it. */
  private boolean isClaimed(long trialId) {
    return live.find(
            "SELECT 1 FROM trials WHERE trial_id = ? AND state = 'RUNNING'", row -> true, trialId)
        != null;
  }

  private boolean isLive(long trialId) {
    return live.find("SELECT 1 FROM live_trials WHERE trial_id = ?", row -> true, trialId) != null;
  }

  private void finish(long trialId, UnaryOperator<LiveTrial> end) {
    LiveBook book = book(studyOf(trialId));
    while (true) {
      OpenTrial.Version version = book.find(trialId);
      if (version == null) {
        throw refusal(trialId);
      }
      if (ends.finish(version, end.apply(version.trial()))) {
        studyOf.invalidate(trialId);
        return;
      }
    }
  }

  /**
   * Gives up running trials whose clients are not heard of any more: they fail as interrupted ones,
   * and where {@code retries} allows it another of the same parameters waits in the place of each,
   * in the same transaction, with {@code failed_trial} and {@code retry_history} as Optuna's {@code
   * RetryFailedTrialCallback} writes them. A trial that does not run is left as it is.
   *
   * @param retries how often a trial may be retried; 0 for never
   * @return those that have failed
   */
  public List<LiveTrial> failSilent(Collection<Long> trialIds, int retries) {
    List<LiveTrial> failed = new ArrayList<>();
    for (long trialId : trialIds) {
      Long studyId = findStudyOf(trialId);
      LiveTrial trial = studyId == null ? null : failSilent(studyId, trialId, retries);
      if (trial != null) {
        studyOf.invalidate(trialId);
        failed.add(trial);
      }
    }
    return failed;
  }

  private @Nullable LiveTrial failSilent(long studyId, long trialId, int retries) {
    OpenTrial.Version version = book(studyId).find(trialId);
    if (version == null || version.trial().state() != TrialState.RUNNING) {
      return null;
    }
    LiveTrial failed = version.trial().in(TrialState.FAIL, List.of(), clocks.now());
    // Whoever has set something meanwhile is heard of.
    return ends.giveUp(version, failed, Retry.of(failed, retries)) ? failed : null;
  }

  /**
   * Asks the dedup guard for the parameters that a trial has now. Of all that ask for the same
   * ones, trials of workers of this store included, the first gets them, and keeps them unless it
   * fails.
   *
   * @return null where the trial has them; else the trial that does, as it is now
   */
  public @Nullable LiveTrial claimParameters(long trialId) {
    LiveBook book = book(studyOf(trialId));
    while (true) {
      OpenTrial.Version version = book.find(trialId);
      if (version == null) {
        throw refusal(trialId);
      }
      Long holder = ends.claim(version);
      if (holder != null) {
        return holder == trialId ? null : get(holder);
      }
    }
  }

  /** A trial in any state. */
  public LiveTrial get(long trialId) {
    Long studyId = findStudyOf(trialId);
    LiveTrial trial = studyId == null ? null : findLive(studyId, trialId);
    if (trial == null) {
      // In the order in which trials move on.
      trial = finished.findHot(trialId);
    }
    if (trial == null) {
      trial = finished.find(trialId);
    }
    if (trial == null) {
      throw noTrial(trialId);
    }
    return trial;
  }

  private @Nullable LiveTrial findLive(long studyId, long trialId) {
    OpenTrial.Version version = book(studyId).find(trialId);
    return version == null ? null : version.trial();
  }

  /** The id of the trial of that number. */
  public long idOf(long studyId, long number) {
    Long id = finished.idOf(studyId, number);
    if (id == null) {
      studies.require(studyId);
      throw new NoSuchTrialException(
          "study %d has no trial with the number %d".formatted(studyId, number));
    }
    return id;
  }

  /**
   * Has these parameters evaluated by whoever asks next, as Optuna's {@code enqueue_trial} does.
   *
   * @param params by name, or nested: each leaf by its dotted path
   * @return the trial that waits
   */
  public LiveTrial enqueue(long studyId, ObjectNode params) {
    ObjectNode fixed = Json.object();
    FlatParameters.of(params, Set.of()).forEach(fixed::set);
    return create(
        studyId,
        new LiveTrial(
            0,
            studyId,
            0,
            TrialState.WAITING,
            List.of(),
            null,
            null,
            List.of(),
            Map.of(),
            Map.of(FIXED_PARAMS, CanonicalJson.compact(fixed)),
            Collections.emptySortedMap()));
  }

  /** The study's waiting trial with the least id; null where none waits. */
  public @Nullable LiveTrial firstWaiting(long studyId) {
    Long trialId =
        live.find(
            "SELECT trial_id FROM live_trials WHERE study_id = ? AND state = 'WAITING' "
                + "ORDER BY trial_id LIMIT 1",
            row -> row.getLong(1),
            studyId);
    return trialId == null ? null : findLive(studyId, trialId);
  }

  /**
   * The parameters that a waiting trial is to be evaluated with, by name; it may leave some out.
   */
  public ObjectNode fixedParams(LiveTrial waiting) {
    ObjectNode params = form.freeze(waiting, "").params();
    String fixed = waiting.systemAttrs().get(FIXED_PARAMS);
    if (fixed != null && LiveForm.attribute(FIXED_PARAMS, fixed) instanceof ObjectNode given) {
      params.setAll(given);
    }
    return params;
  }

  /**
   * Ends a waiting trial without an evaluation: it fails as skipped. One that does not wait any
   * more is left as it is.
   *
   * @param reason why, in one line
   */
  public void passOver(LiveTrial waiting, String reason) {
    OpenTrial.Version version = findWaiting(waiting);
    if (version != null) {
      LiveTrial skipped =
          version
              .trial()
              .with(
                  Map.of(
                      "skipped", "true", "reason", CanonicalJson.compact(TextNode.valueOf(reason))))
              .in(TrialState.FAIL, List.of(), clocks.now());
      ends.finish(version, skipped);
    }
  }

  OpenTrial.@Nullable Version findWaiting(LiveTrial trial) {
    OpenTrial.Version version = book(trial.studyId()).find(trial.id());
    return version != null && version.trial().state() == TrialState.WAITING ? version : null;
  }

  /** The studies of which a client runs a trial, by id. */
  public List<Long> studiesWithRunning() {
    return live.query(
        sql ->
            sql.list(
                "SELECT DISTINCT study_id FROM live_trials WHERE state = 'RUNNING' ORDER BY 1",
                row -> row.getLong(1)));
  }

  /** The study's unfinished trials, and how many trials it has, as they are now. */
  public LiveStudy study(long studyId) {
    return book(studyId).study();
  }

  /**
   * The finished trials of a study, by number: those that had finished at the moment of {@code
   * study}.
   *
   * @param from the first number
   */
  public void forEachFinished(LiveStudy study, long from, Consumer<LiveTrial> consumer) {
    finished.forEach(study, from, consumer);
  }

  /** The number of a study's first trial with a greater id; its number of trials where none has. */
  public long firstAfter(LiveStudy study, long trialId) {
    return finished.firstAfter(study, trialId);
  }

  /**
   * Creates a study; returns its id.
   *
   * @throws NameTakenException where there is one of that name
   * @throws BadValueException where there can be none of that name or without directions
   */
  public long createStudy(String name, List<Direction> directions) {
    requireText("the study's name", name);
    return protocol.create(name, directions);
  }

  /** Deletes a study with all of its trials, those that run by a client included. */
  public void deleteStudy(long studyId) {
    store.deleteStudy(studyId);
    books.remove(studyId);
  }

  /** Sets one of the user's attributes of a study to a JSON text. */
  public void setStudyUserAttr(long studyId, String key, String json) {
    protocol.setUserAttr(studyId, key, json);
  }

  /** Sets one of Optuna's attributes of a study to a JSON text. */
  public void setStudySystemAttr(long studyId, String key, String json) {
    protocol.setSystemAttr(studyId, key, json);
  }

  /** A study with its attributes, as it is now. */
  public ProtocolStudy protocolStudy(long studyId) {
    return protocol.find(studyId);
  }

  /** The id of the study of that name. */
  public long studyIdOf(String name) {
    return protocol.idOf(name);
  }

  /** All studies, in the order of their creation. */
  public List<ProtocolStudy> studies() {
    return protocol.all();
  }

  private LiveBook book(long studyId) {
    return books.computeIfAbsent(
        studyId, id -> new LiveBook(store.directory(), live, studies, form, id));
  }

  /** The study of a live trial; a refusal where it is none. */
  private long studyOf(long trialId) {
    Long studyId = findStudyOf(trialId);
    if (studyId == null) {
      throw refusal(trialId);
    }
    return studyId;
  }

  private @Nullable Long findStudyOf(long trialId) {
    Long known = studyOf.getIfPresent(trialId);
    if (known == null) {
      known =
          live.find(
              "SELECT study_id FROM live_trials WHERE trial_id = ?",
              row -> row.getLong(1),
              trialId);
      if (known != null) {
        studyOf.put(trialId, known);
      }
    }
    return known;
  }

  /** Why a trial that is not live cannot be changed. */
  private StoreException refusal(long trialId) {
    studyOf.invalidate(trialId);
    LiveTrial hot = finished.findHot(trialId);
    LiveTrial trial = hot == null ? finished.find(trialId) : hot;
    if (trial == null) {
      return noTrial(trialId);
    }
    return new TrialFinishedException(
        trial.state().isFinished()
            ? "trial number %d is %s and cannot be changed".formatted(trial.number(), trial.state())
            : "trial number %d is evaluated by a worker of this store and cannot be changed by others"
                .formatted(trial.number()));
  }

  private static NoSuchTrialException noTrial(long trialId) {
    return new NoSuchTrialException("there is no trial with the id %d".formatted(trialId));
  }

  static void requireNumbers(List<Double> values) {
    if (values.stream().anyMatch(value -> value.isNaN())) {
      throw new BadValueException("the objective's value is NaN, expected a number");
    }
  }

  /** SQLite keeps text in UTF-8, which has no form for half a pair. */
  static void requireText(String what, String text) {
    int place = Studies.unstorable(text);
    if (place >= 0) {
      throw new BadValueException(
          "%s holds %s at position %d; leave it out"
              .formatted(
                  what,
                  text.charAt(place) == 0 ? "a NUL character" : "half a surrogate pair",
                  place));
    }
  }
}
