package dev.assay.engine.grpc;

import dev.assay.storage.LiveStudy;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.NoSuchStudyException;
import dev.assay.storage.StoreException;
import dev.assay.storage.TrialState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends trials of workers that died. Optuna's clients send no sign of life, so a RUNNING trial of
 * which nothing was heard for the limit, no call for it and no change of it by another process,
 * becomes FAIL, and a WAITING trial takes its place while retries are left. Time is this process's
 * own monotonic clock, and begins anew with it. Safe to share between threads.
 */
final class Silence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Silence.class);
  private static final int LOOKS_PER_LIMIT = 4;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final LiveTrials trials;
  private final @Nullable Duration limit;
  private final int retries;
  private final LongSupplier nanoTime;
  private final Map<Long, Long> heard = new ConcurrentHashMap<>();
  private final Map<Long, LiveTrial> seen = new HashMap<>();
  private @Nullable ScheduledExecutorService looks;

  /**
   * @param limit null for no end of patience
   * @param retries how often a trial is tried again
   * @param nanoTime a monotonic clock
   */
  Silence(LiveTrials trials, @Nullable Duration limit, int retries, LongSupplier nanoTime) {
    this.trials = trials;
    this.limit = limit;
    this.retries = retries;
    this.nanoTime = nanoTime;
  }

  void start() {
    if (limit == null) {
      return;
    }
    long pause = Math.min(limit.toMillis() / LOOKS_PER_LIMIT + 1, LONGEST_PAUSE.toMillis());
    looks =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "assay-optuna-silence");
              thread.setDaemon(true);
              return thread;
            });
    var unused = looks.scheduleWithFixedDelay(() -> look(limit), 0, pause, TimeUnit.MILLISECONDS);
  }

  /** Somebody called for this trial. */
  void heard(long trialId) {
    if (limit != null) {
      heard.put(trialId, nanoTime.getAsLong());
    }
  }

  /** Ends the trials that are silent for longer than {@code patience}. */
  void look(Duration patience) {
    try {
      Set<Long> running = new HashSet<>();
      List<Long> silent = new ArrayList<>();
      for (long study : trials.studiesWithRunning()) {
        for (LiveTrial trial : unfinished(study)) {
          if (trial.state() == TrialState.RUNNING) {
            running.add(trial.id());
            if (isSilent(trial, patience)) {
              silent.add(trial.id());
            }
          }
        }
      }
      heard.keySet().retainAll(running);
      seen.keySet().retainAll(running);
      if (!silent.isEmpty()) {
        end(silent, patience);
      }
    } catch (StoreException e) {
      LOG.warn("silent trials could not be looked for: {}", e.getMessage());
    } catch (RuntimeException e) {
      // The looks must go on: without them no silent trial ends any more.
      LOG.warn("silent trials could not be looked for", e);
    }
  }

  private Iterable<LiveTrial> unfinished(long studyId) {
    try {
      LiveStudy study = trials.study(studyId);
      return study.unfinished().values();
    } catch (NoSuchStudyException e) {
      // Deleted meanwhile.
      return List.of();
    }
  }

  @SuppressWarnings("ReferenceEquality") // A trial that has not changed is the same instance.
  private boolean isSilent(LiveTrial trial, Duration patience) {
    long now = nanoTime.getAsLong();
    if (seen.put(trial.id(), trial) != trial) {
      heard.put(trial.id(), now);
    }
    return now - heard.getOrDefault(trial.id(), now) > patience.toNanos();
  }

  /** Of several servers that find a trial silent, one ends it. */
  private void end(List<Long> silent, Duration patience) {
    List<LiveTrial> failed = trials.failSilent(silent, retries);
    if (!failed.isEmpty()) {
      LOG.info(
          "no sign of {} trials for {} s: they are FAIL now", failed.size(), patience.toSeconds());
    }
  }

  @Override
  public void close() {
    if (looks != null) {
      looks.shutdown();
    }
  }
}
