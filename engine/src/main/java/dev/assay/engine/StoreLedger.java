package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A study of a store. */
final class StoreLedger implements Ledger {
  private final Store store;
  private final StudyRecord study;
  private final ObjectNode distributions;

  StoreLedger(Store store, StudyRecord study, SearchSpace space) {
    this.store = store;
    this.study = study;
    this.distributions = space.distributions();
  }

  @Override
  public Claim claim(ObjectNode params, @Nullable Long limit) {
    return store.claim(study.id(), params, distributions, limit);
  }

  @Override
  public boolean enqueue(ObjectNode params) {
    store.liveTrials().enqueue(study.id(), params);
    return true;
  }

  @Override
  public @Nullable LiveTrial waiting() {
    return store.liveTrials().firstWaiting(study.id());
  }

  @Override
  public ObjectNode fixedParams(LiveTrial waiting) {
    return store.liveTrials().fixedParams(waiting);
  }

  @Override
  public @Nullable Claim claim(LiveTrial waiting, ObjectNode params, @Nullable Long limit) {
    return store.claimWaiting(waiting, params, distributions, limit);
  }

  @Override
  public void passOver(LiveTrial waiting, String reason) {
    store.liveTrials().passOver(waiting, reason);
  }

  @Override
  public FrozenTrial finish(Claim.Lease lease, FrozenTrial result) {
    return store.finish(lease, result);
  }

  @Override
  public Claim.@Nullable Duplicate findHolder(String signature) {
    return store.findHolder(study.id(), signature);
  }

  @Override
  public Set<String> seen(Collection<String> signatures) {
    return store.seen(study.id(), signatures);
  }

  @Override
  public StudyCounts counts() {
    return store.counts(study.id());
  }

  @Override
  public long limited() {
    return store.limitedTrials(study.id());
  }

  @Override
  public long numbers() {
    return store.nextNumber(study.id());
  }

  @Override
  public @Nullable FrozenTrial trial(long number) {
    return store.trial(study.id(), number);
  }

  @Override
  public Stream<FrozenTrial> trials() {
    return store.trials(study.id());
  }

  @Override
  public @Nullable FrozenTrial best() {
    return store.bestTrial(study.id());
  }

  @Override
  public void failAbandoned() {
    store.failAbandoned(study.id());
  }

  @Override
  public Path directory() {
    return store.runDirectory(study);
  }
}
