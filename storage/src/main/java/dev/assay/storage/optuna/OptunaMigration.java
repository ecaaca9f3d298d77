package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Store;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.StoreException;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.KnownRuns;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.RunTarget;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.Tally;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes Optuna's studies into a store, each with all of its trials, whatever their state.
 *
 * <p>A study is known by its source and its name there. One that has changed since it was taken
 * comes in again beside the earlier one, under a suffix; one of equal content is there already.
 * Each study is committed whole or not at all. Sources are never written to. Memory is bounded by
 * the largest trial. Not safe to share between threads.
 */
public final class OptunaMigration {
  private static final int ATTEMPTS = 3;

  private static final String SAME_NAME =
      "another study of this source has the same name, as UTF-8 at least; rename one in a copy of"
          + " the source";

  private final @Nullable Store store;
  private final KnownRuns known;
  private final ZoneId zone;
  private final @Nullable String wanted;
  private final OptunaLinks links;
  private final MigrationListener listener;

  /** Somebody wrote to the source while it was read in place. */
  private static final class TornException extends Exception {}

  /**
   * @param store null for a dry run
   * @param known what the store has; what is taken here is added
   * @param zone of times that say none
   * @param wanted the name of the one study to take; null for all
   * @param links the runs whose trials were found in studies
   */
  public OptunaMigration(
      @Nullable Store store,
      KnownRuns known,
      ZoneId zone,
      @Nullable String wanted,
      OptunaLinks links,
      MigrationListener listener) {
    this.store = store;
    this.known = known;
    this.zone = zone;
    this.wanted = wanted;
    this.links = links;
    this.listener = listener;
  }

  /**
   * The names of the studies in a file.
   *
   * @return none where it cannot be read, which {@link #takeFile} reports
   */
  public static List<String> studiesOf(Path file) {
    try {
      return names(OptunaSource.of(file));
    } catch (IOException | SQLException | RefusedException e) {
      return List.of();
    }
  }

  /**
   * The names of the studies in a database on a server.
   *
   * @throws StoreException where it cannot be read
   */
  public static List<String> studiesOf(DatabaseUrl url) {
    try {
      return names(new OptunaSource.Server(url));
    } catch (IOException | SQLException e) {
      throw new StoreException("%s: %s".formatted(url, unreadable(e)), e);
    } catch (RefusedException e) {
      throw new StoreException("%s: %s".formatted(url, e.reason()), e);
    }
  }

  private static List<String> names(OptunaSource source)
      throws IOException, SQLException, RefusedException {
    try (OpenSource open = source.open(false)) {
      open.database().requireSchema();
      return open.database().studies().stream().map(StudyRow::name).toList();
    }
  }

  /**
   * Takes the studies of a database or journal in a file.
   *
   * @param file its real path
   * @return a report for each study; one where there are none or the file is refused
   */
  public List<SourceReport> takeFile(Path file) {
    List<SourceReport> reports;
    try {
      reports = take(OptunaSource.of(file));
    } catch (IOException e) {
      reports = List.of(refused("file", file.toString(), unreadable(e)));
    } catch (RefusedException e) {
      reports = List.of(refused("file", file.toString(), e.reason()));
    }
    reports.forEach(listener::finished);
    return reports;
  }

  /**
   * Takes the studies of a database on a server, in one transaction there that only reads.
   *
   * @return a report for each study; one where there are none or the server is refused
   */
  public List<SourceReport> takeServer(DatabaseUrl url) {
    List<SourceReport> reports = take(new OptunaSource.Server(url));
    reports.forEach(listener::finished);
    return reports;
  }

