package dev.assay.bench;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.ResultFormat;
import dev.assay.storage.Direction;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Questions to a large store: the one that the system property {@code assay.bench.store} names,
 * made by {@code generate-store}, or a new one of 1,000,000 trials in 20 studies. Then the same
 * study's trials and the opening of stores of 2 and of 1,000 studies.
 */
final class LargeLake implements Suite {
  private static final int ROUNDS = 5;
  private static final long SEED = 7;
  private static final int PARAMETERS = 20;
  private static final GeneratedStore DEFAULT = new GeneratedStore(1_000_000, PARAMETERS, 20, SEED);
  private static final int TRIALS_EACH = 500;
  private static final int[] STUDIES = {2, 1_000};

  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("count", "SELECT count(*) FROM trials");
    QUESTIONS.put(
        "group by study",
        "SELECT study_name, state, count(*), avg(\"value\"), min(\"value\"), max(\"value\") "
            + "FROM trials GROUP BY ALL");
    QUESTIONS.put(
        "top 20 of a study",
        "SELECT * FROM trials_of('study_0001') WHERE state = 'COMPLETE' "
            + "ORDER BY \"value\" DESC LIMIT 20");
    QUESTIONS.put("percentiles by bin, a study", percentiles("trials_of('study_0001')"));
    QUESTIONS.put("percentiles by bin, all studies", percentiles("trials_of_all()"));
  }

  private static String percentiles(String trials) {
    return "SELECT floor(params_float0) AS bin, count(*), "
        + "quantile_cont(\"value\", [0.05, 0.25, 0.5, 0.75, 0.95]) FROM "
        + trials
        + " WHERE state = 'COMPLETE' GROUP BY bin ORDER BY bin";
  }

  @Override
  public String name() {
    return "large-lake";
  }

  @Override
  public String description() {
    return "questions to a store of 1,000,000 trials, or to a larger one; stores of 2 and 1,000 studies";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path scratch = Files.createTempDirectory("assay-bench");
    try {
      String named = System.getProperty("assay.bench.store");
      large(named == null ? generated(DEFAULT, scratch) : Path.of(named), figures);
      for (int studies : STUDIES) {
        Path store =
            generated(
                new GeneratedStore((long) studies * TRIALS_EACH, PARAMETERS, studies, SEED),
                scratch);
        many("%,d studies".formatted(studies), store, figures);
      }
    } finally {
      BenchStore.delete(scratch);
    }
  }

  /** In a process of its own, so that its memory is not counted here. */
  private static Path generated(GeneratedStore wanted, Path parent) throws IOException {
    Path store = parent.resolve("store-" + wanted.studies());
    ProcessCost.of(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path", ""),
            GenerateStore.class.getName(),
            store.toString(),
            "--trials=" + wanted.trials(),
            "--params=" + wanted.parameters(),
            "--studies=" + wanted.studies(),
            "--seed=" + wanted.seed()));
    return store;
  }

  private void large(Path store, Consumer<Figure> figures) throws IOException {
    Timings.of(1, () -> Analytics.open(store).close()).tell(name(), "open", "cold", null, figures);
    try (Analytics session = Analytics.open(store)) {
      for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
        tell(question.getKey(), figures, () -> ask(session, question.getValue()));
      }
    }
    double memory = BenchStore.peakMegabytes();
    figures.accept(Figure.of(name(), "memory", "warm", "MB", List.of(memory), null));
  }

  private void many(String label, Path store, Consumer<Figure> figures) throws IOException {
    tell(label + ": open", figures, () -> Analytics.open(store).close());
    try (Analytics session = Analytics.open(store)) {
      tell(label + ": refresh", figures, session::refresh);
      tell(
          label + ": top 20 of a study",
          figures,
          () -> ask(session, String.valueOf(QUESTIONS.get("top 20 of a study"))));
    }
    try (Store open = Store.openExisting(store)) {
      List<Integer> names = new ArrayList<>();
      tell(
          label + ": a further study",
          figures,
          () -> {
            names.add(names.size());
            commit(open, "further " + names.size());
          });
    }
    double manifest = Files.size(store.resolve("manifest.json")) / 1e3;
    figures.accept(Figure.of(name(), label + ": manifest", "warm", "KB", List.of(manifest), null));
  }

  /** A study without trials: what is left is the transaction and the manifest. */
  private static void commit(Store store, String name) {
    try (StudyImport study =
        store.beginImport(name, List.of(Direction.MINIMIZE), Json.object(), Json.object())) {
      study.commit();
    }
  }

  private void tell(String name, Consumer<Figure> figures, Timings.Work work) throws IOException {
    Timings.of(2, work);
    Timings.of(ROUNDS, work).tell(name(), name, "warm", null, figures);
  }

  private static void ask(Analytics session, String question) throws IOException {
    session.query(question, ResultFormat.ARROW, OutputStream.nullOutputStream());
  }
}
