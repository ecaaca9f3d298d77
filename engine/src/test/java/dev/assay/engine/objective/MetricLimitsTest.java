package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MetricLimitsTest {
  private static Evaluation applied(
      String limits, String metrics, @Nullable Boolean ok, List<String> failures) throws Exception {
    Evaluation evaluation =
        new Evaluation(
            List.of(1.0),
            (ObjectNode) Json.parse(metrics),
            List.of(),
            ok,
            Boolean.FALSE.equals(ok) ? List.of("own") : List.of(),
            failures,
            null,
            Json.object());
    return MetricLimits.of((ObjectNode) Json.parse(limits), "study.yaml", new ArrayList<>())
        .applied(evaluation);
  }

  private static Evaluation applied(String limits, String metrics) throws Exception {
    return applied(limits, metrics, null, List.of());
  }

  @Test
  void theLegacyNamesMeanTheLegacyMetrics() throws Exception {
    Evaluation evaluation =
        applied(
            "{\"min_trades\": 25, \"max_trades\": 30, \"min_profit_factor\": 1.05,"
                + " \"max_max_dd\": 0.3, \"min_win_rate\": 0.5}",
            "{\"num_trades\": 18, \"profit_factor\": 0.8, \"max_drawdown\": 0.35,"
                + " \"win_rate\": 0.5}");
    assertThat(evaluation.constraintsOk()).isFalse();
    assertThat(evaluation.constraintReasons())
        .containsExactly("min_trades:18<25", "min_profit_factor:0.8<1.05", "max_max_dd:0.35>0.3");
  }

  @Test
  void limitsThatAreKeptMakeTheConstraintsHold() throws Exception {
    Evaluation evaluation = applied("{\"min_trades\": 25}", "{\"num_trades\": 25}");
    assertThat(evaluation.constraintsOk()).isTrue();
    assertThat(evaluation.constraintReasons()).isEmpty();
  }

  @Test
  void anUndefinedMetricBreaksNoLimitAndAMissingOneDoes() throws Exception {
    String limits = "{\"min_a\": 1, \"max_b\": 1, \"max_c\": 1, \"min_d\": 1}";
    Evaluation evaluation = applied(limits, "{\"a\": null, \"c\": NaN, \"d\": \"2\"}");
    assertThat(evaluation.constraintReasons())
        .containsExactly("max_b:b is missing", "max_c:NaN>1", "min_d:\"2\" is no number");
  }

  @Test
  void theConstraintsOfTheResultStayBrokenAndUnknownOnesUnknown() throws Exception {
    Evaluation broken = applied("{\"min_a\": 1}", "{\"a\": 2}", false, List.of());
    assertThat(broken.constraintsOk()).isFalse();
    assertThat(broken.constraintReasons()).containsExactly("own");
    assertThat(applied("{}", "{}").constraintsOk()).isNull();
    assertThat(applied("{\"min_a\": null}", "{}").constraintsOk()).isNull();
  }

  @Test
  void hardFailuresCountOnlyWhereTheStudySaysSo() throws Exception {
    String counted = "{\"include_scoring_failures\": true}";
    assertThat(applied(counted, "{}", true, List.of("pf<1.0")).constraintReasons())
        .containsExactly("hard_fail:pf<1.0");
    assertThat(applied(counted, "{}", true, List.of()).constraintsOk()).isTrue();
    String not = "{\"include_scoring_failures\": false, \"min_a\": 1}";
    assertThat(applied(not, "{\"a\": 1}", true, List.of("pf<1.0")).constraintsOk()).isTrue();
  }
}
