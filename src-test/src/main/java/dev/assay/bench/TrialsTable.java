package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.Importance;
import dev.assay.analytics.ResultFormat;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import dev.assay.storage.optuna.OptunaWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All trials of a study of 10,000 as a table: {@code trials_of} as Arrow batches, beside Optuna's
 * {@code trials_dataframe} from a SQLite database of the same trials; and which parameters matter,
 * from that database and from the store's files, and from Optuna once more with the trials in
 * memory. The answers must be equal.
 */
final class TrialsTable implements Suite {
  private static final String SCRIPT = "trials_table.py";
  private static final String IMPORTANCE = "PED-ANOVA of 10,000 x 10";
  private static final String IN_MEMORY = IMPORTANCE + ", theirs in memory";
  private static final String FIGURE = "10,000 trials x 10 as a table";
  private static final GeneratedStore STORE = new GeneratedStore(10_000, 10, 1, 7);

  /** Of one call, by the clock and of the processor. */
  private record Cost(double seconds, double cpuSeconds) {}

  private static final int WARM_UPS = 5;
  private static final int ROUNDS = 15;
  private static final String TABLE = "FROM trials_of('%s')".formatted(GeneratedStudy.name(0));

  /** The columns that Optuna's table has as well, with its forms of time. */
  private static final String COMPARED =
      "SELECT COLUMNS(lambda c: c IN ('number', 'value', 'state') OR c LIKE 'params\\_%' ESCAPE '\\'), "
          + "epoch_us(datetime_start) AS datetime_start, "
          + "epoch_us(datetime_complete) AS datetime_complete "
          + TABLE;

  @Override
  public String name() {
    return "trials-table";
  }

  @Override
  public String description() {
    return "a study of 10,000 trials as a table, beside Optuna's trials_dataframe from SQLite";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path scratch = Files.createTempDirectory("assay-bench");
    try {
      Path place = scratch.resolve("store");
      STORE.write(place, progress -> {});
      Timings cold = Timings.of(1, () -> table(place));
      try (Analytics session = Analytics.open(place)) {
        Timings.of(WARM_UPS, () -> table(session));
        Timings warm = Timings.of(ROUNDS, () -> table(session));
        Timings.of(WARM_UPS, () -> importance(session));
        Timings evaluated = Timings.of(ROUNDS, () -> importance(session));
        Timings opened = Timings.of(ROUNDS, () -> importance(place));
        List<Cost> theirs = optuna(peers.python(), place, scratch.resolve("optuna.db"), session);
        tell(FIGURE, "cold", cold, theirs, 0, peers, figures);
        tell(FIGURE, "warm", warm, theirs, 1, peers, figures);
        tell(IMPORTANCE, "warm", opened, theirs, 2, peers, figures);
        tell(IN_MEMORY, "warm", evaluated, theirs, 3, peers, figures);
      }
    } finally {
      BenchStore.delete(scratch);
    }
  }

  private void tell(
      String figure,
      String mode,
      Timings ours,
      List<Cost> theirs,
      int which,
      Peers peers,
      Consumer<Figure> figures) {
    if (theirs.isEmpty()) {
      ours.tell(name(), figure, mode, peers.milliseconds(name(), figure, mode), figures);
      return;
    }
    Cost peer = theirs.get(which);
    figures.accept(Figure.of(name(), figure, mode, "ms", ours.millis(), peer.seconds() * 1e3));
    figures.accept(
        Figure.of(name(), figure, mode, "CPU-ms", ours.cpuMillis(), peer.cpuSeconds() * 1e3));
  }

  /** With a session of its own. */
  private static void table(Path place) throws IOException {
    try (Analytics session = Analytics.open(place)) {
      table(session);
    }
  }

  private static void table(Analytics session) throws IOException {
    session.query(TABLE, ResultFormat.ARROW, OutputStream.nullOutputStream());
  }

  /** With a session of its own. */
  private static void importance(Path place) {
    try (Analytics session = Analytics.open(place)) {
      importance(session);
    }
  }

  private static Importance importance(Analytics session) {
    return Importance.of(session, GeneratedStudy.name(0), new Importance.Objective(0));
  }

  /** The table and the importances, each twice; empty without a Python. */
  private static List<Cost> optuna(
      @Nullable Python python, Path place, Path database, Analytics session) throws IOException {
    List<Cost> costs = new ArrayList<>();
    if (python == null) {
      return costs;
    }
    try (Store store = Store.openExisting(place);
        OptunaWriter writer = OptunaWriter.database(database, ZoneOffset.UTC)) {
      StudyRecord study = store.studies().get(0);
      writer.add(store, study, trial -> {});
      writer.finish();
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    session.query(COMPARED, ResultFormat.JSON, json);
    JsonNode ours = Json.parse(json.toByteArray());
    int[] rows = {0};
    python.run(
        SCRIPT,
        line -> {
          if (line.path(0).asText().equals("row")) {
            requireEqual(ours.path(rows[0]++), line.path(1));
            return;
          }
          costs.add(new Cost(line.path(1).doubleValue(), line.path(2).doubleValue()));
          if (line.path(0).asText().equals("importance")) {
            requireEqual(importance(session), line.path(3));
          }
        },
        database.toString(),
        GeneratedStudy.name(0));
    if (rows[0] != ours.size()) {
      throw new IllegalStateException(
          "Optuna has %d trials, ours are %d".formatted(rows[0], ours.size()));
    }
    return costs;
  }

  private static void requireEqual(JsonNode ours, JsonNode theirs) {
    for (Map.Entry<String, JsonNode> column : ours.properties()) {
      JsonNode value = theirs.path(column.getKey());
      JsonNode own = column.getValue();
      boolean equal =
          own.isNumber()
              ? value.isNumber() && own.doubleValue() == value.doubleValue()
              : Objects.equals(
                  own.isNull() ? "" : own.asText(), value.isNull() ? "" : value.asText());
      if (!equal) {
        throw new IllegalStateException(
            "trial %s: %s is %s, Optuna has %s"
                .formatted(ours.path("number"), column.getKey(), own, value));
      }
    }
  }

  private static void requireEqual(Importance ours, JsonNode theirs) {
    for (Importance.Parameter parameter : ours.parameters()) {
      double share = theirs.path(parameter.name()).doubleValue();
      if (!(Math.abs(parameter.importance() - share) <= 1e-9)) {
        throw new IllegalStateException(
            "the importance of %s is %s, Optuna has %s"
                .formatted(parameter.name(), parameter.importance(), share));
      }
    }
  }
}