  private List<SourceReport> take(OptunaSource source) {
    List<SourceReport> reports = new ArrayList<>();
    Set<Long> done = new HashSet<>();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try (OpenSource open = source.open(attempt > 1)) {
        new Studies(source, open, attempt == ATTEMPTS, reports, done).run();
        break;
      } catch (TornException e) {
        // Once more, from a copy; what was committed is left alone.
      } catch (IOException | SQLException e) {
        reports.add(refused(source.kind(), source.name(), unreadable(e)));
        break;
      } catch (RefusedException e) {
        reports.add(refused(source.kind(), source.name(), e.reason()));
        break;
      }
    }
    return reports;
  }

  /** In one line, which drivers' messages are not. */
  private static String unreadable(Exception e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    boolean tooLarge = message.contains(DatabaseServer.LARGEST_PART);
    return "cannot be read: "
        + message
        + (tooLarge ? "; give Assay more memory, such as ASSAY_JAVA_OPTS=-Xmx4g" : "");
  }

  private static SourceReport refused(String kind, String source, String reason) {
    return empty(kind, source, SourceReport.Outcome.REFUSED, reason, List.of());
  }

  private static SourceReport empty(
      String kind,
      String source,
      SourceReport.Outcome outcome,
      String reason,
      List<Finding> findings) {
    return new SourceReport(
        kind,
        source,
        null,
        outcome,
        reason,
        new Tally(0, 0, 0, 1, 0),
        new Tally(0, 0, 0, 0, 0),
        Map.of(),
        0,
        0,
        findings);
  }

  /** The studies of one source, on their way in. */
  private final class Studies {
    private final OptunaSource source;
    private final OpenSource open;
    private final boolean last;
    private final List<SourceReport> reports;
    private final Set<Long> done;

    /**
     * @param last whether a source that does not hold still is taken as it is
     * @param done the studies that were reported when the source was open before
     */
    Studies(
        OptunaSource source,
        OpenSource open,
        boolean last,
        List<SourceReport> reports,
        Set<Long> done) {
      this.source = source;
      this.open = open;
      this.last = last;
      this.reports = reports;
      this.done = done;
    }

    void run() throws SQLException, RefusedException, TornException {
      open.database().requireSchema();
      Set<String> names = new HashSet<>();
      for (StudyRow row : open.database().studies()) {
        boolean isFirst = names.add(row.name());
        if ((wanted == null || wanted.equals(row.name())) && !done.contains(row.id())) {
          reports.add(isFirst ? takeOrRefuse(row) : refusedStudy(row, SAME_NAME));
          done.add(row.id());
        }
      }
      if (reports.isEmpty()) {
        reports.add(
            empty(
                source.kind(),
                source.name(),
                SourceReport.Outcome.SKIPPED,
                wanted == null ? "holds no studies" : "holds no study '%s'".formatted(wanted),
                open.findings()));
      }
    }

    private SourceReport takeOrRefuse(StudyRow row) throws TornException {
      listener.started(row.name(), row.trials(), open.bytes());
      try {
        return take(row);
      } catch (RefusedException e) {
        return refusedStudy(row, e.reason());
      } catch (SQLException e) {
        requireWhole();
        return refusedStudy(row, unreadable(e));
      }
    }

    private SourceReport refusedStudy(StudyRow row, String reason) {
      return refused(source.kind(), source.name(), "study '%s': %s".formatted(row.name(), reason));
    }

    private void requireWhole() throws TornException {
      if (!last && open.isTorn()) {
        throw new TornException();
      }
    }

    private SourceReport take(StudyRow row) throws SQLException, RefusedException, TornException {
      String stamp = open.stamp();
      for (KnownRuns.Run run : known.parts(row.name())) {
        if (run.source().equals(source.name()) && stamp != null && stamp.equals(run.stamp())) {
          return alreadyThere(run);
        }
      }
      OptunaStudy study = open.database().study(row);
      KnownRuns.Run same = same(study);
      if (same != null) {
        return alreadyThere(same);
      }
      StudyMigration migration =
          new StudyMigration(study, source, open, reports.isEmpty() ? open.findings() : List.of());
      String name = name(row, migration);
      ObjectNode attributes = systemAttrs(study);
      TrialConversion conversion = new TrialConversion(study.directions().size(), zone);
      try (RunTarget target =
          RunTarget.of(store, name, study.directions(), study.userAttrs(), attributes)) {
        migration.run(target, conversion, listener);
        requireWhole();
        if (open.isTorn()) {
          migration.note(Finding.Kind.CHANGED, "", "", "somebody wrote to it while it was read");
        }
        KnownRuns.Run identity = migration.identity(name);
        ObjectNode late = Json.object();
        identity.putTo(late);
        if (conversion.firstId() != null) {
          late.put(StoreAttributes.FIRST_TRIAL_ID, conversion.firstId());
        }
        long stored = target.commit(late);
        known.add(identity);
        return migration
            .report(name, files(1, 0), bytes(), stored)
            .linked(links.report(source.name(), row), links.findings(source.name(), row));
      }
    }

    /** A source is one file, which counts with its first study. */
    private Tally files(long taken, long alreadyThere) {
      boolean quarantined =
          open.findings().stream().anyMatch(one -> one.kind() == Finding.Kind.QUARANTINED);
      return reports.isEmpty()
          ? new Tally(taken, taken, alreadyThere, 0, taken > 0 && quarantined ? 1 : 0)
          : new Tally(0, 0, 0, 0, 0);
    }

    private long bytes() {
      return reports.isEmpty() ? open.bytes() : 0;
    }

    private KnownRuns.@Nullable Run same(OptunaStudy study) throws SQLException {
      List<KnownRuns.Run> candidates =
          known.parts(study.row().name()).stream()
              .filter(run -> run.trials() == study.row().trials())
              // Without trials studies of one name are often equal.
              .filter(run -> run.trials() > 0 || run.source().equals(source.name()))
              .toList();
      if (candidates.isEmpty()) {
        return null;
      }
      String fingerprint = StudyFingerprint.of(open.database(), study);
      return candidates.stream()
          .filter(run -> run.fingerprint().equals(fingerprint))
          .findFirst()
          .orElse(null);
    }

    private String name(StudyRow row, StudyMigration migration) {
      String plain = plain(row.name());
      String name = known.freeName(plain);
      List<String> earlier =
          known.parts(row.name()).stream()
              .filter(run -> run.source().equals(source.name()))
              .map(KnownRuns.Run::study)
              .toList();
      if (!earlier.isEmpty()) {
        migration.note(
            Finding.Kind.NOTE,
            "",
            "",
            "this study has changed since it was taken as '%s'; now it is '%s', and 'assay delete' removes the earlier state"
                .formatted(String.join("', '", earlier), name));
      } else if (!name.equals(row.name())) {
        String why =
            known.isTaken(plain) ? "is taken by another study" : "cannot be a study's name here";
        migration.note(
            Finding.Kind.NOTE,
            "",
            "",
            "the name '%s' %s; this study is '%s'".formatted(row.name(), why, name));
      }
      return name;
    }

    private ObjectNode systemAttrs(OptunaStudy study) {
      ObjectNode attributes = study.systemAttrs().deepCopy();
      attributes.put(KnownRuns.SOURCE, source.name());
      attributes.put("source_kind", source.kind());
      attributes.put(StoreAttributes.ZONE, zone.getId());
      List<String> runs = links.runsOf(source.name(), study.row().name());
      if (!runs.isEmpty()) {
        runs.forEach(attributes.putArray(KnownRuns.LINKED_RUNS)::add);
      }
      if (!study.unreadable().isEmpty()) {
        ObjectNode extras = attributes.putObject(StoreAttributes.EXTRAS);
        study.unreadable().forEach(extras.putObject("unreadable")::put);
      }
      return attributes;
    }

    private SourceReport alreadyThere(KnownRuns.Run run) {
      String from =
          run.source().equals(source.name())
              ? "taken before"
              : "a study of the same name and content was taken from " + run.source();
      return new SourceReport(
          source.kind(),
          source.name(),
          run.study(),
          SourceReport.Outcome.ALREADY_THERE,
          from,
          files(0, 1),
          new Tally(0, 0, run.trials(), 0, 0),
          Map.of(),
          0,
          0,
          List.of());
    }
  }

  /** A name without what the store's database cannot keep: NUL, and halves of surrogate pairs. */
  private static String plain(String name) {
    StringBuilder plain = new StringBuilder();
    name.codePoints()
        .map(
            c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? '_' : c)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }
}
