package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.StudyFile;
import dev.assay.engine.StudyFileReader;
import dev.assay.engine.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The studies in {@code datasets/studies} and what lies beside them. */
final class SampleStudiesTest {
  private static final Path DATASETS = Path.of(System.getProperty("assay.root"), "datasets");

  @TempDir Path folder;

  private static StudyFile study(String name) {
    return StudyFileReader.read(DATASETS.resolve("studies").resolve(name));
  }

  private List<Evaluation> evaluations(String name, int count) throws Exception {
    StudyFile study = study(name);
    SplittableRandom random = new SplittableRandom(7);
    assertThat(study.notHonoured()).isEmpty();
    ObjectNode block = Objects.requireNonNull(study.objective(), "the study has no objective");
    PreparedObjective prepared =
        PreparedObjective.ofStudy(
            block, study.constraints(), study.space().draw(random), study.file());
    assertThat(prepared.notHonoured()).isEmpty();
    List<Evaluation> evaluations = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      ObjectNode params = study.space().draw(random);
      Path log = folder.resolve("trial_%d.log".formatted(number));
      evaluations.add(
          prepared.objective().evaluate(Trial.fixed(number, params, 100 + number, log)));
    }
    return evaluations;
  }

  @Test
  void theCandlesAreWhatTheGeneratorMakes() throws IOException {
    assertThat(CandleGenerator.csv())
        .isEqualTo(Files.readString(DATASETS.resolve("candles/synthetic_1h.csv")));
  }

  @Test
  void theCandlesAreAYearOfHours() {
    CandleSeries candles = CandleSeries.read(DATASETS.resolve("candles/synthetic_1h.csv"));
    assertThat(candles.size()).isEqualTo(365 * 24);
    for (int bar = 1; bar < candles.size(); bar++) {
      assertThat(candles.open(bar)).isEqualTo(candles.close(bar - 1));
    }
  }

  @Test
  void theBacktestStudyHasTrialsOfEveryKind() throws Exception {
    List<Evaluation> evaluations = evaluations("backtest.yaml", 200);
    Set<Double> scores = new HashSet<>();
    for (Evaluation evaluation : evaluations) {
      scores.add(evaluation.value());
      assertThat(evaluation.scoreVersion()).isEqualTo("v1");
      assertThat(evaluation.metrics().properties()).hasSize(7);
    }
    assertThat(scores).hasSizeGreaterThan(190);
    assertThat(evaluations).anyMatch(evaluation -> Boolean.TRUE.equals(evaluation.constraintsOk()));
    assertThat(evaluations)
        .anyMatch(evaluation -> Boolean.FALSE.equals(evaluation.constraintsOk()));
    assertThat(study("backtest.yaml").space().size()).hasToString("4989600");
  }

  @Test
  void theBraninStudyStaysAboveItsMinimum() throws Exception {
    assertThat(evaluations("branin.yaml", 100))
        .allMatch(evaluation -> evaluation.value() >= 0.397887 && evaluation.value() < 400);
  }

  @Test
  void theStudyOfTwoObjectivesStaysAboveItsFront() throws Exception {
    assertThat(study("zdt1.yaml").directions()).hasSize(2);
    assertThat(evaluations("zdt1.yaml", 100))
        .allMatch(
            each ->
                each.values().size() == 2
                    && each.values().get(1) > 1 - Math.sqrt(each.values().get(0)));
  }

  @Test
  void thePythonStudyRunsItsProgram() throws Exception {
    List<Evaluation> evaluations = evaluations("python.yaml", 2);
    assertThat(evaluations).allMatch(evaluation -> evaluation.value() >= 0);
    assertThat(evaluations).allMatch(evaluation -> evaluation.metrics().has("depth_off"));
    assertThat(folder.resolve("trial_0.log")).content().startsWith("$ python3 objective.py");
  }

  @Test
  void theStudyOfStepsReportsThem() throws Exception {
    List<Evaluation> evaluations = evaluations("steps.yaml", 1);
    assertThat(evaluations.get(0).value()).isBetween(0.0, 25.0);
    assertThat(Files.readAllLines(folder.resolve("trial_0.log")))
        .hasSize(22)
        .anyMatch(line -> line.startsWith("{\"step\": 19, \"value\": "));
  }
}
