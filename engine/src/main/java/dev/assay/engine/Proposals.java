package dev.assay.engine;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.sampler.Ask;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.engine.sampler.UnseenWalk;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Signatures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a sampler's proposals into claims. One proposal at a time is made and claimed, so that the
 * trial with number n always draws from stream n, however many workers there are.
 *
 * <p>A proposal that the study knows is not evaluated again, nor is one that failed in this process
 * as often as it may. After a streak of them a finite space is walked for unseen combinations; in
 * an infinite one the sampler is asked on, up to a bound.
 *
 * <p>Safe to share between threads.
 */
final class Proposals {
  /** How many streaks of duplicates in an infinite space mean that the sampler is stuck. */
  private static final int STREAKS = 100;

  /** How many proposals are made to fill up a waiting trial, where each brings only some. */
  private static final int FILLINGS = 20;

  private final Ledger ledger;
  private final SearchSpace space;
  private final Sampler sampler;
  private final ProposalSettings settings;
  private final HistoryFeed feed;

  /** Whether anybody looks at the history. */
  private final boolean follows;

  private final @Nullable UnseenCombinations unseen;

  /** How often parameters have failed in this process that may fail again, by signature. */
  private final Map<String, Integer> failures = new HashMap<>();

  /** Signatures that failed as often as they may, and those of {@link #earlier}. */
  private final Set<String> passedOver = new HashSet<>();

  /** The values of trials of an earlier study, by signature. */
  private final Map<String, List<Double>> earlier;

  /** Parameters to evaluate before the sampler is asked again. */
  private final Deque<ObjectNode> requests = new ArrayDeque<>();

  /** Signatures that a worker of this process waits for: one is enough. */
  private final Set<String> awaited = new HashSet<>();

  /** Whether the study had all that it may have when something was last claimed. */
  private boolean full;

  private Diagnostics diagnostics;
  private long nextNumber;
  private long inFlight;
  private long counted;

  /** What a worker is to do next. */
  sealed interface Next {
    /** Evaluate these parameters. */
    record Evaluate(ObjectNode params, Claim.Lease lease) implements Next {}

    /**
     * Ask again later: what is left depends on trials that other processes evaluate, or have left
     * behind.
     *
     * @param elsewhere how many such trials there are
     * @param before the study's counts for which this holds; null where asking again is cheap
     */
    record Wait(long elsewhere, @Nullable StudyCounts before) implements Next {}

    /** See how the trial ends that has these parameters, then {@link #resume}. */
    record Await(ObjectNode params, String signature) implements Next {}

    /** This worker is done; one that still evaluates asks again itself. */
    record Done(RunResult.End end) implements Next {}
  }

  /**
   * @param earlier trials of an earlier study, of which the sampler hears and whose parameters are
   *     not evaluated again
   */
  Proposals(
      Ledger ledger,
      History history,
      Sampler sampler,
      Pruning pruning,
      ProposalSettings settings,
      Stream<FrozenTrial> earlier) {
    this.ledger = ledger;
    this.space = history.space();
    this.sampler = sampler;
    this.settings = settings;
    this.feed = new HistoryFeed(ledger, history, pruning);
    this.follows = sampler.readsHistory() || pruning.isOn();
    this.earlier = feed.precede(earlier);
    this.passedOver.addAll(this.earlier.keySet());
    this.diagnostics = new Diagnostics(space);
    this.unseen = space.size() == null ? null : unseenCombinations();
    this.nextNumber = ledger.numbers();
  }

  private UnseenCombinations unseenCombinations() {
    // A walk begins where the next number says, so that two processes with one seed walk apart.
    return new UnseenCombinations(
        ledger,
        () ->
            requireNonNull(
                UnseenWalk.over(space, TrialRandom.stream(settings.seed(), nextNumber, -1)),
                "a finite space has no walk"));
  }

  /**
   * Begins a run: what counts towards its limit and its diagnostics counts from here.
   *
   * @return what there is to say about its proposals
   */
  synchronized Diagnostics begin() {
    counted = 0;
    diagnostics = new Diagnostics(space);
    return diagnostics;
  }

  /**
   * Proposes and claims at once, without a limit: what is under way is a duplicate like any other.
   */
  synchronized Next next() {
    OnDuplicate choice = settings.onDuplicate();
    return next(null, choice == OnDuplicate.WAIT ? OnDuplicate.SKIP : choice, () -> false);
  }

  /**
   * Proposes and claims, until something is claimed or nothing is left.
   *
   * @param limit how many trials the study may have; null for no limit
   * @param stopped whether a long search is to end
   */
  synchronized Next next(@Nullable Long limit, BooleanSupplier stopped) {
    return next(limit, settings.onDuplicate(), stopped);
  }

