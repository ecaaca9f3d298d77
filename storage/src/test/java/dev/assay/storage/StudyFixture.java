package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A study of an open store in a test, whose trials have the one parameter {@code x}. */
record StudyFixture(Store store, StudyRecord study) {
  static StudyFixture open(Store store, String name) {
    return open(store, name, null);
  }

  static StudyFixture open(Store store, String name, @Nullable TrialFiles trialFiles) {
    return new StudyFixture(
        store,
        store.openStudy(
            new StudySettings(
                name, List.of(Direction.MAXIMIZE), Json.object(), Json.object(), trialFiles)));
  }

  static ObjectNode params(int x) {
    return Json.object().put("x", x);
  }

  static FrozenTrial complete(double value) {
    return FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build();
  }

  long id() {
    return study.id();
  }

  Claim.Lease acquire(int x) {
    Claim claim = store.claim(study.id(), params(x), Json.object(), null);
    assertThat(claim).isInstanceOf(Claim.Acquired.class);
    return ((Claim.Acquired) claim).lease();
  }

  FrozenTrial evaluate(int x, double value) {
    return store.finish(acquire(x), complete(value));
  }

  void seal() {
    store.seal(study.id());
  }

  Path run() {
    return store.runDirectory(study);
  }

  Path trialFile(int number) {
    return run().resolve(RunDirectories.trialFile(number));
  }

  /** The names of what is in the run's directory. */
  Set<String> files() throws IOException {
    return names(run());
  }

  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
