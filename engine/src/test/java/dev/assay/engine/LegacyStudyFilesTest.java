package dev.assay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The study files of the legacy optimizer, as they are. */
class LegacyStudyFilesTest {
  private static StudyFile read(String name) {
    Path file = Path.of(System.getProperty("assay.legacy", "absent"), "configs", name + ".yaml");
    assumeThat(Files.exists(file)).as("needs the legacy study files, looked at " + file).isTrue();
    return StudyFileReader.read(file);
  }

  @Test
  void gridOfListsInTheOrderOfDeclaration() throws Exception {
    StudyFile study = read("tBTCUSD_1h_coarse_grid");
    assertThat(study.name()).isEqualTo("tBTCUSD_1h_coarse_grid");
    assertThat(study.directions()).containsExactly(Direction.MAXIMIZE);
    assertThat(study.sampler().name()).isEqualTo("grid");
    assertThat(study.maxTrials()).isEqualTo(27);
    assertThat(study.workers()).isEqualTo(1);
    assertThat(study.resume()).isFalse();
    assertThat(study.seed()).isNull();
    assertThat(study.objective()).isNull();
    assertThat(study.constraints()).isEmpty();
    assertThat(study.meta().at("/runs/max_trials").intValue()).isEqualTo(27);
    assertThat(study.meta().path("sample_start").textValue()).isEqualTo("2025-04-01");
    assertThat(study.notHonoured())
        .containsExactly(
            "strategy_family", "meta.use_sample_range", "meta.sample_start", "meta.sample_end");
    SearchSpace space = study.space();
    assertThat(space.size()).isEqualTo(243);
    assertThat(space.varying())
        .containsExactly(
            "thresholds.entry_conf_overall",
            "thresholds.regime_proba.balanced",
            "risk.risk_map",
            "exit.exit_conf_threshold",
            "exit.max_hold_bars");
    assertThat(space.combination(BigInteger.valueOf(242)))
        .hasToString(
            """
            {"thresholds":{"entry_conf_overall":0.6,"regime_proba":{"balanced":0.75}},\
            "risk":{"risk_map":[[0.4,0.01],[0.5,0.02],[0.6,0.03]]},\
            "exit":{"exit_conf_threshold":0.55,"max_hold_bars":30}}\
            """);
    assertThat(space.combination(BigInteger.ONE).at("/exit/max_hold_bars").intValue())
        .isEqualTo(20);
  }

  @Test
  void optunaBlockWithKwargsAndConstraints() {
    StudyFile study = read("tBTCUSD_1h_risk_optuna_smoke");
    assertThat(study.name()).isEqualTo("optuna_tBTCUSD_1h_risk_smoke_2025_v1");
    assertThat(study.sampler().name()).isEqualTo("tpe");
    assertThat(study.seed()).isEqualTo(42);
    assertThat(study.maxTrials()).isEqualTo(6);
    assertThat(study.timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(study.constraints().path("max_max_dd").doubleValue()).isEqualTo(0.15);
    assertThat(study.scoreVersion()).isNull();
    assertThat(study.notHonoured())
        .doesNotContain("meta.runs.promotion", "meta.runs.optuna.pruner", "meta.runs.optuna.n_jobs")
        .noneMatch(path -> path.contains("seed") && path.contains("kwargs"));
    // 7 x 5 x 5 x 4 x 3
    assertThat(study.space().size()).isEqualTo(2100);
    assertThat(study.space().distributions().path("exit.max_hold_bars"))
        .hasToString(
            """
            {"name":"IntDistribution","attributes":{"log":false,"step":5,"low":15,"high":30}}\
            """);
  }

  @Test
  void remainderKeepsItsTextUntilTheObjectiveGetsIt() {
    StudyFile study = read("tBTCUSD_1h_phased_v1_phaseB_seeded");
    assertThat(study.scoreVersion()).isEqualTo("v2");
    Validation validation = Objects.requireNonNull(study.validation());
    assertThat(validation.topN()).isEqualTo(10);
    assertThat(validation.constraints().path("max_max_dd").doubleValue()).isEqualTo(0.3);
    assertThat(validation.settings().path("sample_start").textValue()).isEqualTo("2025-01-01");
    assertThat(study.settings().path("sample_start").textValue()).isEqualTo("2024-01-01");
    assertThat(study.notHonoured()).noneMatch(key -> key.contains("validation"));
    // 7 x 7 x 6 x 4 x 6 x 6
    assertThat(study.space().size()).isEqualTo(42_336);
    ObjectNode params = study.space().draw(TrialRandom.stream(42, 0, 0));
    String weights = "/multi_timeframe/regime_intelligence/clarity_score/weights";
    assertThat(params.at(weights + "/regime_alignment").textValue())
        .isEqualTo("__dirichlet_remainder__");
    ObjectNode resolved = study.space().resolved(params);
    double sum = 0;
    for (var weight : resolved.at(weights)) {
      sum += weight.doubleValue();
    }
    assertThat(resolved.at(weights + "/regime_alignment").isDouble()).isTrue();
    assertThat(resolved.at(weights + "/regime_alignment").doubleValue()).isBetween(0.01, 0.9);
    assertThat(sum).isBetween(0.9999, 1.21);
    assertThat(params.at(weights + "/regime_alignment").isTextual()).isTrue();
  }

  @Test
  void stepsThatDoNotDivideTheirRange() {
    StudyFile study = read("tBTCUSD_3h_phased_v3_phaseA");
    assertThat(study.maxTrials()).isEqualTo(150);
    assertThat(study.seed()).as("the bootstrap's, since the sampler has none").isEqualTo(42);
    assertThat(study.notHonoured()).doesNotContain("meta.runs.optuna.bootstrap_seed");
    assertThat(study.timeout()).isEqualTo(Duration.ofHours(6));
    assertThat(study.space().varying()).hasSize(13);
    ObjectNode distributions = study.space().distributions();
    assertThat(distributions.path("exit.exit_conf_threshold").at("/attributes/high").doubleValue())
        .isEqualTo(0.54);
    assertThat(distributions.path("exit.trailing_stop_pct").at("/attributes/high").doubleValue())
        .isEqualTo(0.024);
  }
}
