package dev.assay.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.assay.storage.Parts.Part;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finished trials as the protocol has them, by id or number, wherever they are. Some are kept in
 * memory: they never change. Safe to share between threads.
 */
final class FinishedTrials {
  /** How many trials are kept, and how many a walk may put among them. */
  private static final int REMEMBERED = 10_000;

  private final Trials trials;
  private final LiveDatabase live;
  private final LiveForm form;

  private final Cache<Place, LiveTrial> recent =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  /** A trial's study and number. */
  private record Place(long studyId, long number) {}

  FinishedTrials(Trials trials, LiveForm form) {
    this.trials = trials;
    this.live = trials.live();
    this.form = form;
  }

  void remember(LiveTrial trial) {
    recent.put(new Place(trial.studyId(), trial.number()), trial);
  }

  /** A trial in the table of claimed and finished trials; null where it is not there. */
  @Nullable LiveTrial findHot(long trialId) {
    Place place =
        live.find(
            "SELECT study_id, number FROM trials WHERE trial_id = ?",
            row -> new Place(row.getLong(1), row.getLong(2)),
            trialId);
    return place == null ? null : read(place);
  }

  private @Nullable LiveTrial read(Place place) {
    LiveTrial known = recent.getIfPresent(place);
    if (known != null) {
      return known;
    }
    FrozenTrial trial = trials.find(place.studyId(), place.number());
    if (trial == null) {
      return null;
    }
    LiveTrial thawed = form.thaw(place.studyId(), trial);
    if (thawed.state().isFinished()) {
      remember(thawed);
    }
    return thawed;
  }

  /** A trial of any part; null where none has it. */
  @Nullable LiveTrial find(long trialId) {
    if (trialId < 0
        || live.query(sql -> sql.number("SELECT value FROM meta WHERE key = 'next_trial_id'"))
            <= trialId) {
      return null;
    }
    Map<Path, Long> parts =
        live.query(sql -> Parts.list(sql, "kind = 'trials' AND status = 'committed'")).stream()
            .collect(Collectors.toMap(part -> part.file(trials.store()), Part::studyId));
    PartReader.Found found = trials.reader().findId(parts.keySet(), trialId);
    Long studyId = found == null ? null : parts.get(found.part());
    return found == null || studyId == null ? null : read(new Place(studyId, found.number()));
  }

  /** The id of the trial of that number, in any state; null where there is none. */
  @Nullable Long idOf(long studyId, long number) {
    Long id =
        live.find(
            "SELECT trial_id FROM live_trials WHERE study_id = ?1 AND number = ?2 "
                + "UNION ALL SELECT trial_id FROM trials WHERE study_id = ?1 AND number = ?2",
            row -> row.getLong(1),
            studyId,
            number);
    if (id != null) {
      return id;
    }
    LiveTrial sealed = read(new Place(studyId, number));
    return sealed == null ? null : (Long) sealed.id();
  }

  /** The number of the first trial whose id is greater. */
  long firstAfter(LiveStudy study, long trialId) {
    long low = 0;
    long high = study.trials();
    while (low < high) {
      long middle = (low + high) >>> 1;
      LiveTrial known = recent.getIfPresent(new Place(study.studyId(), middle));
      Long id = known == null ? idOf(study.studyId(), middle) : (Long) known.id();
      if (id == null) {
        throw trials.noStudy(study.studyId());
      }
      if (id <= trialId) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The trials that had finished at that moment, by number. */
  void forEach(LiveStudy study, long from, Consumer<LiveTrial> consumer) {
    long number = Math.max(0, from);
    while (number < study.trials()) {
      LiveTrial known = recent.getIfPresent(new Place(study.studyId(), number));
      if (study.unfinished().containsKey(number)) {
        number++;
      } else if (known != null) {
        consumer.accept(known);
        number++;
      } else {
        number = walk(study, number, consumer);
      }
    }
  }

  /** Reads on from a trial that is not in memory, to the next that is. */
  private long walk(LiveStudy study, long from, Consumer<LiveTrial> consumer) {
    long next = from;
    try (Stream<FrozenTrial> stream = trials.from(study.studyId(), from)) {
      for (FrozenTrial trial : (Iterable<FrozenTrial>) stream::iterator) {
        if (trial.number() >= study.trials()) {
          break;
        }
        next = trial.number() + 1;
        if (study.unfinished().containsKey(trial.number())) {
          continue;
        }
        LiveTrial thawed = form.thaw(study.studyId(), trial);
        if (next - from < REMEMBERED / 2) {
          remember(thawed);
        }
        consumer.accept(thawed);
        if (recent.getIfPresent(new Place(study.studyId(), next)) != null) {
          return next;
        }
      }
    }
    return study.trials();
  }
}
