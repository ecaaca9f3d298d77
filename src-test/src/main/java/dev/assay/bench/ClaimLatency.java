package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Threads that claim and finish small trials, and how long each of their claims took. */
final class ClaimLatency implements AutoCloseable {
  private final Store store;
  private final long studyId;
  private final AtomicLong next;
  private final ExecutorService pool;
  private final List<Future<long[]>> threads = new ArrayList<>();
  private long[] nanos = {};

  private ClaimLatency(Store store, long studyId, int threads, long firstKey) {
    this.next = new AtomicLong(firstKey);
    this.store = store;
    this.studyId = studyId;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  /**
   * Starts them.
   *
   * @param firstKey the parameters of each trial are made of its key; keys go up from here
   * @param goOn asked before each trial
   */
  static ClaimLatency start(
      Store store, long studyId, int threads, long firstKey, BooleanSupplier goOn) {
    ClaimLatency claims = new ClaimLatency(store, studyId, threads, firstKey);
    for (int i = 0; i < threads; i++) {
      claims.threads.add(claims.pool.submit(() -> claims.evaluate(goOn)));
    }
    return claims;
  }

  private long[] evaluate(BooleanSupplier goOn) {
    long[] took = new long[1024];
    int count = 0;
    while (goOn.getAsBoolean()) {
      long key = next.getAndIncrement();
      ObjectNode params = Json.object().put("x", key).put("rate", key * 1e-7);
      long begin = System.nanoTime();
      Claim claim = store.claim(studyId, params, Json.object(), null);
      if (count == took.length) {
        took = Arrays.copyOf(took, 2 * count);
      }
      took[count++] = System.nanoTime() - begin;
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder()
              .state(TrialState.COMPLETE)
              .value((double) (key % 1009))
              .metrics(Json.object().put("loss", key % 1009).put("steps", key % 17))
              .build());
    }
    return Arrays.copyOf(took, count);
  }

  /** Waits until they have ended. */
  void join() {
    List<long[]> all = new ArrayList<>();
    for (Future<long[]> thread : threads) {
      try {
        all.add(thread.get());
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException("a claiming thread failed", e);
      }
    }
    nanos = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
  }

  int count() {
    return nanos.length;
  }

  /** So many per mille of the claims took no longer than this, in milliseconds. */
  double millis(int perMille) {
    return nanos.length == 0 ? 0 : nanos[(int) ((nanos.length - 1L) * perMille / 1000)] / 1e6;
  }

  /** What claims took, and what all but one of a thousand stayed below. */
  List<Figure> figures(String benchmark, String name) {
    double most = millis(999);
    return List.of(
        new Figure(
            benchmark, name, "warm", "ms", millis(500), millis(0), millis(1000), count(), null),
        new Figure(benchmark, name + ", 99.9 %", "warm", "ms", most, most, most, count(), null));
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