  private Next next(@Nullable Long limit, OnDuplicate onDuplicate, BooleanSupplier stopped) {
    Long counting = counting(limit);
    if (full && counting != null && ledger.limited() >= counting) {
      // A proposal is work that nobody would evaluate.
      return elsewhere(RunResult.End.LIMIT, ledger.counts().running(), null);
    }
    full = false;
    if (follows) {
      feed.refresh();
    }
    Next requested = requested(limit);
    if (requested == null) {
      requested = waiting(limit);
    }
    if (requested != null) {
      return requested;
    }
    long number = nextNumber;
    int bound = settings.duplicateStreak() * (unseen == null ? STREAKS : 1);
    for (int streak = 0; streak < bound && !stopped.getAsBoolean(); streak++) {
      ObjectNode params = suggest(number, streak);
      if (params == null) {
        break;
      }
      Next next = claim(params, onDuplicate, limit);
      if (next != null) {
        return next;
      }
    }
    return unseen == null ? new Next.Done(RunResult.End.STUCK) : search(unseen, limit, stopped);
  }

  private @Nullable ObjectNode suggest(long number, int retry) {
    Ask ask = new Ask(number, retry, TrialRandom.stream(settings.seed(), number, retry));
    return sampler.suggest(feed.history(), ask);
  }

