package dev.assay.engine;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.engine.history.History;
import dev.assay.engine.sampler.Ask;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the best trials of a study again, on other settings, as trials of a study of their own:
 * {@code NAME-validation}. It is a study like any other: what it has is not evaluated again, and
 * several processes may work on it. The files of its trials are also where the legacy tools look
 * for them, in {@code validation/} of the run's directory, which is a link.
 *
 * <p>The best are those COMPLETE trials with the best values, whether or not their constraints
 * hold, the first of equals. A trial of the validation has the user attributes {@code stage}, which
 * is {@code validation}, and {@code validated_trial}, the number of the trial that it is about.
 *
 * <p>{@link #run} is called once; {@link #stop} is safe from any thread.
 */
public final class ValidationStage {
  private static final String STAGE = "validation";
  private static final String SUFFIX = "-" + STAGE;
  private static final String VALIDATES = "validates";

  private final Store store;
  private final StudyRecord study;
  private final StudyRecord own;

  /** The trials to evaluate, best first, by the signatures of what objectives get. */
  private final Map<String, FrozenTrial> selected;

  private final SearchSpace space;
  private final Study optimized;

  /**
   * A trial and what its validation came to.
   *
   * @param again null where it has not been evaluated yet
   */
  public record Validated(FrozenTrial trial, @Nullable FrozenTrial again) {}

  /**
   * How a validation ended.
   *
   * @param study the validation's
   * @param run what this run has added to it
   * @param trials best first
   */
  public record Result(StudyRecord study, RunResult run, List<Validated> trials) {
    public Result {
      trials = List.copyOf(trials);
    }
  }

  private ValidationStage(
      Store store, StudyRecord study, SearchSpace space, long seed, List<FrozenTrial> best) {
    this.store = store;
    this.study = study;
    this.space = space;
    this.selected = new LinkedHashMap<>();
    best.forEach(trial -> selected.putIfAbsent(key(space.resolved(trial.params())), trial));
    this.own = open(store, study, space);
    List<ObjectNode> params = selected.values().stream().map(FrozenTrial::params).toList();
    this.optimized =
        Study.builder(space)
            .seed(seed)
            .sampler((any, directions, studySeed) -> new Listed(params))
            .duplicateStreak(params.size())
            .open(store, own);
  }

  /**
   * The validation of a study with one objective.
   *
   * @param space the study's
   * @param topN how many of the best trials
   * @param seed from which the objective's seeds follow
   * @return null where the study has no COMPLETE trial
   * @throws StoreException where a study of the validation's name is there already and none
   */
  public static @Nullable ValidationStage of(
      Store store, StudyRecord study, SearchSpace space, int topN, long seed) {
    List<FrozenTrial> best = best(store, study, topN);
    return best.isEmpty() ? null : new ValidationStage(store, study, space, seed, best);
  }

  /** The study that holds a study's validation; null where there is none. */
  public static @Nullable StudyRecord find(ReadableStore store, StudyRecord study) {
    StudyRecord own = store.findStudy(name(study));
    return own != null && isOf(study, own) ? own : null;
  }

  private static String name(StudyRecord study) {
    int room = Math.min(study.name().length(), StudyRecord.MAX_NAME_LENGTH - SUFFIX.length());
    return study.name().substring(0, room) + SUFFIX;
  }

  private static boolean isOf(StudyRecord study, StudyRecord own) {
    return study.name().equals(own.systemAttrs().path(VALIDATES).textValue());
  }

  private static List<FrozenTrial> best(Store store, StudyRecord study, int topN) {
    boolean most = study.directions().get(0) == Direction.MAXIMIZE;
    Comparator<FrozenTrial> byValue = Comparator.comparingDouble(trial -> trial.values().get(0));
    Comparator<FrozenTrial> bestFirst =
        (most ? byValue.reversed() : byValue).thenComparingLong(FrozenTrial::number);
    PriorityQueue<FrozenTrial> best = new PriorityQueue<>(bestFirst.reversed());
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials
          .filter(trial -> trial.state() == TrialState.COMPLETE && !trial.values().isEmpty())
          .forEach(
              trial -> {
                best.add(trial);
                if (best.size() > topN) {
                  best.remove();
                }
              });
    }
    return best.stream().sorted(bestFirst).toList();
  }

  private static StudyRecord open(Store store, StudyRecord study, SearchSpace space) {
    ObjectNode attributes = Json.object().put(VALIDATES, study.name());
    space.describe(attributes);
    StudyRecord own =
        store.openStudy(
            new StudySettings(
                name(study), study.directions(), Json.object(), attributes, study.trialFiles()));
    if (!isOf(study, own)) {
      throw new StoreException(
          "study '%s' is there already and is no validation of study '%s': give the study another name"
              .formatted(own.name(), study.name()));
    }
    return own;
  }

  private static String key(ObjectNode resolved) {
    return Signatures.shared().parameterSignature(resolved);
  }

  /**
   * Evaluates what the validation does not have yet.
   *
   * @param workers how many trials at once
   */
  public Result run(Objective objective, int workers, RunListener listener) {
    link(listener);
    store.failAbandoned(own.id());
    RunSettings settings = new RunSettings(workers, spent() + missing(), null);
    RunResult run = optimized.optimize(trial -> evaluate(objective, trial), settings, listener);
    Map<String, FrozenTrial> evaluated = evaluated();
    List<Validated> trials =
        selected.entrySet().stream()
            .map(each -> new Validated(each.getValue(), evaluated.get(each.getKey())))
            .toList();
    return new Result(own, run, trials);
  }

  /** Evaluations under way are given up, and no more begin. Returns at once. */
  public void stop() {
    optimized.stop();
  }

  private Evaluation evaluate(Objective objective, Trial trial) throws Exception {
    FrozenTrial validated = selected.get(key(trial.params()));
    trial.userAttr("stage", TextNode.valueOf(STAGE));
    if (validated != null) {
      long number = validated.number();
      trial.userAttr(
          "validated_trial",
          number <= Integer.MAX_VALUE ? IntNode.valueOf((int) number) : LongNode.valueOf(number));
    }
    return objective.evaluate(trial);
  }

  /** How many trials a limit counts. */
  private long spent() {
    try (Stream<FrozenTrial> trials = store.trials(own.id())) {
      return trials.filter(trial -> !TrialOutcome.INTERRUPTED.equals(trial.error())).count();
    }
  }

  private long missing() {
    List<String> signatures =
        selected.values().stream()
            .map(trial -> Signatures.shared().parameterSignature(trial.params()))
            .toList();
    Set<String> there = store.seen(own.id(), signatures);
    return signatures.stream().filter(signature -> !there.contains(signature)).count();
  }

  /** The validation's finished trials; of several with the same parameters the last one. */
  private Map<String, FrozenTrial> evaluated() {
    Map<String, FrozenTrial> evaluated = new HashMap<>();
    try (Stream<FrozenTrial> trials = store.trials(own.id())) {
      trials
          .filter(trial -> trial.state().isFinished())
          .forEach(trial -> evaluated.put(key(space.resolved(trial.params())), trial));
    }
    return evaluated;
  }

  private void link(RunListener listener) {
    Path run = store.runDirectory(study);
    Path link = run.resolve(STAGE);
    try {
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, run.relativize(store.runDirectory(own)));
      }
    } catch (IOException | UnsupportedOperationException e) {
      listener.note(
          "cannot link %s to %s, where the validation's files are: %s"
              .formatted(link, store.runDirectory(own), e));
    }
  }

  /** Proposes each of a list in turn, and again those that are free. */
  private static final class Listed implements Sampler {
    private final List<ObjectNode> params;
    private int place;

    Listed(List<ObjectNode> params) {
      this.params = params;
    }

    @Override
    public ObjectNode suggest(History history, Ask ask) {
      ObjectNode next = params.get(place);
      place = (place + 1) % params.size();
      return next.deepCopy();
    }

    @Override
    public boolean readsHistory() {
      return false;
    }
  }
}
