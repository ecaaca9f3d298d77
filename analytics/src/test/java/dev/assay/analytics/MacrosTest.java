package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The questions that {@code views.sql} has answers to, on data with everything that may be odd. */
final class MacrosTest {
  /** Eight trials: by their value, state and constraints some may not be the best. */
  private static final String ODD =
      """
      ['1', 'nan', '9', '9', '2', 'inf', '2', '4'][i + 1]::DOUBLE AS "value",
      [['1'], ['nan'], ['9'], ['9'], ['2'], ['inf'], ['2'], ['4']][i + 1]::DOUBLE[] AS "values",
      ['COMPLETE', 'COMPLETE', 'PRUNED', 'COMPLETE', 'COMPLETE', 'COMPLETE', 'COMPLETE',
        'COMPLETE'][i + 1] AS state,
      [NULL, NULL, NULL, false, true, NULL, NULL, NULL][i + 1]::BOOLEAN AS constraints_ok
      """;

  private static final String GROUPS = ", ['a', 'a', 'a', 'b', 'b', NULL, 'b', NULL][i + 1]";

  @TempDir Path directory;

  private FixtureStore store;
  private Analytics analytics;

  @BeforeEach
  void open() throws Exception {
    store = new FixtureStore(directory);
    analytics = Analytics.open(store.root());
  }

  @AfterEach
  void close() {
    analytics.close();
  }

  private String csv(String sql) throws IOException {
    analytics.refresh();
    return Answers.text(analytics, ResultFormat.CSV, sql);
  }

  private void study(
      String name, List<String> directions, int rows, String replace, String promoted)
      throws Exception {
    store.part(store.study(name, directions, "{}"), "trials", rows, replace, promoted);
  }

  @Test
  void theBestSoFarIsThatOfTheTrialsThatMayBeTheBest() throws Exception {
    study("most", List.of("MAXIMIZE"), 8, ODD, "");
    study("least", List.of("MINIMIZE"), 8, ODD, "");
    assertThat(csv("SELECT number, \"value\", best, improved FROM best_so_far('most')"))
        .isEqualTo(
            """
            number,value,best,improved
            0,1.0,1.0,true
            1,NaN,1.0,false
            3,9.0,1.0,false
            4,2.0,2.0,true
            5,Infinity,2.0,false
            6,2.0,2.0,false
            7,4.0,4.0,true
            """);
    assertThat(csv("SELECT count(*), max(best), sum(improved::INT) FROM best_so_far('least')"))
        .endsWith("\n7,1.0,1\n");
  }

  @Test
  void anObjectiveOfSeveralIsAskedForByItsNumber() throws Exception {
    study(
        "two",
        List.of("MINIMIZE", "MAXIMIZE"),
        3,
        "NULL::DOUBLE AS \"value\", [[3, 1], [1, 5], [2, 7]][i + 1]::DOUBLE[] AS \"values\"",
        "");
    assertThat(csv("SELECT best FROM best_so_far('two')")).isEqualTo("best\n3.0\n1.0\n1.0\n");
    assertThat(csv("SELECT best FROM best_so_far('two', objective := 1)"))
        .isEqualTo("best\n1.0\n5.0\n7.0\n");
    assertThat(csv("SELECT place, number, values_1 FROM top_trials('two', 2, 1)"))
        .isEqualTo("place,number,values_1\n1,2,7.0\n2,1,5.0\n");
    for (int none : new int[] {2, -1, -2}) {
      assertThatThrownBy(() -> csv("FROM best_so_far('two', %d)".formatted(none)))
          .isInstanceOf(AnalyticsException.class)
          .hasMessageContaining(
              "study 'two' has 2 objectives, counted from 0, and none with the number " + none);
    }
  }

