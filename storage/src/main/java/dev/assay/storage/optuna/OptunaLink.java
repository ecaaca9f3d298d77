package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.KnownRuns;
import dev.assay.storage.migrate.LinkReport;
import dev.assay.storage.migrate.RunLink;
import dev.assay.storage.migrate.Sizes;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run whose trials are those of a study. */
final class OptunaLink implements RunLink {
  private final OptunaLinks links;
  private final String run;
  private final LinkedStudy study;
  private final TrialPairs pairs;
  private final TrialConversion conversion;
  private final ZoneId zone;
  private final @Nullable ClockOffset clock;
  private final Map<String, Long> differences = new TreeMap<>();
  private final List<Finding> troubles = new ArrayList<>();
  private long linked;

  /**
   * @param run the study that the run becomes
   * @param zone in which times without one are read
   * @param clock the offset of the study's times; null where nothing tells
   */
  OptunaLink(
      OptunaLinks links,
      String run,
      LinkedStudy study,
      TrialPairs pairs,
      ZoneId zone,
      @Nullable ClockOffset clock) {
    this.links = links;
    this.run = run;
    this.study = study;
    this.pairs = pairs;
    this.conversion = new TrialConversion(study.objectives(), zone);
    this.zone = zone;
    this.clock = clock;
  }

  @Override
  public FrozenTrial link(FrozenTrial trial) {
    TrialTrace trace = trial.trialFile() == null ? null : pairs.byFile().get(trial.trialFile());
    if (trace == null) {
      return trial;
    }
    try {
      OptunaTrial row = study.trial(trace.id());
      if (row == null || trace.compare(trial) == TrialTrace.Verdict.OTHER) {
        trouble(trial, "has changed since its trial in Optuna was found; it is not linked");
        return trial;
      }
      LinkedTrial both =
          new LinkedTrial(trace, row, conversion.convert(row, trace.number()).trial());
      FrozenTrial result = both.of(trial);
      count(both, trial);
      return result;
    } catch (SQLException e) {
      trouble(
          trial, "is not linked: %s cannot be read: %s".formatted(study.source(), e.getMessage()));
      return trial;
    }
  }

  private void count(LinkedTrial both, FrozenTrial file) {
    linked++;
    differences.merge(both.difference(file), 1L, Long::sum);
    if (both.hasOtherState(file)) {
      differences.merge("state", 1L, Long::sum);
    }
  }

  private void trouble(FrozenTrial trial, String what) {
    troubles.add(new Finding(Finding.Kind.NOTE, String.valueOf(trial.trialFile()), what));
  }

  @Override
  public void committed() {
    links.add(study, run, pairs.byFile().values(), clock);
  }

  @Override
  public ObjectNode studyAttrs() {
    return Json.object()
        .put(KnownRuns.LINKED_STUDY, study.row().name())
        .put(KnownRuns.LINKED_SOURCE, study.source());
  }

  @Override
  public List<Finding> findings() {
    List<Finding> all = new ArrayList<>(troubles);
    all.add(
        note(
            "%s linked to Optuna's study '%s' in %s, whose numbers are %s; %s"
                .formatted(
                    Sizes.count(linked, "trial"),
                    study.row().name(),
                    study.source(),
                    numbers(),
                    differenceText())));
    pairs
        .unpaired()
        .forEach(
            (why, count) ->
                all.add(note("%s not linked: %s".formatted(Sizes.count(count, "file"), why))));
    if (study.isTorn()) {
      all.add(
          new Finding(
              Finding.Kind.CHANGED,
              "",
              "somebody wrote to %s while it was read".formatted(study.source())));
    }
    if (clock != null) {
      all.addAll(clock.advice(zone));
    }
    return all;
  }

  private static Finding note(String text) {
    return new Finding(Finding.Kind.NOTE, "", text);
  }

  private String numbers() {
    return pairs.offset() == 0
        ? "those of the files"
        : "%d %s".formatted(Math.abs(pairs.offset()), pairs.offset() > 0 ? "lower" : "higher");
  }

  private String differenceText() {
    List<String> texts = new ArrayList<>();
    differences.forEach((kind, count) -> texts.add(kind + " " + count));
    return "score and objective_value: " + String.join(", ", texts);
  }

  @Override
  public LinkReport report() {
    long unlinked = troubles.size();
    for (long count : pairs.unpaired().values()) {
      unlinked += count;
    }
    return new LinkReport(
        List.of(study.row().name()),
        pairs.offset(),
        linked,
        unlinked,
        differences,
        clock == null ? null : clock.text(),
        null);
  }

  @Override
  public void close() {
    study.close();
  }
}
