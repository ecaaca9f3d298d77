package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A little of everything that a store does, step by step. A step that has failed can be done again,
 * and the whole leads to the same trials then.
 */
final class Workload {
  /** Keys from here on have a record of more than 64 KB. */
  private static final int LARGE = 100;

  /** The study whose trial files are packed. */
  static final String COMPACTED = "packed";

  /** The files of the imported study, with their sizes, before it grows and after. */
  static final Set<String> IMPORTED_FILES = Set.of("config.txt 5", "notes.txt 4");

  static final Set<String> GROWN_FILES = Set.of("config.txt 12", "notes.txt 4", "trial_004.json 3");

  private final Path path;
  private final StoreOptions options;
  private final Journal journal;
  private final Map<String, Claim.Lease> running = new HashMap<>();
  private final List<Runnable> steps = new ArrayList<>();
  private @Nullable Store store;

  /** Is told what the store has acknowledged. */
  interface Journal {
    default void claimed(long trialId) {}

    default void finished(String study, long number, double value) {}

    /** Readers of the lake see what was finished so far: in this study, or in all for null. */
    default void visible(@Nullable String study) {}

    /** The imported study has all that came later. */
    default void grown() {}

    /** The study is about to be deleted. */
    default void deleting(String study) {}

    /** The study is deleted for good. */
    default void deleted(String study) {}
  }

  Workload(Path path, StoreOptions options, Journal journal) {
    this.path = path;
    this.options = options;
    this.journal = journal;
    steps.add(this::open);
    evaluate("first", 0, 1, 2);
    steps.add(this::refresh);
    evaluate("first", 3, LARGE);
    seal("first");
    evaluate("first", 4);
    steps.add(this::importRun);
    evaluate("second", 0, LARGE + 1);
    steps.add(this::refresh);
    evaluate("second", 1);
    steps.add(this::growRun);
    evaluate("third", 0);
    seal("third");
    evaluate("third", LARGE + 2);
    steps.add(() -> delete("third"));
    steps.add(() -> store().flush());
    steps.add(this::close);
    steps.add(this::open);
    evaluate("second", 2);
    seal("second");
    evaluate(COMPACTED, 0, 1);
    seal(COMPACTED);
    evaluate(COMPACTED, 2);
    compact("first");
    compact(COMPACTED);
    steps.add(this::close);
  }

  /** Each is done when those before it have succeeded. */
  List<Runnable> steps() {
    return steps;
  }

  void run() {
    steps.forEach(Runnable::run);
  }

  /** The store; opened where it is not. */
  Store store() {
    if (store == null) {
      LiveDatabase live = StoreDirectory.open(path, options.durability());
      store = Store.open(path, live, options, Clocks.SYSTEM);
    }
    return store;
  }

  /** The store, where it is open. */
  @Nullable Store opened() {
    return store;
  }

  private void open() {
    store();
  }

  void close() {
    Store closing = store;
    store = null;
    if (closing != null) {
      closing.close();
      journal.visible(null);
    }
  }

  private StudyRecord study(String name) {
    return study(store(), name);
  }

  /** The study of that name, as the workload has it. */
  static StudyRecord study(Store store, String name) {
    TrialFiles files = name.equals(COMPACTED) ? TrialFiles.COMPACTED : TrialFiles.KEEP;
    return store.openStudy(
        new StudySettings(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object(), files));
  }

  private void evaluate(String study, int... keys) {
    for (int key : keys) {
      steps.add(() -> evaluateOne(study(study), key));
    }
  }

  private void evaluateOne(StudyRecord study, int key) {
    String name = study.name() + key;
    ObjectNode params = Json.object().put("key", key);
    Claim.Lease lease = running.get(name);
    if (lease == null) {
      Claim claim = store().claim(study.id(), params, Json.object(), null);
      if (claim instanceof Claim.Duplicate duplicate) {
        if (duplicate.state() == TrialState.COMPLETE) {
          return;
        }
        throw new AssertionError("%s is %s, and nobody runs it".formatted(name, duplicate));
      }
      lease = ((Claim.Acquired) claim).lease();
      journal.claimed(lease.trialId());
      running.put(name, lease);
    }
    FrozenTrial.Builder trial =
        FrozenTrial.builder().state(TrialState.COMPLETE).value(StoreProcess.value(key));
    if (key >= LARGE) {
      trial.userAttrs(Json.object().put("log", "many words ".repeat(8_000)));
    }
    FrozenTrial finished = store().finish(lease, trial.build());
    running.remove(name);
    journal.finished(study.name(), finished.number(), StoreProcess.value(key));
  }

  private void refresh() {
    store().refresh();
    journal.visible(null);
  }

  private void seal(String name) {
    steps.add(
        () -> {
          store().seal(study(name).id());
          journal.visible(name);
        });
  }

  private void delete(String name) {
    StudyRecord study = store().findStudy(name);
    if (study == null) {
      // Deleted, though the step failed: the next opening brings it to its end.
      close();
      open();
    } else {
      journal.deleting(name);
      store().deleteStudy(study.id());
    }
    journal.deleted(name);
  }

  private void compact(String name) {
    steps.add(
        () -> {
          store().compact(study(name).id());
          journal.visible(name);
        });
  }

  private void importRun() {
    if (store().findStudy("imported") != null) {
      // Committed, though the step failed: what failed came after the commit.
      return;
    }
    try (StudyImport run =
        store()
            .beginImport("imported", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      run.addFile("config.txt", null, "a run".getBytes(StandardCharsets.UTF_8));
      run.addFile("notes.txt", null, "none".getBytes(StandardCharsets.UTF_8));
      for (int key = 0; key < 3; key++) {
        run.addTrial(
            FrozenTrial.builder()
                .state(TrialState.COMPLETE)
                .value(StoreProcess.value(key))
                .signature("imported" + key)
                .build());
      }
      run.addSignatures(Set.of("known"));
      run.commit();
    }
    for (int key = 0; key < 3; key++) {
      journal.finished("imported", key, StoreProcess.value(key));
    }
    journal.visible("imported");
  }

  private void growRun() {
    StudyRecord study = Objects.requireNonNull(store().findStudy("imported"));
    if (!study.systemAttrs().has("grown")) {
      // Else it was committed, though the step failed: what failed came after the commit.
      try (StudyGrowth growth = store().beginGrowth(study, 3)) {
        growth.addFile("trial_004.json", null, "new".getBytes(StandardCharsets.UTF_8));
        growth.putFile("config.txt", null, "a longer run".getBytes(StandardCharsets.UTF_8));
        growth.addTrial(
            FrozenTrial.builder()
                .state(TrialState.COMPLETE)
                .value(StoreProcess.value(LARGE))
                .signature("known")
                .userAttrs(Json.object().put("log", "many words ".repeat(8_000)))
                .build());
        growth.commit(Json.object().put("grown", true));
      }
    }
    journal.finished("imported", 3, StoreProcess.value(LARGE));
    journal.visible("imported");
    journal.grown();
  }
}
