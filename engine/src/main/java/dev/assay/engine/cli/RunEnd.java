package dev.assay.engine.cli;

import dev.assay.engine.ParetoFront;
import dev.assay.engine.RunResult;
import dev.assay.engine.RunSettings;
import dev.assay.engine.StudyFile;
import dev.assay.engine.ValidationStage;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreStatistics;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CacheStatistics;
import dev.assay.storage.json.Signatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a run says at its end to people: the best trial, the counts, the files, where to look. */
final class RunEnd {
  private static final int MAX_PARAMETERS = 20;
  private static final long BYTES_OF_A_MEGABYTE = 1_000_000;

  private final RunRequest request;
  private final Console console;
  private final Store store;
  private final StudyRecord study;
  private final StudyFile file;

  RunEnd(RunRequest request, Console console, Store store, StudyRecord study, StudyFile file) {
    this.request = request;
    this.console = console;
    this.store = store;
    this.study = study;
    this.file = file;
  }

  /** The whole text, a line each. */
  List<String> lines(
      RunResult result, RunSettings settings, ValidationStage.@Nullable Result validation) {
    List<String> lines = new ArrayList<>();
    StudyCounts counts = store.counts(study.id());
    lines.add(
        "Study %s: %d trials (%d complete, %d failed%s)"
            .formatted(
                study.name(),
                counts.finished(),
                counts.complete(),
                counts.fail(),
                counts.pruned() == 0 ? "" : ", %d pruned".formatted(counts.pruned())));
    lines.add(
        "This run: %d trials in %s with %d workers and seed %d, %d duplicates avoided; ended: %s"
            .formatted(
                result.trials(),
                TimeSpan.shown(result.seconds()),
                settings.workers(),
                result.seed(),
                result.duplicates(),
                result.end().words()));
    if (result.complete() + result.pruned() == 0 && result.firstError() != null) {
      lines.add("No trial of this run succeeded; the first to fail was " + result.firstError());
    }
    best(lines);
    if (validation != null) {
      lines.addAll(RunValidation.lines(validation));
    }
    files(lines);
    next(lines);
    return lines;
  }

  /** What the store and its caches did, with the JVM's heap, and SQLite's settings, a line each. */
  List<String> statistics() {
    return List.of(did(), StoreStateText.pragmas(store.pragmas()));
  }

  private String did() {
    Runtime jvm = Runtime.getRuntime();
    StoreStatistics store = this.store.statistics();
    CacheStatistics keys = Signatures.shared().keyStatistics();
    CacheStatistics signatures = Signatures.shared().signatureStatistics();
    return String.format(
        Locale.ROOT,
        "store: %d claims, %d duplicates, %d commits of %.1f writes, %d waits for other processes;"
            + " cache hits: %d of %d trial keys, %d of %d signatures; %d MB of memory in use",
        store.claims(),
        store.duplicates(),
        store.commits(),
        (double) store.writes() / Math.max(1, store.commits()),
        store.lockWaits(),
        keys.hits(),
        keys.hits() + keys.misses(),
        signatures.hits(),
        signatures.hits() + signatures.misses(),
        (jvm.totalMemory() - jvm.freeMemory()) / BYTES_OF_A_MEGABYTE);
  }

  private void best(List<String> lines) {
    if (study.directions().size() > 1) {
      front(lines);
      return;
    }
    FrozenTrial best = store.bestTrial(study.id());
    Double value = best == null ? null : best.value();
    if (best == null || value == null) {
      return;
    }
    lines.add("");
    lines.add("Best trial: number %d, score %s".formatted(best.number(), Numbers.shown(value)));
    if (Boolean.FALSE.equals(best.constraintsOk())) {
      lines.add("  its constraints do not hold; assay summary ranks only trials whose do");
    }
    List<String> parameters = ParameterText.lines(best.params(), file.space().varying());
    parameters.stream().limit(MAX_PARAMETERS).forEach(line -> lines.add("  " + line));
    if (parameters.size() > MAX_PARAMETERS) {
      lines.add("  and %d more".formatted(parameters.size() - MAX_PARAMETERS));
    }
    Path run = shown(store.runDirectory(study));
    Path own = run.resolve(String.valueOf(best.trialFile()));
    lines.add("  " + (Files.exists(own) ? own : run.resolve("best_trial.json")));
  }

  private void front(List<String> lines) {
    List<FrozenTrial> front;
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      front = ParetoFront.of(trials, study.directions());
    }
    lines.addAll(lines(front));
  }

  /** The trials of a Pareto front, the first of them. */
  static List<String> lines(List<FrozenTrial> front) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("Pareto front: %d trials".formatted(front.size()));
    front.stream()
        .limit(MAX_PARAMETERS)
        .forEach(
            trial ->
                lines.add(
                    "  number %d: %s"
                        .formatted(
                            trial.number(),
                            trial.values().stream()
                                .map(Numbers::shown)
                                .collect(Collectors.joining(", ")))));
    if (front.size() > MAX_PARAMETERS) {
      lines.add("  and %d more".formatted(front.size() - MAX_PARAMETERS));
    }
    return lines;
  }

  private void files(List<String> lines) {
    lines.add("");
    lines.add(
        "Files: %d written to %s"
            .formatted(store.statistics().filesWritten(), shown(store.runDirectory(study))));
  }

  private void next(List<String> lines) {
    boolean several = study.directions().size() > 1;
    String order = study.directions().get(0) == Direction.MAXIMIZE ? "DESC" : "ASC";
    String sql =
        "SELECT number, %1$s FROM trials_of('%2$s') WHERE state = 'COMPLETE' ORDER BY %1$s %3$s LIMIT 5"
            .formatted(several ? "values_0" : "value", study.name().replace("'", "''"), order);
    String store = " --store " + Shell.quoted(request.store().toString());
    lines.add("");
    lines.add("Where to look next:");
    lines.add("  %s query %s%s".formatted(console.program(), Shell.quoted(sql), store));
    lines.add("  %s summary %s%s".formatted(console.program(), Shell.quoted(study.name()), store));
  }

  /** The path as the user would write it: below the store as it was given. */
  private Path shown(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path root = request.store().toAbsolutePath().normalize();
    return absolute.startsWith(root)
        ? request.store().resolve(root.relativize(absolute))
        : absolute;
  }
}
