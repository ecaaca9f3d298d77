package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.NameTakenException;
import dev.assay.storage.PrintableText;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes run directories of the legacy system into a store: each run becomes a study with all of its
 * trials, and all of its files go into the archive byte for byte.
 *
 * <p>A folder is a run where it directly holds trial files, trial logs, {@code run_meta.json},
 * {@code best_trial.json}, {@code _dedup.db} or {@code _cache/}. A run inside a run, such as {@code
 * validation}, is a study of its own that names its parent. A folder between a given path and its
 * runs that has files of its own becomes a study without trials that keeps them.
 *
 * <p>Each run is committed whole or not at all, in the order of the paths, so an interrupted
 * migration is resumed by running it again. What is there already, byte for byte, is left alone;
 * what has another content under the same name gets a suffix, and a copy under another name, beside
 * the folder that it was made of, is a study of its own. The sources are never written to. Memory
 * is bounded by the largest file, not by the size of a run.
 */
public final class LegacyMigration {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyMigration.class);

  private final @Nullable Store store;
  private final KnownRuns known;
  private final RunLinks links;
  private final MigrationListener listener;

  /** What is found, where that is all that is wanted; else null. */
  private final @Nullable List<RunExamination> examined;

  private final Map<Path, String> studyByFolder = new HashMap<>();

  private LegacyMigration(
      @Nullable Store store,
      KnownRuns known,
      RunLinks links,
      MigrationListener listener,
      @Nullable List<RunExamination> examined) {
    this.store = store;
    this.known = known;
    this.links = links;
    this.listener = listener;
    this.examined = examined;
  }

  /**
   * Takes every run at or below {@code paths} that the store does not have.
   *
   * @throws StoreException when a path does not exist, or the store cannot be written; runs that
   *     were reported as finished before are there
   */
  public static MigrationReport migrate(Store store, List<Path> paths, MigrationListener listener) {
    KnownRuns known = KnownRuns.of(store.studies());
    return new MigrationReport(false, run(store, known, paths, Set.of(), RunLinks.NONE, listener));
  }

  /** Reads everything as {@link #migrate} into an empty store would, and writes nothing. */
  public static MigrationReport dryRun(List<Path> paths, MigrationListener listener) {
    KnownRuns known = KnownRuns.of(List.of());
    return new MigrationReport(true, run(null, known, paths, Set.of(), RunLinks.NONE, listener));
  }

  /** Reads everything as {@link #migrate} into {@code store} would, and writes nothing. */
  public static MigrationReport dryRun(
      ReadableStore store, List<Path> paths, MigrationListener listener) {
    KnownRuns known = KnownRuns.of(store.studies());
    return new MigrationReport(true, run(null, known, paths, Set.of(), RunLinks.NONE, listener));
  }

  /**
   * Reads everything as {@link #run} into an empty store would, says what is there and about what
   * migrating it would come to, and writes nothing.
   *
   * @param known what was found elsewhere; what is found here is added
   * @param elsewhere files that are sources themselves: no run misses them
   * @param links what is known of the runs' trials elsewhere
   */
  public static DoctorReport examine(
      KnownRuns known,
      List<Path> paths,
      Set<Path> elsewhere,
      RunLinks links,
      MigrationListener listener) {
    List<RunExamination> examined = new ArrayList<>();
    List<SourceReport> others =
        new LegacyMigration(null, known, links, listener, examined)
            .run(paths, elsewhere).stream()
                .filter(source -> source.outcome() != SourceReport.Outcome.TAKEN)
                .toList();
    return new DoctorReport(examined, List.of(), others);
  }

  /**
   * The same beside sources of other kinds.
   *
   * @param store null for a dry run
   * @param known what the store has; what is taken here is added
   * @param elsewhere files that are sources themselves: no run misses them
   * @param links what is known of the runs' trials elsewhere
   */
  public static List<SourceReport> run(
      @Nullable Store store,
      KnownRuns known,
      List<Path> paths,
      Set<Path> elsewhere,
      RunLinks links,
      MigrationListener listener) {
    return new LegacyMigration(store, known, links, listener, null).run(paths, elsewhere);
  }

  private List<SourceReport> run(List<Path> paths, Set<Path> elsewhere) {
    LegacyTree tree = LegacyTree.of(paths, elsewhere);
    List<SourceReport> reports = new ArrayList<>();
    for (LegacyFolder folder : tree.folders()) {
      SourceReport report = migrate(folder);
      reports.add(report);
      listener.finished(report);
      warn(report);
    }
    for (SourceReport report : tree.skipped()) {
      reports.add(report);
      listener.finished(report);
    }
    return reports;
  }

  private SourceReport migrate(LegacyFolder folder) {
    RunListing files = RunListing.of(folder);
    listener.started(folder.name(), files.files().size(), files.bytes());
    KnownRuns.Run same = known.find(folder, files);
    if (same != null) {
      studyByFolder.put(folder.directory(), same.study());
      return alreadyThere(folder, files, same).linked(null, missingLink(files, same));
    }
    try {
      return take(folder, files);
    } catch (NameTakenException e) {
      // Another process was faster, with this folder or with another of the name.
      LOG.debug("{}", e.getMessage());
      known.take(requireNonNull(store, "a dry run takes no name").studies());
      return migrate(folder);
    }
  }

  private SourceReport take(LegacyFolder folder, RunListing files) {
    String study = known.freeName(folder.name());
    List<Finding> findings = new ArrayList<>();
    if (!study.equals(folder.name())) {
      findings.add(new Finding(Finding.Kind.NOTE, "", renamed(folder, study)));
    }
    RunMeta meta = RunMeta.of(files);
    ObjectNode systemAttrs = systemAttrs(folder, meta, studyOf(folder.parent()));
    try (RunLink link = links.open(new LinkableRun(study, meta.content(), files));
        RunTarget target = target(study, meta, systemAttrs, files.bytes())) {
      RunMigration migration = new RunMigration(files, meta, target, link, listener);
      migration.run();
      KnownRuns.Run identity = migration.identity(study);
      ObjectNode late = link.studyAttrs();
      identity.putTo(late);
      long bytesStored = target.commit(late);
      known.add(identity);
      link.committed();
      studyByFolder.put(folder.directory(), study);
      SourceReport report =
          migration
              .report(folder, study, bytesStored, findings)
              .linked(link.report(), link.findings());
      if (target instanceof Examination examination && examined != null) {
        examined.add(examination.result(report));
      }
      return report;
    }
  }

  /** Why the study is not called as its folder. */
  private String renamed(LegacyFolder folder, String study) {
    List<String> earlier = known.earlier(folder).stream().map(KnownRuns.Run::study).toList();
    if (!earlier.isEmpty()) {
      return "this run has changed since it was taken as '%s'; now it is '%s'. 'assay delete' removes the earlier state; what a run adds while it grows comes into one study with 'assay watch'"
          .formatted(String.join("', '", earlier), study);
    }
    String why =
        known.isTaken(folder.name())
            ? "is taken by a study with other content"
            : "cannot be a study's name";
    return "the name '%s' %s; this run is '%s'".formatted(folder.name(), why, study);
  }

  private RunTarget target(String study, RunMeta meta, ObjectNode systemAttrs, long bytes) {
    if (examined != null) {
      return new Examination(study, meta.direction(), systemAttrs, bytes);
    }
    return RunTarget.of(store, study, List.of(meta.direction()), Json.object(), systemAttrs);
  }

  private @Nullable String studyOf(@Nullable LegacyFolder folder) {
    return folder == null ? null : studyByFolder.getOrDefault(folder.directory(), folder.name());
  }

  /**
   * What a study says of the folder that it is made of.
   *
   * @param parent the study of the run that it lies in; null where it lies in none
   */
  static ObjectNode systemAttrs(LegacyFolder folder, RunMeta meta, @Nullable String parent) {
    ObjectNode attributes = Json.object();
    attributes.put(KnownRuns.SOURCE, folder.directory().toString());
    attributes.put("source_kind", folder.kind().word());
    if (parent != null) {
      attributes.put("parent", parent);
    }
    if (meta.content() != null) {
      attributes.set("run_meta", meta.content());
    }
    return attributes;
  }

  private static SourceReport alreadyThere(
      LegacyFolder folder, RunListing files, KnownRuns.Run same) {
    String from =
        same.source().equals(folder.directory().toString())
            ? "taken before"
            : "the same bytes were taken from " + same.source();
    return new SourceReport(
        folder.kind().word(),
        folder.directory().toString(),
        same.study(),
        SourceReport.Outcome.ALREADY_THERE,
        from,
        Tally.ofAlreadyThere(files.files().size()),
        Tally.ofAlreadyThere(same.trials()),
        Map.of(),
        0,
        0,
        files.findings());
  }

  /** What is there keeps its trials as they are. */
  private List<Finding> missingLink(RunListing files, KnownRuns.Run same) {
    if (links == RunLinks.NONE || same.trials() == 0 || known.isLinked(same.study())) {
      return List.of();
    }
    ObjectNode meta = RunMeta.of(files).content();
    return meta == null || !links.covers(meta)
        ? List.of()
        : List.of(
            new Finding(
                Finding.Kind.NOTE,
                "",
                "it was taken without its link to Optuna; to have it linked, remove it with 'assay delete' and migrate again"));
  }

  /** One line a run; the report has the detail. */
  private static void warn(SourceReport report) {
    long troubled =
        report.findings().stream().filter(finding -> finding.kind() != Finding.Kind.NOTE).count();
    if (report.outcome() == SourceReport.Outcome.TAKEN && troubled > 0) {
      LOG.warn(
          "{}: {} to look at, {} of them not understood; the report names them",
          PrintableText.of(requireNonNull(report.study())),
          Sizes.count(troubled, "file"),
          report.files().quarantined());
    }
  }
}
