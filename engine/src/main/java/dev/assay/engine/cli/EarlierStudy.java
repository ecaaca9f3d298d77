package dev.assay.engine.cli;

import dev.assay.engine.StudyFile;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.migrate.KnownRuns;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.optuna.DatabaseUrl;
import dev.assay.storage.sources.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Optuna study from which a study file goes on, {@code meta.runs.optuna.storage}: it is taken
 * into the store once, as a study of its own, and never written to.
 */
final class EarlierStudy {
  private final Store store;
  private final StudyFile file;
  private final Console console;

  EarlierStudy(Store store, StudyFile file, Console console) {
    this.store = store;
    this.file = file;
    this.console = console;
  }

  /** Null where the file names none, or it is not there: a run that has no history begins one. */
  @Nullable StudyRecord find(StudyRecord own) {
    String storage = file.storage();
    if (storage == null || Boolean.FALSE.equals(file.resume())) {
      return null;
    }
    String shown = DatabaseUrl.withoutCredentials(storage);
    Path path = DatabaseUrl.isServer(storage) ? null : existing(SourceArgument.path(storage));
    if (path == null && !DatabaseUrl.isServer(storage)) {
      console.note("%s is not there: the study begins without that history".formatted(shown));
      return null;
    }
    StudyRecord earlier = path == null ? null : taken(path);
    if (earlier == null) {
      earlier = take(path, storage, shown);
    }
    if (earlier == null || earlier.id() == own.id()) {
      return null;
    }
    console.note(
        "going on from %d finished trials of %s, in this store study '%s'"
            .formatted(store.counts(earlier.id()).finished(), shown, earlier.name()));
    return earlier;
  }

  /** The path as it is from here, else from the study file's folder. */
  private @Nullable Path existing(Path path) {
    Path folder = file.file().toAbsolutePath().getParent();
    if (Files.exists(path)) {
      return path;
    }
    Path beside = folder == null ? path : folder.resolve(path);
    return Files.exists(beside) ? beside : null;
  }

  /** The study that an earlier run has taken from there. */
  private @Nullable StudyRecord taken(Path path) {
    for (StudyRecord study : store.studies()) {
      String part = study.systemAttrs().path(KnownRuns.PART).asText();
      String source = study.systemAttrs().path(KnownRuns.SOURCE).asText();
      if (part.equals(file.name()) && source.equals(path.toAbsolutePath().normalize().toString())) {
        return study;
      }
    }
    return null;
  }

  private @Nullable StudyRecord take(@Nullable Path path, String storage, String shown) {
    Migration.Request request =
        new Migration.Request(
            path == null ? List.of() : List.of(path),
            path == null ? List.of(SourceArgument.server(storage)) : List.of(),
            ZoneOffset.UTC,
            file.name(),
            TableMapping.NONE,
            Migration.Linking.OFF);
    MigrationReport report;
    try {
      report = Migration.migrate(store, request, MigrationListener.NONE);
    } catch (StoreException e) {
      console.note(
          "%s: %s; the study begins without that history".formatted(shown, e.getMessage()));
      return null;
    }
    for (SourceReport source : report.sources()) {
      String study = source.study();
      boolean there =
          source.outcome() == SourceReport.Outcome.TAKEN
              || source.outcome() == SourceReport.Outcome.ALREADY_THERE;
      if (there && study != null) {
        return store.findStudy(study);
      }
      console.note("%s: %s".formatted(shown, source.reason()));
    }
    return null;
  }
}
