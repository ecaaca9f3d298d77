package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.Importance;
import dev.assay.storage.Direction;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay importance}. */
@Command(
    name = "importance",
    header = "Says which parameters matter for a run's results.",
    description = {
      "Importance is PED-ANOVA's, which is also Optuna's default: parameters whose values among the"
          + " best",
      "tenth of the trials are spread otherwise than among all; the shares of all parameters come"
          + " to 1.",
      "Correlation is Spearman's, of the values with the target: above 0 both rise together."
          + " Complete",
      "trials with a finite target count; a parameter that takes part now and then is measured"
          + " where it does."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay importance backtest",
      "  assay importance run_20260115 --target sharpe_ratio --json",
      "  assay importance two-objectives --target 1"
    })
final class ImportanceCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "An objective by its number, from 0, or a metric's name; else each objective.")
  private @Nullable String target;

  @Option(
      names = "--direction",
      paramLabel = "DIRECTION",
      description = "What a metric is to become: minimize, or maximize (the default).")
  private @Nullable String direction;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  ImportanceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Importance.@Nullable Target wanted = target();
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord study = opened.study(run);
      List<Importance.Target> targets =
          wanted == null
              ? IntStream.range(0, study.directions().size())
                  .<Importance.Target>mapToObj(Importance.Objective::new)
                  .toList()
              : List.of(wanted);
      List<Importance> found;
      try (Analytics analytics = opened.analytics()) {
        found = targets.stream().map(each -> Importance.of(analytics, study.name(), each)).toList();
      }
      if (json) {
        console.out().println(json(study, found));
      } else {
        show(study, found);
      }
      return ExitCode.OK;
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }

  private Importance.@Nullable Target target() {
    boolean metric = target != null && !target.matches("\\d{1,9}");
    if (direction != null && !metric) {
      throw new UsageException("--direction is for a metric, which --target names");
    }
    if (target == null) {
      return null;
    }
    return metric
        ? new Importance.Metric(target, direction())
        : new Importance.Objective(Integer.parseInt(target));
  }

  private Direction direction() {
    try {
      return direction == null
          ? Direction.MAXIMIZE
          : Direction.valueOf(direction.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--direction is '%s', expected minimize or maximize".formatted(direction));
    }
  }

  private void show(StudyRecord study, List<Importance> found) {
    console.show(List.of(study.name()));
    for (Importance importance : found) {
      console.show(List.of(""));
      console.show(importance.toLines());
    }
  }

  private static String json(StudyRecord study, List<Importance> found) {
    ObjectNode node = Json.object().put("run", study.name());
    ArrayNode targets = node.putArray("targets");
    found.forEach(importance -> targets.add(importance.toJson()));
    return CanonicalJson.compact(node);
  }
}
