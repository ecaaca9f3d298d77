package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.StudyCounts;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a study's trials are claimed and kept. Safe to share between threads. */
sealed interface Ledger permits MemoryLedger, StoreLedger {
  /**
   * Asks for a set of parameters.
   *
   * @param limit how many trials the study may have; null for no limit
   */
  Claim claim(ObjectNode params, @Nullable Long limit);

  /**
   * Keeps parameters that are to be evaluated next, for all that work on the study.
   *
   * @return false where that is the caller's own matter
   */
  boolean enqueue(ObjectNode params);

  /** The first trial that waits to be evaluated; null where there is none. */
  @Nullable LiveTrial waiting();

  /** The parameters that are given for a waiting trial, which may leave some out. */
  ObjectNode fixedParams(LiveTrial waiting);

  /** {@link #claim(ObjectNode, Long)} for a waiting trial; null where it does not wait any more. */
  @Nullable Claim claim(LiveTrial waiting, ObjectNode params, @Nullable Long limit);

  /** Ends a waiting trial without an evaluation. */
  void passOver(LiveTrial waiting, String reason);

  /** Ends a claimed trial; what is given back is what was kept. */
  FrozenTrial finish(Claim.Lease lease, FrozenTrial result);

  /** The trial that has this signature; null where a claim would be given. */
  Claim.@Nullable Duplicate findHolder(String signature);

  /** Which of these signatures have an owner or an outcome. */
  Set<String> seen(Collection<String> signatures);

  StudyCounts counts();

  /** How many trials count towards a limit: all but those that were interrupted. */
  long limited();

  /** How many numbers have been given to trials so far, by whomever. */
  long numbers();

  /** A trial by its number, whatever its state; null where there is none. */
  @Nullable FrozenTrial trial(long number);

  /** All trials by number; the stream is to be closed. */
  Stream<FrozenTrial> trials();

  /** The best COMPLETE trial; null where there is none or with several objectives. */
  @Nullable FrozenTrial best();

  /** Frees trials whose owner is gone. */
  void failAbandoned();

  /** Where the trials' logs go; null where there is no such place. */
  @Nullable Path directory();
}
