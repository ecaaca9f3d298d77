package dev.assay.storage.optuna;

import dev.assay.storage.StoreAttributes;
import dev.assay.storage.TrialState;
import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.KnownRuns;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.RunTarget;
import dev.assay.storage.migrate.Sizes;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.Tally;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes the trials of one study into its target, and counts. Used once, by one thread. */
final class StudyMigration {
  /** How many characters of what could not be understood a finding shows. */
  private static final int SHOWN = 120;

  private final OptunaStudy study;
  private final OptunaSource source;
  private final OpenSource open;
  private final StudyFingerprint fingerprint;
  private final Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
  private final List<Finding> findings = new ArrayList<>();
  private long trials;
  private long failed;
  private long renumbered;

  /**
   * @param ofSource what is to be known of the source as a whole
   */
  StudyMigration(OptunaStudy study, OptunaSource source, OpenSource open, List<Finding> ofSource) {
    this.study = study;
    this.source = source;
    this.open = open;
    this.fingerprint = new StudyFingerprint(study);
    findings.addAll(ofSource);
    study
        .unreadable()
        .forEach(
            (where, found) ->
                note(Finding.Kind.SALVAGED, "", where, found + "; kept in the system attributes"));
  }

  /**
   * @param where what could not be understood; empty where {@code found} says it all
   */
  void note(Finding.Kind kind, String path, String where, String found) {
    if (where.isEmpty()) {
      findings.add(new Finding(kind, path, found));
      return;
    }
    String shown = found.length() <= SHOWN ? found : found.substring(0, SHOWN) + "…";
    findings.add(new Finding(kind, path, where + " is " + shown));
  }

  /** Takes all trials; nothing is committed. */
  void run(RunTarget target, TrialConversion conversion, MigrationListener listener)
      throws SQLException {
    long all = Math.max(1, study.row().trials());
    try (OptunaTrials rows = open.database().trials(study.row().id())) {
      for (OptunaTrial row = rows.next(); row != null; row = rows.next()) {
        fingerprint.add(row);
        TrialConversion.Converted converted = conversion.convert(row, trials);
        target.addTrial(converted.trial());
        count(row, converted);
        listener.progress(trials, (long) ((double) open.bytes() / all * trials));
      }
    }
    if (renumbered > 0) {
      note(
          Finding.Kind.NOTE,
          "",
          "",
          "%s with other numbers here than in the source, where these are not 0, 1, 2, …; the attribute '%s' has the source's"
              .formatted(Sizes.count(renumbered, "trial"), StoreAttributes.EXTRAS));
    }
  }

  private void count(OptunaTrial row, TrialConversion.Converted converted) {
    Long number = row.number();
    if (number == null || number != trials) {
      renumbered++;
    }
    converted
        .unreadable()
        .forEach(
            (where, found) ->
                note(
                    converted.failed() ? Finding.Kind.QUARANTINED : Finding.Kind.SALVAGED,
                    number == null ? "trial_id " + row.id() : "trial " + number,
                    where,
                    found));
    trials++;
    failed += converted.failed() ? 1 : 0;
    states.merge(converted.trial().state(), 1L, Long::sum);
  }

  /** How a later migration will know this study. */
  KnownRuns.Run identity(String name) {
    return new KnownRuns.Run(
        name,
        source.name(),
        study.row().name(),
        fingerprint.hex(),
        open.stamp(),
        1,
        open.bytes(),
        trials);
  }

  /** What was done, once it is committed. */
  SourceReport report(String name, Tally files, long bytesRead, long bytesStored) {
    return new SourceReport(
        source.kind(),
        source.name(),
        name,
        SourceReport.Outcome.TAKEN,
        null,
        files,
        new Tally(trials, trials, 0, 0, failed),
        states,
        bytesRead,
        bytesStored,
        findings);
  }
}
