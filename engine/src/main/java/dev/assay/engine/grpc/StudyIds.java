package dev.assay.engine.grpc;

import dev.assay.storage.LiveStudy;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The ids of a study's trials by their numbers. Both rise together, so that the trials above an id
 * are those from a number on. Safe to share between threads.
 */
final class StudyIds {
  private long[] ids = new long[64];
  private int count;

  /**
   * Learns the ids of all trials that the study has; only what is new is read.
   *
   * @param read gets each finished trial that was read
   */
  synchronized void extend(LiveTrials trials, LiveStudy study, Consumer<LiveTrial> read) {
    if (count >= study.trials()) {
      return;
    }
    if (study.unfinished().tailMap((long) count).size() < study.trials() - count) {
      trials.forEachFinished(
          study,
          count,
          trial -> {
            addUnfinished(study, trial.number());
            read.accept(trial);
            add(trial.id());
          });
    }
    addUnfinished(study, study.trials());
  }

  private void addUnfinished(LiveStudy study, long below) {
    while (count < below) {
      LiveTrial trial = study.unfinished().get((long) count);
      if (trial == null) {
        throw new IllegalStateException(
            "trial %d of study %d neither has finished nor has it not"
                .formatted(count, study.studyId()));
      }
      add(trial.id());
    }
  }

  private void add(long id) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = id;
  }

  synchronized long of(int number) {
    return ids[number];
  }

  /** The first number whose trial has an id above {@code id}. */
  synchronized int firstAbove(long id) {
    int place = Arrays.binarySearch(ids, 0, count, id);
    return place >= 0 ? place + 1 : -place - 1;
  }

  /** The number of the trial with this id; negative where the study has none such. */
  synchronized int numberOf(long id) {
    return Arrays.binarySearch(ids, 0, count, id);
  }
}
