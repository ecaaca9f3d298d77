package dev.assay.storage;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lake up to date behind the trials: every few seconds what has newly finished is shown
 * to readers, a study is sealed when it is told that enough of its trials are hot or when nothing
 * has ended for some minutes, and files are deleted whose grace period is over.
 *
 * <p>One thread of its own does the work. Safe to share between threads.
 */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How many pauses without a change are idle, and how many there are between two clean-ups. */
  static final int IDLE_PAUSES = 60;

  private static final int CLEAN_PAUSES = 12;
  private static final Due STOP = new Due(-1, 0);

  private final Lake lake;
  private final Sealing seal;
  private final LongConsumer sealWhole;
  private final long many;
  private final LinkedBlockingQueue<Due> due = new LinkedBlockingQueue<>();
  private final Thread thread;

  /** The deltas that others were writing at the last look. */
  private Set<Long> underWay = Set.of();

  private record Due(long studyId, long lastChange) {}

  private long lastChange = -1;
  private int quiet;

  /**
   * @param seal seals trials whose files are written
   * @param sealWhole writes the trial files of a study, then seals it
   * @param many from so many finished trials on that readers do not see yet, a study is sealed at
   *     once: parts that only show them would soon be replaced
   */
  Upkeep(Lake lake, Sealing seal, LongConsumer sealWhole, long many) {
    this.many = many;
    this.lake = lake;
    this.seal = seal;
    this.sealWhole = sealWhole;
    this.thread = new Thread(this::run, "assay-lake-" + lake.workerId());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Has a study's trials sealed soon that ended up to a change: their files are written. */
  void sealSoon(long studyId, long lastChange) {
    if (due.stream().noneMatch(waiting -> waiting.studyId() == studyId)) {
      due.add(new Due(studyId, lastChange));
    }
  }

  private void run() {
    long next = System.nanoTime() + PAUSE_NANOS;
    while (true) {
      try {
        Due study = due.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (STOP.equals(study)) {
          return;
        }
        if (study != null) {
          seal.seal(study.studyId(), study.lastChange());
        }
        if (System.nanoTime() - next >= 0) {
          next = System.nanoTime() + PAUSE_NANOS;
          look();
        }
      } catch (StoreException e) {
        LOG.warn("{}", e.getMessage());
      } catch (InterruptedException e) {
        // Nobody interrupts this thread; close() stops it.
        LOG.debug("{}", e.toString());
      } catch (Throwable e) {
        // The thread must live: without it nothing is sealed any more.
        LOG.warn("the upkeep of {} failed", lake.store(), e);
      }
    }
  }

  /** What is done after each pause. */
  void look() {
    long change = lake.live().query(Outcomes::lastChange);
    quiet = change == lastChange ? quiet + 1 : 0;
    lastChange = change;
    underWay = new HashSet<>(lake.showNew(underWay, sealMany()));
    if (quiet == IDLE_PAUSES) {
      hotStudies().forEach(sealWhole::accept);
    }
    if (quiet > 0 && quiet % CLEAN_PAUSES == 0) {
      lake.publishNow();
    }
  }

  /** Gives the studies that were sealed. */
  private Set<Long> sealMany() {
    Set<Long> sealed = new HashSet<>();
    for (HotSelection.Unseen unseen : lake.live().query(HotSelection::unseen)) {
      if (unseen.rows() >= many && unseen.sealing() == null) {
        try {
          sealWhole.accept(unseen.studyId());
          sealed.add(unseen.studyId());
        } catch (StoreException e) {
          // Its files could not be written; readers see its trials all the same.
          LOG.warn("{}", e.getMessage());
        }
      }
    }
    return sealed;
  }

  private List<Long> hotStudies() {
    return lake.live()
        .query(
            sql ->
                sql.list(
                    "SELECT DISTINCT study_id FROM trials WHERE part_id IS NULL AND "
                        + Trials.FINISHED,
                    row -> row.getLong(1)));
  }

  /** Ends the thread, when what it has begun is done. */
  @Override
  public void close() {
    due.clear();
    due.add(STOP);
    Threads.join(thread);
  }
}
