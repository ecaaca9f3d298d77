package dev.assay.engine;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.pruner.PrunerSettings;
import dev.assay.engine.pruner.Pruners;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.ParameterPaths;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LeaseLostException;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySettings;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A study that is being optimized: it proposes parameters, takes their values in, and never has the
 * same parameters evaluated twice, by whichever thread or process.
 *
 * <pre>{@code
 * SearchSpace space = SearchSpace.builder().floating("x", -5, 10).floating("y", 0, 15).build();
 * try (Store store = Store.open(Path.of("assay-store"))) {
 *   Study study = Study.builder(space).name("branin").open(store);
 *   study.optimize(trial -> Evaluation.of(branin(trial.real("x"), trial.real("y"))), 200, 8);
 *   System.out.println(study.best());
 * }
 * }</pre>
 *
 * <p>A study in a store goes on where it was when it is opened again by its name; several processes
 * may work on it at once. {@link #optimize} evaluates on threads of its own; with {@link #ask} and
 * {@link #tell} the caller evaluates wherever it likes.
 *
 * <p>Methods throw {@link StoreException} where the store fails. Safe to share between threads.
 */
public final class Study {
  private final String name;
  private final List<Direction> directions;
  private final Ledger ledger;
  private final TrialDesk desk;
  private final long seed;
  private final LongSupplier nanoTime;

  /** Trials that were asked for and not told of yet. */
  private final Map<Trial, TrialDesk.Opened> asked = new ConcurrentHashMap<>();

  private @Nullable StudyRun running;
  private boolean stopNext;

  private Study(Builder builder, Ledger ledger) {
    this.name = builder.name;
    this.directions = builder.directions;
    this.ledger = ledger;
    this.seed = builder.seed;
    this.nanoTime = builder.nanoTime;
    SearchSpace space = builder.space;
    Sampler sampler = builder.sampler.create(space, directions, seed);
    ProposalSettings settings =
        new ProposalSettings(seed, builder.duplicateStreak, builder.onDuplicate, builder.retries);
    Pruning pruning = Pruning.of(builder.pruner, name, directions);
    try (Stream<FrozenTrial> earlier = builder.earlier.get()) {
      Proposals proposals =
          new Proposals(
              ledger, new History(space, directions), sampler, pruning, settings, earlier);
      this.desk = new TrialDesk(ledger, space, proposals, pruning, directions.size());
    }
  }

  /** Begins to describe a study over {@code space}. */
  public static Builder builder(SearchSpace space) {
    return new Builder(space);
  }

  public String name() {
    return name;
  }

  /** One for each objective. */
  public List<Direction> directions() {
    return directions;
  }

  public SearchSpace space() {
    return desk.space();
  }

  /** What the study's random numbers are drawn from. */
  public long seed() {
    return seed;
  }

  /**
   * Proposes parameters that nobody has evaluated, and claims them for the caller, who {@linkplain
   * #tell tells} what came out. A claim that is not told of is free again when the store is closed
   * or its process ends.
   *
   * @return null when there is nothing to evaluate: the space is exhausted, be it by trials that
   *     others have in hand, or the sampler proposes nothing new
   */
  public @Nullable Trial ask() {
    if (desk.proposals().next() instanceof Proposals.Next.Evaluate claimed) {
      TrialDesk.Opened opened = desk.open(claimed);
      asked.put(opened.trial(), opened);
      return opened.trial();
    }
    return null;
  }

  /**
   * Ends a trial with one value for each objective.
   *
   * @return the trial as it was kept: one whose value is NaN has failed
   * @throws LeaseLostException where another process has taken the trial over
   * @throws IllegalStateException where the trial was not asked for here, or has ended
   */
  public FrozenTrial tell(Trial trial, double... values) {
    return tell(trial, Evaluation.of(values));
  }

  /** Ends a trial with its result; as {@link #tell(Trial, double...)}. */
  public FrozenTrial tell(Trial trial, Evaluation evaluation) {
    return close(trial, TrialOutcome.of(evaluation, directions.size()));
  }

  /** Ends a trial as pruned, with what it reported last; as {@link #tell(Trial, double...)}. */
  public FrozenTrial prune(Trial trial) {
    return close(trial, TrialOutcome.pruned());
  }

  /**
   * Ends a trial without a result; as {@link #tell(Trial, double...)}.
   *
   * @param error why, in one line
   */
  public FrozenTrial fail(Trial trial, String error) {
    return close(trial, TrialOutcome.failed(error));
  }

  private FrozenTrial close(Trial trial, TrialOutcome outcome) {
    TrialDesk.Opened opened = asked.remove(trial);
    if (opened == null) {
      throw new IllegalStateException(
          "trial %d was not asked for here, or has ended".formatted(trial.number()));
    }
    try {
      return desk.close(opened, outcome, ProcessHandle.current().pid() + "-ask");
    } catch (LeaseLostException e) {
      throw e;
    } catch (StoreException e) {
      // The claim stands: the caller may tell once more.
      asked.put(trial, opened);
      throw e;
    }
  }

  /**
   * Has these parameters evaluated next, before the sampler is asked again. Those that the study
   * knows already are passed over. Those of a study in a store wait there, and are evaluated by the
   * first of all processes that work on it; those in memory are this process's own.
   *
   * @param params all parameters that vary and take part, nested as the space declares them
   * @throws IllegalArgumentException naming a parameter that is missing, has a value that is not
   *     one of its own, or is not declared
   */
  public void enqueue(ObjectNode params) {
    SearchSpace space = desk.space();
    double[] values = space.values(params);
    Map<String, JsonNode> given = ParameterPaths.of(params);
    for (int p = 0; p < values.length; p++) {
      if (Double.isNaN(values[p]) && space.isActive(p, values)) {
        String path = space.parameters().get(p).path();
        throw new IllegalArgumentException(
            "parameter %s is %s, expected one of its values"
                .formatted(path, Block.shown(given.get(path))));
      }
    }
    ObjectNode whole = space.params(values, params);
    given.keySet().removeAll(ParameterPaths.of(whole).keySet());
    if (!given.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no parameter %s, or it takes no part beside these values"
              .formatted(given.keySet().iterator().next()));
    }
    desk.proposals().enqueue(whole);
  }

  /**
   * Evaluates trials on threads of this call's own, until there are so many more.
   *
   * @param trials how many more trials to finish, those of other processes included
   * @param workers how many at once
   */
  public RunResult optimize(Objective objective, long trials, int workers) {
    RunSettings settings = new RunSettings(workers, ledger.limited() + trials, null);
    return optimize(objective, settings, RunListener.NONE);
  }

  /**
   * Evaluates trials on threads of this call's own, until the study has all that it may have, the
   * space is exhausted, the time is over or somebody {@linkplain #stop stops} it. So does an
   * interrupt of the calling thread, of which the result tells, not the thread's flag: what has to
   * be written yet can be.
   *
   * @param listener hears of each trial
   * @throws IllegalStateException where it is being optimized by another thread
   */
  public RunResult optimize(Objective objective, RunSettings settings, RunListener listener) {
    StudyRun run;
    synchronized (this) {
      if (running != null) {
        throw new IllegalStateException("study '%s' is being optimized already".formatted(name));
      }
      run = new StudyRun(desk, objective, settings, seed, listener, nanoTime);
      running = run;
      if (stopNext) {
        run.stop();
      }
      stopNext = false;
    }
    try {
      return run.run();
    } finally {
      synchronized (this) {
        running = null;
      }
    }
  }

  /**
   * Ends the optimization that is under way, else the next one: no more trials begin, and those
   * under way are interrupted. Returns at once.
   */
  public void stop() {
    StudyRun run;
    synchronized (this) {
      run = running;
      stopNext = run == null;
    }
    if (run != null) {
      run.stop();
    }
  }

  /** All trials by number; close the stream after use. */
  public Stream<FrozenTrial> trials() {
    return ledger.trials();
  }

  /**
   * The best COMPLETE trial, the first of equals; null where there is none yet, or the study has
   * several objectives.
   */
  public @Nullable FrozenTrial best() {
    return ledger.best();
  }

  /** The best trials of several objectives, as {@link ParetoFront#of} has them. */
  public List<FrozenTrial> paretoFront() {
    try (Stream<FrozenTrial> trials = trials()) {
      return ParetoFront.of(trials, directions);
    }
  }

  /** A study before it is opened; not safe to share between threads. */
  public static final class Builder {
    private final SearchSpace space;
    private String name = "study";
    private List<Direction> directions = List.of(Direction.MINIMIZE);
    private SamplerSettings sampler = Samplers.DEFAULT;
    private PrunerSettings pruner = Pruners.NONE;
    private long seed = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    private int duplicateStreak = RunSettings.DUPLICATE_STREAK;
    private OnDuplicate onDuplicate = OnDuplicate.SKIP;
    private int retries;
    private LongSupplier nanoTime = System::nanoTime;
    private Supplier<Stream<FrozenTrial>> earlier = Stream::empty;

    private Builder(SearchSpace space) {
      this.space = requireNonNull(space, "space is null");
    }

    /** The study's name; {@code study} where nobody says. */
    public Builder name(String name) {
      this.name = requireNonNull(name, "name is null");
      return this;
    }

    /** One direction for each objective; one objective to minimize where nobody says. */
    public Builder directions(Direction... directions) {
      if (directions.length == 0) {
        throw new IllegalArgumentException(
            "there is no direction, expected one for each objective");
      }
      this.directions = List.of(directions);
      return this;
    }

    /** Who proposes parameters; {@link Samplers#DEFAULT} where nobody says. */
    public Builder sampler(SamplerSettings sampler) {
      this.sampler = requireNonNull(sampler, "sampler is null");
      return this;
    }

    /**
     * Who gives trials up early that do not look good, by what they {@linkplain Trial#report
     * report}; nobody where nobody says. For studies with one objective.
     */
    public Builder pruner(PrunerSettings pruner) {
      this.pruner = requireNonNull(pruner, "pruner is null");
      return this;
    }

    /** What random numbers are drawn from, together with each trial's number; else by chance. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** What happens to proposals that the study has already. */
    public Builder onDuplicate(OnDuplicate onDuplicate) {
      this.onDuplicate = requireNonNull(onDuplicate, "onDuplicate is null");
      return this;
    }

    /**
     * After how many known proposals in a row a finite space is searched for an unseen combination;
     * {@value RunSettings#DUPLICATE_STREAK} where nobody says.
     */
    public Builder duplicateStreak(int duplicateStreak) {
      this.duplicateStreak = duplicateStreak;
      return this;
    }

    /** How often parameters are tried again whose evaluation failed; 0 where nobody says. */
    public Builder retries(int retries) {
      this.retries = retries;
      return this;
    }

    /**
     * An earlier study from which to go on: the sampler hears of its finished trials, and none of
     * their parameters is evaluated again. That study stays as it is.
     *
     * @param store open for as long as this builder opens studies
     */
    public Builder earlier(ReadableStore store, StudyRecord study) {
      this.earlier = () -> store.trials(study.id());
      return this;
    }

    /** The clock of timeouts. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /** A study that is gone with this process. */
    public Study inMemory() {
      return new Study(this, new MemoryLedger(directions));
    }

    /**
     * The study of this name in {@code store}, which goes on where it was; a new one where there is
     * none.
     *
     * @throws StoreException where it is there with other directions
     */
    public Study open(Store store) {
      ObjectNode attributes = Json.object();
      space.describe(attributes);
      return open(
          store,
          store.openStudy(new StudySettings(name, directions, Json.object(), attributes, null)));
    }

    /** A study that the store has given out; its name and directions count. */
    public Study open(Store store, StudyRecord study) {
      this.name = study.name();
      this.directions = study.directions();
      return new Study(this, new StoreLedger(store, study, space));
    }
  }
}
