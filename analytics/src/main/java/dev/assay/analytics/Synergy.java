package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PrintableText;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which values of parameters, alone and in pairs, the better trials of a run have in common, as the
 * legacy system computes it: the values of each parameter are put into bins, and of the bins with
 * enough valid trials the one with the best median score counts, the one with the best trial of
 * equals.
 *
 * @param run the study's name
 * @param trials how many valid trials there are
 * @param baselineMedian the median of their scores
 * @param singles the best bin of each parameter, the greatest lift first, equals by name
 * @param pairs the best two bins of two parameters out of those with the greatest lifts, the
 *     greatest synergy first
 */
public record Synergy(
    String run, long trials, double baselineMedian, List<Single> singles, List<Pair> pairs) {
  /** What the files are called. */
  public static final String SINGLES_FILE = "param_synergy_singles.csv";

  /** What the file of pairs is called. */
  public static final String PAIRS_FILE = "param_synergy_pairs.csv";

  private static final List<String> SINGLE_COLUMNS =
      List.of(
          "param", "best_bin", "best_bin_desc", "best_median", "best_count", "lift_vs_baseline");
  private static final List<String> PAIR_COLUMNS =
      List.of(
          "param_a",
          "param_b",
          "best_bin_a",
          "best_bin_a_desc",
          "best_bin_b",
          "best_bin_b_desc",
          "best_median",
          "best_count",
          "synergy_vs_best_single");

  /**
   * How it is computed.
   *
   * @param parameters how many of the parameters with the greatest lifts are paired, 2 at least
   * @param pairs how many pairs are listed, 1 at least
   * @param bins how many bins numbers are put into, 2 at least
   * @param observations how many trials a bin has to have, 1 at least
   */
  public record Options(int parameters, int pairs, int bins, int observations) {
    public static final Options DEFAULT = new Options(12, 25, 4, 3);

    public Options {
      if (parameters < 2 || pairs < 1 || bins < 2 || observations < 1) {
        throw new IllegalArgumentException(
            "found %d parameters, %d pairs, %d bins and %d observations, expected 2, 1, 2 and 1 or more"
                .formatted(parameters, pairs, bins, observations));
      }
    }
  }

  /**
   * A bin of a parameter.
   *
   * @param name {@code bin_0} and so on, or the value
   * @param description its ends such as {@code (0.4, 0.45]}, or the value
   */
  public record Bin(String name, String description) {}

  /**
   * One parameter.
   *
   * @param median the median score of the trials in the bin
   * @param lift by how much that is better than the run's median, in the score's unit
   */
  public record Single(String parameter, Bin bin, double median, int trials, double lift) {
    private List<String> texts() {
      return List.of(
          parameter,
          bin.name(),
          bin.description(),
          FiniteJson.number(median),
          Integer.toString(trials),
          FiniteJson.number(lift));
    }
  }

  /**
   * Two parameters.
   *
   * @param median the median score of the trials in both bins
   * @param synergy by how much that is better than the better median that one of the two has alone
   */
  public record Pair(
      String first,
      String second,
      Bin firstBin,
      Bin secondBin,
      double median,
      int trials,
      double synergy) {
    private List<String> texts() {
      return List.of(
          first,
          second,
          firstBin.name(),
          firstBin.description(),
          secondBin.name(),
          secondBin.description(),
          FiniteJson.number(median),
          Integer.toString(trials),
          FiniteJson.number(synergy));
    }
  }

  public Synergy {
    requireNonNull(run, "run is null");
    singles = List.copyOf(singles);
    pairs = List.copyOf(pairs);
  }

  /**
   * @param run a study's name, an unambiguous prefix or the end of one, or a run's folder
   * @throws AnalyticsException without a cause where {@code run} names no study or several, or it
   *     has no valid trial, as where it has several objectives; with one where the store cannot be
   *     read
   */
  public static Synergy of(Analytics analytics, String run, Options options) {
    requireNonNull(options, "options is null");
    return analytics.ask(session -> of(session, analytics.study(session, run), options));
  }

  private static Synergy of(Connection session, StudyRecord study, Options options)
      throws SQLException {
    SynergyTrials trials = SynergyTrials.read(session, study);
    if (trials.losses().length == 0) {
      throw new AnalyticsException(
          study.directions().size() > 1
              ? "'%s' has several objectives, and synergy is of one score".formatted(study.name())
              : "'%s' has no valid trial, of which synergy is".formatted(study.name()));
    }
    return new SynergySearch(trials, study.directions().get(0), options).run(study.name());
  }

  /** The singles as the legacy system's own file has them. */
  public String singlesCsv() {
    StringBuilder csv = CsvText.line(new StringBuilder(), SINGLE_COLUMNS);
    singles.forEach(single -> CsvText.line(csv, single.texts()));
    return csv.toString();
  }

  /** The pairs as the legacy system's own file has them. */
  public String pairsCsv() {
    StringBuilder csv = CsvText.line(new StringBuilder(), PAIR_COLUMNS);
    pairs.forEach(pair -> CsvText.line(csv, pair.texts()));
    return csv.toString();
  }

  /** As {@code assay synergy --json} prints it: the members are the columns of the CSV files. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object().put("run", run).put("trials", trials);
    node.put("baseline_median", baselineMedian);
    for (Single single : singles) {
      ObjectNode each = node.withArray("singles").addObject();
      put(each, SINGLE_COLUMNS, single.texts(), single.median(), single.trials(), single.lift());
    }
    for (Pair pair : pairs) {
      ObjectNode each = node.withArray("pairs").addObject();
      put(each, PAIR_COLUMNS, pair.texts(), pair.median(), pair.trials(), pair.synergy());
    }
    node.withArray("singles");
    node.withArray("pairs");
    return node;
  }

  private static void put(
      ObjectNode node,
      List<String> columns,
      List<String> texts,
      double median,
      int trials,
      double gain) {
    int numbers = columns.size() - 3;
    for (int i = 0; i < numbers; i++) {
      node.put(columns.get(i), texts.get(i));
    }
    node.put(columns.get(numbers), median);
    node.put(columns.get(numbers + 1), trials);
    node.put(columns.get(numbers + 2), gain);
  }

  /**
   * For a person, a line each; long names are cut.
   *
   * @param most how many parameters and pairs to list
   */
  public List<String> toLines(int most) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d valid trials, median score %s"
            .formatted(PrintableText.of(run), trials, SynergyBins.shown(baselineMedian)));
    TextTable table = new TextTable(List.of("lift", "median", "trials", "parameter", "values"));
    for (Single single : singles.subList(0, Math.min(most, singles.size()))) {
      table.add(
          List.of(
              SynergyBins.shown(single.lift()),
              SynergyBins.shown(single.median()),
              Integer.toString(single.trials()),
              shown(single.parameter()),
              shown(single.bin().description())));
    }
    lines.addAll(table.lines());
    lines.add("");
    TextTable two = new TextTable(List.of("synergy", "median", "trials", "parameters", "values"));
    for (Pair pair : pairs.subList(0, Math.min(most, pairs.size()))) {
      two.add(
          List.of(
              SynergyBins.shown(pair.synergy()),
              SynergyBins.shown(pair.median()),
              Integer.toString(pair.trials()),
              shown(pair.first()),
              shown(pair.firstBin().description())));
      two.add(List.of("", "", "", shown(pair.second()), shown(pair.secondBin().description())));
    }
    lines.addAll(two.lines());
    return lines;
  }

  private static String shown(String text) {
    return DisplayWidth.cut(PrintableText.of(text));
  }
}
