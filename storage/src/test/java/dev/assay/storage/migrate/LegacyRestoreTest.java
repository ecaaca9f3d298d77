package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.RestoreReport;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real runs of the legacy system go into the store and come back, compared byte for byte. */
final class LegacyRestoreTest {
  @TempDir Path temporary;

  private static Set<String> filesBelow(Path root) throws IOException {
    Set<String> files = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(root)) {
      walk.filter(Files::isRegularFile)
          .forEach(file -> files.add(root.relativize(file).toString()));
    }
    return files;
  }

  /** A run's files, without those of the runs inside of it, which are studies of their own. */
  private static Set<String> filesOfRun(Path source, List<StudyRecord> studies) throws IOException {
    Set<String> files = filesBelow(source);
    for (StudyRecord study : studies) {
      Path other = sourceOf(study);
      if (other.startsWith(source) && !other.equals(source)) {
        files.removeIf(file -> source.resolve(file).startsWith(other));
      }
    }
    return files;
  }

  private static Path sourceOf(StudyRecord study) {
    return Path.of(study.systemAttrs().path("source").textValue());
  }

  private static void assertAllComesBack(Store store, Path directory) throws IOException {
    assertThat(store.studies()).hasSizeGreaterThan(10);
    for (StudyRecord study : store.studies()) {
      Path restored = directory.resolve(Long.toString(study.id()));

      RestoreReport report = store.restore(study.id(), restored, path -> true);

      assertThat(report.problems()).isEmpty();
      assertThat(report.remade()).isZero();
      Path source = sourceOf(study);
      Set<String> files = filesBelow(restored);
      for (String file : files) {
        assertThat(Files.mismatch(restored.resolve(file), source.resolve(file)))
            .as("%s of %s", file, source)
            .isEqualTo(-1);
      }
      assertThat(report.archived()).isEqualTo(files.size());
      if (study.systemAttrs().path("source_kind").textValue().equals("legacy-run")) {
        assertThat(files).isEqualTo(filesOfRun(source, store.studies()));
      }
    }
  }

  private static Map<String, List<FrozenTrial>> trials(Store store) {
    Map<String, List<FrozenTrial>> trials = new TreeMap<>();
    for (StudyRecord study : store.studies()) {
      try (Stream<FrozenTrial> all = store.trials(study.id())) {
        trials.put(study.toString(), all.toList());
      }
    }
    return trials;
  }

  @Test
  void everyRunComesBackByteForByteAlsoWhereTheDatabaseWasLost() throws IOException {
    Path legacy = Path.of(System.getProperty("assay.legacy", "legacy"));
    assumeThat(legacy).as("real legacy runs (-Dassay.legacy=DIR)").isDirectory();
    Path directory = temporary.resolve("store");
    Map<String, List<FrozenTrial>> migrated;
    try (Store store = Store.open(directory)) {
      LegacyMigration.migrate(store, List.of(legacy), MigrationListener.NONE);
      assertAllComesBack(store, temporary.resolve("restored"));
      migrated = trials(store);
    }
    Files.delete(directory.resolve("live.db"));

    assertThat(Store.repair(directory).isWhole()).isTrue();

    try (Store store = Store.open(directory)) {
      assertThat(trials(store)).isEqualTo(migrated);
      assertAllComesBack(store, temporary.resolve("restored again"));
    }
  }
}
