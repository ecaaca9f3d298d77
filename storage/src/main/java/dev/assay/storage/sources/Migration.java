package dev.assay.storage.sources;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.migrate.DoctorReport;
import dev.assay.storage.migrate.KnownRuns;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.RunLinks;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.migrate.TableMigration;
import dev.assay.storage.optuna.DatabaseUrl;
import dev.assay.storage.optuna.OptunaFiles;
import dev.assay.storage.optuna.OptunaLinks;
import dev.assay.storage.optuna.OptunaMigration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what other systems have stored into a store: run folders of the legacy system and folders
 * of them, Optuna's databases, given themselves, found in these folders or on servers, and tables
 * that are given themselves. A database inside of a run stays among the run's files, and its
 * studies come in.
 */
public final class Migration {
  private final Request request;
  private final @Nullable Store store;
  private final KnownRuns known;
  private final MigrationListener listener;
  private final OptunaMigration optuna;
  private final OptunaLinks links;

  private final List<Path> folders = new ArrayList<>();
  private final List<Path> tables = new ArrayList<>();
  private final Set<Path> files = new LinkedHashSet<>();

  /**
   * What to take.
   *
   * @param paths folders and files
   * @param servers databases on servers
   * @param zone of times that say none
   * @param study the name of the one Optuna study to take, and nothing else; null for everything
   * @param tables what the columns of tables mean
   * @param linking of run folders with the Optuna databases among {@code paths}
   */
  public record Request(
      List<Path> paths,
      List<DatabaseUrl> servers,
      ZoneId zone,
      @Nullable String study,
      TableMapping tables,
      Linking linking) {
    public Request {
      requireNonNull(zone, "zone is null");
      requireNonNull(tables, "tables is null");
      requireNonNull(linking, "linking is null");
      paths = List.copyOf(paths);
      servers = List.copyOf(servers);
    }

    /** Without servers. */
    public Request(
        List<Path> paths,
        ZoneId zone,
        @Nullable String study,
        TableMapping tables,
        Linking linking) {
      this(paths, List.of(), zone, study, tables, linking);
    }

    /** Without servers and links. */
    public Request(List<Path> paths, ZoneId zone, @Nullable String study, TableMapping tables) {
      this(paths, zone, study, tables, Linking.OFF);
    }
  }

  /** Whether the trials of run folders get what Optuna's databases know of them. */
  public enum Linking {
    OFF,
    ON
  }

  private Migration(
      Request request, @Nullable Store store, KnownRuns known, MigrationListener listener) {
    this.request = request;
    this.store = store;
    this.known = known;
    this.listener = listener;
    this.links = new OptunaLinks(request.zone());
    this.optuna =
        new OptunaMigration(store, known, request.zone(), request.study(), links, listener);
  }

  /**
   * Takes everything that the store does not have.
   *
   * @throws StoreException when a path does not exist, no source has the wanted study, or the store
   *     cannot be written; sources that were reported as finished before are there
   */
  public static MigrationReport migrate(Store store, Request request, MigrationListener listener) {
    KnownRuns known = KnownRuns.of(store.studies());
    return new MigrationReport(false, new Migration(request, store, known, listener).run());
  }

  /**
   * Reads everything as {@link #migrate} would, and writes nothing.
   *
   * @param store null stands for an empty one
   */
  public static MigrationReport dryRun(
      @Nullable ReadableStore store, Request request, MigrationListener listener) {
    KnownRuns known = KnownRuns.of(store == null ? List.of() : store.studies());
    return new MigrationReport(true, new Migration(request, null, known, listener).run());
  }

  /**
   * Reads everything as migrating it with links into an empty store would, says what is there and
   * about what it would come to, and writes nothing. Times that say no zone are read in UTC.
   *
   * @throws StoreException when a path does not exist
   */
  public static DoctorReport examine(List<Path> paths, MigrationListener listener) {
    Request request = new Request(paths, ZoneOffset.UTC, null, TableMapping.NONE, Linking.ON);
    return new Migration(request, null, KnownRuns.of(List.of()), listener).examine();
  }

  private List<SourceReport> run() {
    sort();
    List<SourceReport> reports = new ArrayList<>();
    if (request.study() == null) {
      // First of all: what their columns mean may have to be asked.
      reports.addAll(takeTables());
      RunLinks runLinks = request.linking() == Linking.ON ? links : RunLinks.NONE;
      reports.addAll(
          LegacyMigration.run(store, known, folders, Set.copyOf(files), runLinks, listener));
    } else {
      requireStudy(request.study());
    }
    reports.addAll(takeStudies());
    return reports;
  }

  private DoctorReport examine() {
    sort();
    List<SourceReport> reports = new ArrayList<>(takeTables());
    DoctorReport runs =
        LegacyMigration.examine(
            known, folders, Set.copyOf(files), links.ofRunsInOptuna(), listener);
    reports.addAll(takeStudies());
    return runs.with(reports);
  }

  private List<SourceReport> takeTables() {
    return TableMigration.run(store, known, tables, request.tables(), request.zone(), listener);
  }

  private List<SourceReport> takeStudies() {
    List<SourceReport> reports = new ArrayList<>();
    files.forEach(file -> reports.addAll(optuna.takeFile(file)));
    request.servers().forEach(server -> reports.addAll(optuna.takeServer(server)));
    return reports;
  }

  private void sort() {
    request.paths().forEach(this::sort);
    if (request.linking() == Linking.ON) {
      files.forEach(links::addFile);
    }
  }

  private void sort(Path path) {
    try {
      Path real = path.toRealPath();
      if (Files.isDirectory(real)) {
        folders.add(real);
        files.addAll(OptunaFiles.below(real));
      } else if (!Files.isRegularFile(real)) {
        // A pipe would be waited for.
        throw new StoreException(
            "%s: neither a file nor a folder; give a database, a run's folder, or a folder of these"
                .formatted(path));
      } else if (TableMigration.isTable(real) && !OptunaFiles.isJournal(real)) {
        tables.add(real);
      } else {
        files.add(real);
      }
    } catch (IOException e) {
      throw new StoreException(
          "%s: no such file or folder; give a database, a run's folder, or a folder of these"
              .formatted(path),
          e);
    }
  }

  private void requireStudy(String study) {
    Set<String> names = new LinkedHashSet<>();
    files.forEach(file -> names.addAll(OptunaMigration.studiesOf(file)));
    request.servers().forEach(server -> names.addAll(OptunaMigration.studiesOf(server)));
    if (!names.contains(study)) {
      throw new StoreException(
          "there is no study '%s' in the sources; %s"
              .formatted(
                  study,
                  names.isEmpty()
                      ? "they hold no Optuna study at all"
                      : "they hold '%s'".formatted(String.join("', '", names))));
    }
  }
}
