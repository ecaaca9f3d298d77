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
import dev.assay.storage.Store;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Signatures;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Turns a sampler's proposals into claims. One proposal at a time is made and claimed, so that the
 * trial with number n always draws from stream n, however many workers there are.
 *
 * <p>A proposal that the store knows is not evaluated again, nor is one that failed in this run.
 * Where the study waits for duplicates, one worker waits for the first trial of a proposal, and the
 * others go on with other proposals. After a streak of them a finite space is walked for unseen
 * combinations; in an infinite one the sampler is asked on, up to a bound.
 *
 * <p>Safe to share between threads.
 */
final class Proposals {
  /** How many streaks of duplicates in an infinite space mean that the sampler is stuck. */
  private static final int STREAKS = 100;

  private final Store store;
  private final StudyRecord study;
  private final SearchSpace space;
  private final Sampler sampler;
  private final History history;
  private final RunSettings settings;
  private final ObjectNode distributions;
  private final @Nullable UnseenCombinations unseen;
  private final Set<String> failed = new HashSet<>();

  /** Signatures that a worker of this run waits for: one is enough. */
  private final Set<String> awaited = new HashSet<>();

  private long nextNumber;
  private final AtomicLong duplicates = new AtomicLong();
  private long inFlight;
  private volatile boolean stopped;

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

  Proposals(
      Store store, StudyRecord study, SearchSpace space, Sampler sampler, RunSettings settings) {
    this.store = store;
    this.study = study;
    this.space = space;
    this.sampler = sampler;
    this.history = new History(space, study.directions());
    this.settings = settings;
    this.distributions = space.distributions();
    this.unseen = space.size() == null ? null : unseenCombinations();
    StudyCounts counts = store.counts(study.id());
    this.nextNumber = counts.finished() + counts.running();
  }

  private UnseenCombinations unseenCombinations() {
    // A walk begins where the next number says, so that two processes with one seed walk apart.
    return new UnseenCombinations(
        store,
        study.id(),
        () ->
            requireNonNull(
                UnseenWalk.over(space, TrialRandom.stream(settings.seed(), nextNumber, -1)),
                "a finite space has no walk"));
  }

  /** Proposes and claims, until something is claimed or nothing is left. */
  synchronized Next next() {
    long number = nextNumber;
    int bound = settings.duplicateStreak() * (unseen == null ? STREAKS : 1);
    for (int streak = 0; streak < bound && !stopped; streak++) {
      ObjectNode params =
          sampler.suggest(
              history,
              new Ask(number, streak, TrialRandom.stream(settings.seed(), number, streak)));
      if (params == null) {
        break;
      }
      Next next = claim(params, settings.onDuplicate());
      if (next != null) {
        return next;
      }
    }
    return unseen == null ? new Next.Done(RunResult.End.STUCK) : search(unseen);
  }

  private Next search(UnseenCombinations combinations) {
    StudyCounts before = store.counts(study.id());
    combinations.search();
    while (!stopped) {
      ObjectNode params = combinations.next(failed);
      if (params == null) {
        return exhausted(before);
      }
      Next next = claim(params, OnDuplicate.SKIP);
      if (next != null) {
        return next;
      }
    }
    return new Next.Done(RunResult.End.INTERRUPTED);
  }

  /** Null where the parameters are known already. */
  private @Nullable Next claim(ObjectNode params, OnDuplicate onDuplicate) {
    if (!failed.isEmpty() && failed.contains(signatureOf(params))) {
      duplicates.incrementAndGet();
      return null;
    }
    Claim claim = store.claim(study.id(), params, distributions, settings.limit());
    if (claim instanceof Claim.Acquired acquired) {
      nextNumber = acquired.lease().number() + 1;
      inFlight++;
      return new Next.Evaluate(params, acquired.lease());
    }
    if (claim instanceof Claim.LimitReached reached) {
      return elsewhere(RunResult.End.LIMIT, reached.running(), null);
    }
    if (onDuplicate == OnDuplicate.WAIT && isRunning(claim) && awaited.add(signatureOf(params))) {
      return new Next.Await(params, signatureOf(params));
    }
    duplicates.incrementAndGet();
    return null;
  }

  private static String signatureOf(ObjectNode params) {
    return Signatures.shared().parameterSignature(params);
  }

  private static boolean isRunning(@Nullable Claim claim) {
    return claim instanceof Claim.Duplicate first && first.state() == TrialState.RUNNING;
  }

  /**
   * Whether the trial is still running that a worker waits for, and its owner lives. Asks the store
   * anew each time and holds nothing in between.
   */
  boolean isUnderWay(Next.Await await) {
    return !stopped && isRunning(store.findHolder(study.id(), await.signature()));
  }

  /**
   * What a worker does that has waited: it evaluates the parameters where the first trial has
   * failed or its owner is gone. Null where that trial has an outcome: the worker asks for another
   * proposal.
   */
  synchronized @Nullable Next resume(Next.Await await) {
    awaited.remove(await.signature());
    return stopped ? null : claim(await.params(), OnDuplicate.SKIP);
  }

  private Next exhausted(StudyCounts before) {
    return elsewhere(RunResult.End.EXHAUSTED, before.running(), before);
  }

  private Next elsewhere(RunResult.End end, long running, @Nullable StudyCounts before) {
    long elsewhere = running - inFlight;
    return elsewhere > 0 ? new Next.Wait(elsewhere, before) : new Next.Done(end);
  }

  /** The claim is settled: the trial is finished, or no longer ours. */
  synchronized void settled() {
    inFlight--;
  }

  /** Keeps these parameters from being tried again in this run. */
  synchronized void failed(Claim.Lease lease) {
    String signature = lease.signature();
    if (signature != null) {
      failed.add(signature);
    }
  }

  /** The seed for the objective of the trial with this number. */
  long objectiveSeed(long number) {
    return TrialRandom.seed(settings.seed(), number);
  }

  /** How many proposals were known already. */
  long duplicates() {
    return duplicates.get();
  }

  /** Lets a long search for unseen parameters end. */
  void stop() {
    stopped = true;
  }
}
