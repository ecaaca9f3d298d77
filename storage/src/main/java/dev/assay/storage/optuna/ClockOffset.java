package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.migrate.Finding;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a machine's clock was from UTC: a run says in UTC when it started, and its first trial in
 * Optuna began right after that, in the machine's own time.
 *
 * @param start when the first trial began, by that clock
 */
record ClockOffset(ZoneOffset offset, LocalDateTime start) {
  /** Zones are apart by multiples of this. */
  private static final Duration GRID = Duration.ofMinutes(15);

  /** So long a run may prepare before its first trial. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Two clocks of one machine differ by no more. */
  private static final Duration JITTER = Duration.ofSeconds(1);

  private static final Duration WIDEST = Duration.ofHours(14);

  /**
   * @param meta the run's {@code run_meta.json}
   * @return null where nothing tells
   */
  static @Nullable ClockOffset of(ObjectNode meta, Collection<TrialTrace> trials) {
    String started = meta.path("started_at").textValue();
    try {
      LocalDateTime first =
          trials.stream()
              .map(TrialTrace::start)
              .filter(Objects::nonNull)
              .map(text -> LocalDateTime.parse(text.replace(' ', 'T')))
              .min(LocalDateTime::compareTo)
              .orElse(null);
      return started == null || first == null
          ? null
          : between(OffsetDateTime.parse(started), first);
    } catch (DateTimeException e) {
      // Times with an offset need no guess, and others give none.
      return null;
    }
  }

  private static @Nullable ClockOffset between(OffsetDateTime started, LocalDateTime first) {
    LocalDateTime utc = started.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
    Duration apart = Duration.between(utc, first).plus(JITTER);
    long steps = Math.floorDiv(apart.toMillis(), GRID.toMillis());
    Duration offset = GRID.multipliedBy(steps);
    if (offset.abs().compareTo(WIDEST) > 0 || apart.minus(offset).compareTo(LONGEST) > 0) {
      return null;
    }
    return new ClockOffset(ZoneOffset.ofTotalSeconds((int) offset.toSeconds()), first);
  }

  /** The offset as {@code +01:00}. */
  String text() {
    return offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId();
  }

  /** What to say where times were read in a zone whose clocks showed others. */
  List<Finding> advice(ZoneId zone) {
    return isOf(zone)
        ? List.of()
        : List.of(
            new Finding(
                Finding.Kind.NOTE,
                "",
                "started_at in run_meta.json shows that Optuna wrote times at UTC%s; they were read in %s. To have them right, give --source-tz %s (or the name of its zone, where clocks change); what was stored before has to go first, with 'assay delete'"
                    .formatted(
                        text(), zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId(), text())));
  }

  /** Whether clocks of this zone showed the same. */
  private boolean isOf(ZoneId zone) {
    return zone.getRules().getValidOffsets(start).contains(offset);
  }
}
