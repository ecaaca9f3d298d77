package dev.assay.engine;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Signatures;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A study that nobody keeps: it is gone with its process. */
final class MemoryLedger implements Ledger {
  private final List<Direction> directions;
  private final List<FrozenTrial> trials = new ArrayList<>();
  private final Map<String, Integer> holders = new HashMap<>();
  private @Nullable FrozenTrial best;
  private long complete;
  private long pruned;
  private long fail;
  private long interrupted;

  MemoryLedger(List<Direction> directions) {
    this.directions = directions;
  }

  @Override
  public synchronized Claim claim(ObjectNode params, @Nullable Long limit) {
    if (limit != null && limited() >= limit) {
      return new Claim.LimitReached(limited() - running(), running());
    }
    String signature = Signatures.shared().parameterSignature(params);
    int number = trials.size();
    Integer holder = holders.putIfAbsent(signature, number);
    if (holder != null) {
      return duplicate(holder);
    }
    trials.add(
        FrozenTrial.builder()
            .id(number)
            .number(number)
            .params(params)
            .signature(signature)
            .start(now())
            .build());
    return new Claim.Acquired(new Claim.Lease(0, number, number, 1, signature, ""));
  }

  @Override
  public boolean enqueue(ObjectNode params) {
    return false;
  }

  @Override
  public @Nullable LiveTrial waiting() {
    return null;
  }

  @Override
  public ObjectNode fixedParams(LiveTrial waiting) {
    throw new IllegalStateException("no trial waits in memory");
  }

  @Override
  public Claim claim(LiveTrial waiting, ObjectNode params, @Nullable Long limit) {
    throw new IllegalStateException("no trial waits in memory");
  }

  @Override
  public void passOver(LiveTrial waiting, String reason) {
    throw new IllegalStateException("no trial waits in memory");
  }

  private long running() {
    return trials.size() - complete - pruned - fail;
  }

  private Claim.Duplicate duplicate(int number) {
    FrozenTrial first = trials.get(number);
    return new Claim.Duplicate(number, first.state(), first.values());
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public synchronized FrozenTrial finish(Claim.Lease lease, FrozenTrial result) {
    FrozenTrial claimed = trials.get((int) lease.number());
    if (claimed.state().isFinished()) {
      throw new IllegalStateException(
          "trial %d is %s already".formatted(lease.number(), claimed.state()));
    }
    FrozenTrial trial =
        result.toBuilder()
            .id(claimed.id())
            .number(claimed.number())
            .params(claimed.params())
            .signature(claimed.signature())
            .start(claimed.start())
            .build();
    trials.set((int) lease.number(), trial);
    count(trial);
    if (!trial.state().holdsSignature()) {
      holders.remove(requireNonNull(claimed.signature()));
    }
    return trial;
  }

  private void count(FrozenTrial trial) {
    switch (trial.state()) {
      case COMPLETE -> complete++;
      case PRUNED -> pruned++;
      default -> {
        fail++;
        interrupted += TrialOutcome.INTERRUPTED.equals(trial.error()) ? 1 : 0;
      }
    }
    Double value = trial.value();
    if (trial.state() == TrialState.COMPLETE && value != null && Double.isFinite(value)) {
      Double before = best == null ? null : best.value();
      if (before == null || directions.get(0).isBetter(value, before)) {
        best = trial;
      }
    }
  }

  @Override
  public synchronized Claim.@Nullable Duplicate findHolder(String signature) {
    Integer holder = holders.get(signature);
    return holder == null ? null : duplicate(holder);
  }

  @Override
  public synchronized Set<String> seen(Collection<String> signatures) {
    Set<String> seen = new HashSet<>(signatures);
    seen.retainAll(holders.keySet());
    return seen;
  }

  @Override
  public synchronized StudyCounts counts() {
    return new StudyCounts(complete, pruned, fail, running(), holders.size());
  }

  @Override
  public synchronized long limited() {
    return complete + pruned + fail - interrupted + running();
  }

  @Override
  public synchronized long numbers() {
    return trials.size();
  }

  @Override
  public synchronized @Nullable FrozenTrial trial(long number) {
    return number >= 0 && number < trials.size() ? trials.get((int) number) : null;
  }

  @Override
  public synchronized Stream<FrozenTrial> trials() {
    return List.copyOf(trials).stream();
  }

  @Override
  public synchronized @Nullable FrozenTrial best() {
    return best;
  }

  @Override
  public void failAbandoned() {
    // Its owner's end is its own.
  }

  @Override
  public @Nullable Path directory() {
    return null;
  }
}
