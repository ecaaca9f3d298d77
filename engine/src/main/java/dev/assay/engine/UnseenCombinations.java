package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.UnseenWalk;
import dev.assay.storage.json.Signatures;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The combinations of a finite space that the guard does not hold, found by walking all of them in
 * batches. A walk goes on where the last call left it; only a whole walk that finds nothing says
 * that nothing is left. Not safe to share between threads.
 */
final class UnseenCombinations {
  private static final int BATCH = 500;

  private final Ledger ledger;
  private final Supplier<UnseenWalk> walks;
  private final Queue<ObjectNode> unseen = new ArrayDeque<>();
  private @Nullable UnseenWalk walk;
  private boolean whole;
  private boolean ended;

  /**
   * @param walks gives a new walk over the whole space
   */
  UnseenCombinations(Ledger ledger, Supplier<UnseenWalk> walks) {
    this.ledger = ledger;
    this.walks = walks;
  }

  /** Begins a search: from here on, a whole walk without a find is the end. */
  void search() {
    whole = false;
    ended = false;
  }

  /** Whether the next combination is yet to be walked for. */
  boolean isToWalk() {
    return unseen.isEmpty();
  }

  /**
   * The next combination that is neither held nor excluded; null where there is none.
   *
   * @param excluded signatures that are passed over
   */
  @Nullable ObjectNode next(Set<String> excluded) {
    while (unseen.isEmpty() && !ended) {
      look(excluded);
    }
    return unseen.poll();
  }

  private void look(Set<String> excluded) {
    if (walk == null) {
      whole = true;
      walk = walks.get();
    }
    Map<String, ObjectNode> batch = new LinkedHashMap<>();
    for (int i = 0; i < BATCH; i++) {
      ObjectNode params = walk.next();
      if (params == null) {
        // A walk that began before this search has passed what was freed since.
        ended = whole;
        walk = null;
        break;
      }
      batch.putIfAbsent(Signatures.shared().parameterSignature(params), params);
    }
    batch.keySet().removeAll(excluded);
    batch.keySet().removeAll(ledger.seen(batch.keySet()));
    unseen.addAll(batch.values());
  }
}