  /** Parameters that somebody has asked for, or that are tried again; null where there are none. */
  private @Nullable Next requested(@Nullable Long limit) {
    for (ObjectNode params = requests.poll(); params != null; params = requests.poll()) {
      Next next = claim(params, OnDuplicate.SKIP, limit);
      if (next instanceof Next.Done || next instanceof Next.Wait) {
        requests.addFirst(params);
      }
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  /** What waits in the ledger, first come, first served; null where nothing does. */
  private @Nullable Next waiting(@Nullable Long limit) {
    for (LiveTrial trial = ledger.waiting(); trial != null; trial = ledger.waiting()) {
      ObjectNode params = whole(trial);
      Next next = params == null ? null : claim(trial, params, limit);
      if (params == null) {
        ledger.passOver(trial, "its parameters leave out what the sampler does not propose");
      }
      if (next != null) {
        return next;
      }
    }
    return null;
  }

  /**
   * Where a waiting trial leaves parameters out, the sampler proposes them; null where it cannot.
   */
  private @Nullable ObjectNode whole(LiveTrial trial) {
    ObjectNode fixed = ledger.fixedParams(trial);
    double[] values = feed.values(fixed);
    for (int retry = 0; !feed.isWhole(values) && retry < FILLINGS; retry++) {
      ObjectNode params = suggest(trial.number(), retry);
      double[] proposed = params == null ? values : space.values(params);
      for (int p = 0; p < values.length; p++) {
        if (Double.isNaN(values[p]) && space.isActive(p, values)) {
          values[p] = proposed[p];
        }
      }
    }
    return feed.isWhole(values) ? space.params(values, fixed) : null;
  }

  /** Null where the trial is somebody else's by now, or was passed over. */
  private @Nullable Next claim(LiveTrial trial, ObjectNode params, @Nullable Long limit) {
    if (passedOver.contains(signatureOf(params))) {
      diagnostics.duplicate();
      ledger.passOver(trial, "its parameters were evaluated before, or failed too often");
      return null;
    }
    Claim claim = ledger.claim(trial, params, counting(limit));
    if (claim instanceof Claim.Acquired acquired) {
      return begun(params, acquired.lease());
    }
    if (claim instanceof Claim.LimitReached reached) {
      return full(reached);
    }
    if (claim instanceof Claim.Duplicate first) {
      diagnostics.duplicate();
      ledger.passOver(
          trial, "the trial with the id %d has its parameters".formatted(first.trialId()));
    }
    return null;
  }

  private @Nullable Long counting(@Nullable Long limit) {
    return limit == null ? null : (Long) Math.max(0, limit - counted);
  }

  private Next begun(ObjectNode params, Claim.Lease lease) {
    nextNumber = Math.max(nextNumber, lease.number() + 1);
    inFlight++;
    if (follows) {
      feed.begun(lease.number(), space.values(params));
    }
    return new Next.Evaluate(params, lease);
  }

  private Next search(
      UnseenCombinations combinations, @Nullable Long limit, BooleanSupplier stopped) {
    StudyCounts before = null;
    combinations.search();
    while (!stopped.getAsBoolean()) {
      if (before == null && combinations.isToWalk()) {
        // Counted before the walk: whatever ends while it lasts is a change since.
        before = ledger.counts();
      }
      ObjectNode params = combinations.next(passedOver);
      if (params == null) {
        long running = requireNonNull(before, "a walk was not counted").running();
        return elsewhere(RunResult.End.EXHAUSTED, running, before);
      }
      Next next = claim(params, OnDuplicate.SKIP, limit);
      if (next != null) {
        return next;
      }
    }
    return new Next.Done(RunResult.End.INTERRUPTED);
  }

  /** Null where the parameters are known already. */
  private @Nullable Next claim(ObjectNode params, OnDuplicate onDuplicate, @Nullable Long limit) {
    if (!passedOver.isEmpty() && passedOver.contains(signatureOf(params))) {
      diagnostics.duplicate();
      List<Double> values = earlier.get(signatureOf(params));
      taken(params, values == null ? List.of() : values, onDuplicate);
      return null;
    }
    Claim claim = ledger.claim(params, counting(limit));
    if (claim instanceof Claim.Acquired acquired) {
      return begun(params, acquired.lease());
    }
    if (claim instanceof Claim.LimitReached reached) {
      return full(reached);
    }
    if (onDuplicate == OnDuplicate.WAIT && isRunning(claim) && awaited.add(signatureOf(params))) {
      return new Next.Await(params, signatureOf(params));
    }
    diagnostics.duplicate();
    Claim.Duplicate first = (Claim.Duplicate) claim;
    boolean complete = first.state() == TrialState.COMPLETE;
    taken(params, complete ? first.values() : List.of(), onDuplicate);
    return null;
  }

  /**
   * What a duplicate is good for.
   *
   * @param values what the first trial came to; empty where it came to nothing, or runs
   */
  private void taken(ObjectNode params, List<Double> values, OnDuplicate onDuplicate) {
    if (onDuplicate == OnDuplicate.COUNT) {
      counted++;
    } else if (follows && onDuplicate == OnDuplicate.REUSE && !values.isEmpty()) {
      feed.repeat(nextNumber, space.values(params), values);
    }
  }

  private static String signatureOf(ObjectNode params) {
    return Signatures.shared().parameterSignature(params);
  }

  private static boolean isRunning(@Nullable Claim claim) {
    return claim instanceof Claim.Duplicate first && first.state() == TrialState.RUNNING;
  }

  /**
   * Whether the trial is still running that a worker waits for, and its owner lives. Asks the
   * ledger anew each time and holds nothing in between.
   */
  boolean isUnderWay(Next.Await await) {
    return isRunning(ledger.findHolder(await.signature()));
  }

  /**
   * What a worker does that has waited: it evaluates the parameters where the first trial has
   * failed or its owner is gone. Null where that trial has an outcome: the worker asks for another
   * proposal.
   */
  synchronized @Nullable Next resume(Next.Await await, @Nullable Long limit) {
    awaited.remove(await.signature());
    return claim(await.params(), OnDuplicate.SKIP, limit);
  }

  /** A worker does not wait after all. */
  synchronized void giveUp(Next.Await await) {
    awaited.remove(await.signature());
  }

  private Next full(Claim.LimitReached reached) {
    full = true;
    return elsewhere(RunResult.End.LIMIT, reached.running(), null);
  }

  private Next elsewhere(RunResult.End end, long running, @Nullable StudyCounts before) {
    long elsewhere = running - inFlight;
    return elsewhere > 0 ? new Next.Wait(elsewhere, before) : new Next.Done(end);
  }

  /**
   * A trial is about to fail, which frees its parameters: once it has failed as often as it may,
   * nobody of this process takes them again.
   */
  synchronized void failing(Claim.Lease lease) {
    String signature = lease.signature();
    if (signature != null && failures.merge(signature, 1, Integer::sum) > settings.retries()) {
      failures.remove(signature);
      passedOver.add(signature);
    }
  }

  /** A claim is settled: its trial has ended. */
  synchronized void settled(FrozenTrial trial) {
    inFlight--;
    diagnostics.ended(trial);
    if (follows) {
      feed.ended(trial);
    }
    String signature = trial.signature();
    if (trial.state() == TrialState.FAIL && signature != null && failures.containsKey(signature)) {
      requests.add(trial.params());
    }
  }

  /** A claim is settled: its trial is no longer ours, or could not be kept. */
  synchronized void lost(Claim.Lease lease) {
    inFlight--;
    if (follows) {
      feed.lost(lease.number());
    }
  }

  /** Has these parameters evaluated before the sampler is asked again. */
  synchronized void enqueue(ObjectNode params) {
    boolean isKnown = ledger.findHolder(signatureOf(params)) != null;
    if (!isKnown && !ledger.enqueue(params)) {
      requests.add(params);
    }
  }

  /** The seed for the objective of the trial with this number. */
  long objectiveSeed(long number) {
    return TrialRandom.seed(settings.seed(), number);
  }
}