  @Test
  void theTopIsInOrderAndTiesGoToTheFirst() throws Exception {
    study("s", List.of("MAXIMIZE"), 8, ODD, GROUPS + " AS params_g, i AS params_x");
    study("t", List.of("MINIMIZE"), 8, ODD, "");
    assertThat(csv("SELECT place, number, \"value\", params_x FROM top_trials('s', n := 3)"))
        .isEqualTo("place,number,value,params_x\n1,7,4.0,7\n2,4,2.0,4\n3,6,2.0,6\n");
    assertThat(csv("SELECT count(*) FROM top_trials('s')")).endsWith("\n4\n");
    assertThat(csv("SELECT * EXCLUDE (trial_id) FROM top_by('s', 'params_g', 1)"))
        .isEqualTo("group,place,number,value\na,1,0,1.0\nb,1,4,2.0\n,1,7,4.0\n");
    assertThat(csv("SELECT * EXCLUDE (trial_id) FROM top_by_study(2)"))
        .isEqualTo("study_name,place,number,value\ns,1,7,4.0\ns,2,4,2.0\nt,1,0,1.0\nt,2,4,2.0\n");
    assertThatThrownBy(() -> csv("FROM top_by('s', 'nope')"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("params_g");
  }

  @Test
  void binsHoldEqualValuesTogether() throws Exception {
    study(
        "s",
        List.of("MINIMIZE"),
        12,
        "i::DOUBLE AS \"value\", [i::DOUBLE] AS \"values\"",
        ", least(i, 6) AS params_x, CASE WHEN i < 11 THEN i ELSE 'nan'::DOUBLE END AS params_y, "
            + "1 AS params_same, 'text' AS params_text");
    assertThat(csv("FROM bins_of('s', 'params_x', 4)"))
        .isEqualTo(
            """
            bin,low,high,trials,best,mean,p10,p50,p90
            1,0.0,2.0,3,0.0,1.0,0.2,1.0,1.8
            2,3.0,5.0,3,3.0,4.0,3.2,4.0,4.8
            3,6.0,6.0,6,6.0,8.5,6.5,8.5,10.5
            """);
    assertThat(csv("SELECT count(*), sum(trials) FROM bins_of('s', 'params_y')"))
        .endsWith("\n10,11\n");
    assertThat(csv("SELECT low, high, trials FROM bins_of('s', 'params_same')"))
        .endsWith("\n1.0,1.0,12\n");
    assertThat(csv("SELECT count(*) FROM bins_of('s', 'params_text')")).endsWith("\n0\n");
  }

  @Test
  void theParetoFrontIsThatOfComparingEachWithEach() throws Exception {
    Random random = new Random(7);
    for (int objectives : new int[] {1, 2, 3, 16}) {
      List<String> directions =
          IntStream.range(0, objectives)
              .mapToObj(i -> i % 2 == 0 ? "MINIMIZE" : "MAXIMIZE")
              .toList();
      List<double[]> values = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        values.add(random.doubles(objectives).map(v -> Math.rint(v * 20)).toArray());
      }
      values.get(3)[0] = Double.NaN;
      values.get(4)[0] = Double.NEGATIVE_INFINITY;
      Arrays.setAll(values.get(5), i -> values.get(6)[i]);
      String name = "of " + objectives;
      study(
          name,
          directions,
          values.size(),
          "NULL::DOUBLE AS \"value\", ["
              + values.stream().map(MacrosTest::list).collect(Collectors.joining(","))
              + "][i + 1] AS \"values\", CASE WHEN i = 7 THEN 'FAIL' ELSE 'COMPLETE' END AS state, "
              + "CASE WHEN i = 8 THEN false END AS constraints_ok",
          "");
      List<Long> front = new ArrayList<>();
      analytics.refresh();
      for (JsonNode row :
          Answers.json(analytics, "SELECT number FROM pareto_front('%s')".formatted(name))) {
        front.add(row.path("number").longValue());
      }
      assertThat(front).as(name).containsExactlyElementsOf(front(values));
    }
  }

  private static String list(double[] values) {
    return Arrays.stream(values)
        .mapToObj(v -> "'%s'::DOUBLE".formatted(v))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** In the order of the first objective, then of the numbers. Even objectives are minimized. */
  private static List<Long> front(List<double[]> values) {
    List<Long> front = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (mayBe(i) && IntStream.range(0, values.size()).noneMatch(beats(values, i))) {
        front.add((long) i);
      }
    }
    front.sort(
        java.util.Comparator.<Long>comparingDouble(i -> values.get(i.intValue())[0])
            .thenComparing(i -> i));
    return front;
  }

  private static boolean mayBe(int trial) {
    return trial != 3 && trial != 7 && trial != 8;
  }

  private static java.util.function.IntPredicate beats(List<double[]> values, int trial) {
    double[] given = values.get(trial);
    return i -> {
      double[] other = values.get(i);
      boolean better = false;
      for (int k = 0; k < given.length; k++) {
        double gain = k % 2 == 0 ? given[k] - other[k] : other[k] - given[k];
        if (gain < 0) {
          return false;
        }
        better |= gain > 0;
      }
      return better && mayBe(i);
    };
  }

  @Test
  void durationsAreThoseThatWereMeasuredByState() throws Exception {
    store.part(
        store.study("s"),
        "trials",
        5,
        "['1', '2', '3', NULL, 'nan'][i + 1]::DOUBLE AS duration_seconds, "
            + "['COMPLETE', 'COMPLETE', 'COMPLETE', 'COMPLETE', 'FAIL'][i + 1] AS state, "
            + "TIMESTAMPTZ '2026-01-01 00:00:00+00' AS datetime_start, "
            + "TIMESTAMPTZ '2026-01-01 00:00:10+00' + to_seconds(i * 30) AS datetime_complete, "
            + "'w' || i % 2 AS worker",
        "");
    assertThat(
            csv(
                "SELECT state, trials, timed, total_seconds, mean_seconds, min_seconds, p50_seconds,"
                    + " max_seconds FROM duration_percentiles('s')"))
        .isEqualTo(
            """
            state,trials,timed,total_seconds,mean_seconds,min_seconds,p50_seconds,max_seconds
            COMPLETE,4,4,106.0,26.5,1.0,2.5,100.0
            FAIL,1,0,,,,,
            """);
    assertThat(csv("FROM throughput('s')"))
        .isEqualTo(
            """
            time,trials,complete,pruned,fail,workers
            2026-01-01T00:00:00Z,2,2,0,0,2
            2026-01-01T00:01:00Z,2,2,0,0,2
            2026-01-01T00:02:00Z,1,0,0,1,1
            """);
    assertThat(csv("SELECT trials FROM throughput('s', seconds_each := 3600)"))
        .isEqualTo("trials\n5\n");
  }

  @Test
  void duplicatesAreTheGuardsAndThoseThatALegacyRunSkipped() throws Exception {
    int study = store.study("s");
    store.part(
        study,
        "trials",
        4,
        "2.5::DOUBLE AS duration_seconds, CASE WHEN i < 2 THEN 'COMPLETE' ELSE 'PRUNED' END AS state, "
            + "['{}', '{\"skipped\":false}', '{\"reason\":\"duplicate_within_run\",\"skipped\":true}', "
            + "'{\"reason\":\"other\",\"skipped\":true}'][i + 1] AS user_attrs",
        "");
    assertThat(csv("FROM duplicates_saved('s')"))
        .isEqualTo("trials,duplicates,share,mean_seconds,saved_seconds\n3,,,2.5,\n");
    store.duplicates(study, 2);
    assertThat(csv("FROM duplicates_saved('s')"))
        .isEqualTo("trials,duplicates,share,mean_seconds,saved_seconds\n3,3,0.5,2.5,7.5\n");
    assertThat(csv("SELECT duplicates FROM studies")).isEqualTo("duplicates\n2\n");
  }

  @Test
  void anEmptyStudyHasAnEmptyAnswerAndAnUnknownOneIsRefused() throws Exception {
    int study = store.study("s");
    store.duplicates(study, 0);
    for (String macro :
        List.of(
            "trials_of(%s)",
            "best_so_far(%s)",
            "top_trials(%s)",
            "top_by(%s, 'state')",
            "bins_of(%s, 'number')",
            "pareto_front(%s)",
            "duration_percentiles(%s)",
            "throughput(%s)")) {
      assertThat(csv("SELECT count(*) FROM " + macro.formatted("'s'"))).as(macro).endsWith("\n0\n");
      assertThatThrownBy(() -> csv("FROM " + macro.formatted("'nope'")))
          .as(macro)
          .isInstanceOf(AnalyticsException.class)
          .hasMessageContaining("there is no study 'nope'");
    }
    assertThat(csv("FROM top_by_study()")).hasLineCount(1);
    assertThat(csv("FROM duplicates_saved('s')")).endsWith("\n0,0,,,\n");
  }
}
