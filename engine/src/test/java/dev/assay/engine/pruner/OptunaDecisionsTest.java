package dev.assay.engine.pruner;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each decision of each pruner in simulated studies is Optuna's. The first line of the file says
 * how the decisions were made, and each other line is a study.
 */
class OptunaDecisionsTest {
  private static List<ObjectNode> studies(String pruner) {
    List<ObjectNode> studies = new ArrayList<>();
    try (InputStream in =
            requireNonNull(
                OptunaDecisionsTest.class.getResourceAsStream("optuna-decisions.jsonl"),
                "no file");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ObjectNode study = (ObjectNode) Json.parse(line);
        if (study.path("pruner").asText().equals(pruner)) {
          studies.add(study);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return studies;
  }

  /** A study that is played again. */
  private static final class Replay {
    final ObjectNode study;
    final Direction direction;
    Pruner pruner;
    Curves curves;
    final Map<Integer, Curve> running = new HashMap<>();
    final List<JsonNode> ends = new ArrayList<>();
    final Map<Integer, TreeMap<Long, Double>> reports = new HashMap<>();
    final List<String> wrong = new ArrayList<>();
    int decisions;
    int pruned;

    Replay(ObjectNode study) {
      this.study = study;
      this.direction = Direction.valueOf(study.path("direction").asText().toUpperCase(Locale.ROOT));
      this.pruner = newPruner();
      this.curves = new Curves(direction, pruner);
    }

    Pruner newPruner() {
      Block options =
          new Block(
              (ObjectNode) study.path("options"),
              (option, is) -> new PrunerException(option + " " + is));
      Pruner made =
          Pruners.named(study.path("pruner").asText(), options)
              .create(study.path("study").asText());
      assertThat(options.unknown()).isEmpty();
      return made;
    }

    void play(JsonNode event) {
      int trial = event.path(0).intValue();
      Curve curve = running.computeIfAbsent(trial, any -> new Curve(trial));
      if (event.path(1).isTextual()) {
        running.remove(trial);
        ends.add(event);
        end(event, curve);
        return;
      }
      long step = event.path(1).longValue();
      double value = event.path(2).doubleValue();
      if (curve.report(step, value)) {
        reports.computeIfAbsent(trial, any -> new TreeMap<>()).put(step, value);
      }
      boolean prunes = pruner.prunes(curves, curve);
      decisions++;
      pruned += prunes ? 1 : 0;
      if (prunes != (event.path(3).intValue() == 1)) {
        wrong.add("%s of %s: %s".formatted(event, study.path("study"), prunes));
      }
    }

    private void end(JsonNode event, Curve curve) {
      double value = event.has(2) ? event.path(2).doubleValue() : Double.NaN;
      curves.end(curve, TrialState.valueOf(event.path(1).asText()), value);
    }

    /** What a process knows that takes the study up between two trials. */
    void reopen() {
      assertThat(running).isEmpty();
      pruner = newPruner();
      curves = new Curves(direction, pruner);
      for (JsonNode event : ends) {
        int trial = event.path(0).intValue();
        end(event, Curve.of(trial, reports.getOrDefault(trial, new TreeMap<>())));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "median",
        "percentile",
        "successivehalving",
        "hyperband",
        "threshold",
        "patient",
        "wilcoxon"
      })
  void areThoseOfOptuna(String pruner) {
    int decisions = 0;
    int pruned = 0;
    List<String> wrong = new ArrayList<>();
    for (ObjectNode study : studies(pruner)) {
      Replay replay = new Replay(study);
      study.path("events").forEach(replay::play);
      decisions += replay.decisions;
      pruned += replay.pruned;
      wrong.addAll(replay.wrong);
    }
    assertThat(wrong).isEmpty();
    assertThat(decisions).isGreaterThan(200);
    assertThat(pruned).isBetween(20, decisions / 2);
  }

  /** Rungs and percentiles then come from the curves of the trials of before. */
  @ParameterizedTest
  @ValueSource(strings = {"median", "successivehalving", "hyperband", "wilcoxon"})
  void areTheSameWhenAStudyIsTakenUpAgain(String pruner) {
    int reopened = 0;
    for (ObjectNode study : studies(pruner)) {
      if (study.path("at_once").intValue() > 1) {
        continue;
      }
      Replay replay = new Replay(study);
      for (JsonNode event : study.path("events")) {
        replay.play(event);
        if (event.path(1).isTextual() && event.path(0).intValue() % 3 == 2) {
          replay.reopen();
          reopened++;
        }
      }
      assertThat(replay.wrong).isEmpty();
    }
    assertThat(reopened).isGreaterThanOrEqualTo(8);
  }
}
