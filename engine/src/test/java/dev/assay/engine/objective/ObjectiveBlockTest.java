package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ObjectiveBlockTest {
  private static final String SAMPLE = "{'entry': {'fast': 3}, 'x': 0.5}";
  @TempDir Path folder;

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private void assertRefused(String block, String sample, String message) throws Exception {
    Path study = folder.resolve("study.yaml");
    ObjectNode parsed = json(block);
    ObjectNode params = json(sample);
    assertThatThrownBy(() -> PreparedObjective.ofStudy(parsed, Json.object(), params, study))
        .isInstanceOf(ObjectiveSetupException.class)
        .hasMessage(study + ": " + message.replace("FOLDER", folder.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'command': ['sh', '{fast}']} | the command has the unknown placeholder {fast}, expected"
            + " one of {params_file}, {result_file}, {number}, {seed}, {entry.fast}, {x};"
            + " write {{ and }} for literal braces",
        "{'command': 'sh {x'} | the command has a lone { in '{x': write {{ for a literal one",
        "{'command': 'sh x}'} | the command has a lone } in 'x}': write }} for a literal one",
        "{'command': 'sh {x} && ls'} | the command holds the shell's &&, but is not run through a"
            + " shell: put it in quotes, or run sh -c",
        "{'command': ''} | objective.command is text '', expected a program and its arguments",
        "{'command': []} | objective.command is a list of 0, expected a program and its arguments",
        "{'command': ['sh', {}]} | objective.command has a mapping among its words, expected text",
        "{'command': '{x} 3'} | the command's program is {x}, expected one without placeholders",
        "{'command': 'no-such-program-9 3'} | the command's program no-such-program-9 is not in"
            + " PATH: install it, or write its path",
        "{'command': './nothing'} | the command's program FOLDER/nothing is not there",
        "{'command': 'sh', 'directory': 'nowhere'} | the command's directory FOLDER/nowhere is not"
            + " there",
        "{'command': 'sh', 'timeout': 'soon'} | objective.timeout is text 'soon', expected seconds"
            + " above 0, or text such as 30s, 10m, 2h, 1d",
        "{'command': 'sh', 'timeout': 0} | objective.timeout is 0, expected seconds above 0, or"
            + " text such as 30s, 10m, 2h, 1d",
        "{'command': 'sh', 'attempts': 0} | objective.attempts is 0, expected 1 to 1000",
        "{'command': 'sh', 'timout': 3} | objective has the unknown key timout (did you mean"
            + " timeout?)",
        "{'builtin': 'sphere', 'timeout': 3} | objective has the unknown key timeout",
        "{} | objective has no command, expected either command (what to run) or builtin (one of"
            + " ackley, backtest, branin, hartmann6, levy, mixed, rastrigin, rosenbrock, sphere,"
            + " styblinski-tang, zdt1, zdt2)",
        "{'builtin': 'bran'} | objective.builtin is text 'bran', expected one of ackley, backtest,"
            + " branin, hartmann6, levy, mixed, rastrigin, rosenbrock, sphere, styblinski-tang,"
            + " zdt1, zdt2",
        "{'builtin': 'hartmann6'} | hartmann6 takes 6 parameters, the study has 2: entry.fast, x",
        "{'builtin': 'mixed'} | mixed takes the parameters opt, lr, depth, width, flag, dropout;"
            + " the study has not depth, dropout, flag, lr, opt, width, and has besides"
            + " entry.fast, x",
      })
  void aBlockThatCannotBeUsedIsRefused(String block, String message) throws Exception {
    assertRefused(block, SAMPLE, message);
  }

  @Test
  void aFunctionTakesNumbersAndEnoughOfThem() throws Exception {
    assertRefused(
        "{'builtin': 'branin'}",
        "{'x': 1, 'y': 'one'}",
        "branin takes numbers, the study's parameter y can be text 'one'");
    assertRefused(
        "{'builtin': 'rosenbrock'}",
        "{'x': 1}",
        "rosenbrock takes 2 parameters or more, the study has 1: x");
  }

  @Test
  void aBacktestNeedsItsParametersAndCandles() throws Exception {
    String params =
        "{'entry': {'fast': 1, 'slow': 2, 'threshold': 0.0}, 'exit': {'stop_atr': 1,"
            + " 'take_atr': 1, 'max_hold_bars': 1}, 'risk': {'fraction': 1}}";
    assertRefused(
        "{'builtin': 'backtest', 'candles': 'c.csv'}",
        "{'entry': {'fast': 1}, 'risky': 1}",
        "backtest takes the parameters entry.fast, entry.slow, entry.threshold, exit.stop_atr,"
            + " exit.take_atr, exit.max_hold_bars, risk.fraction; the study has not entry.slow,"
            + " entry.threshold, exit.max_hold_bars, exit.stop_atr, exit.take_atr, risk.fraction,"
            + " and has besides risky");
    assertRefused(
        "{'builtin': 'backtest'}",
        params,
        "objective.candles is missing, expected the path of a CSV file");
    assertRefused(
        "{'builtin': 'backtest', 'candles': 'c.csv', 'commission': 1}",
        params,
        "objective.commission is 1, expected a fraction from 0 to below 1");
    Files.writeString(folder.resolve("c.csv"), "timestamp,open,high,low\n");
    ObjectNode block = json("{'builtin': 'backtest', 'candles': 'c.csv'}");
    ObjectNode sample = json(params);
    assertThatThrownBy(
            () ->
                PreparedObjective.ofStudy(
                    block, Json.object(), sample, folder.resolve("study.yaml")))
        .hasMessage(
            "candles %s, line 1: has no column close, found timestamp,open,high,low"
                .formatted(folder.resolve("c.csv")));
  }

  @Test
  void anOptionIsNamedAsTheOrigin() {
    assertThatThrownBy(
            () ->
                PreparedObjective.ofCommand(
                    "no-such-program-9", Json.object(), Json.object(), Json.object(), folder))
        .hasMessage(
            "--objective: the command's program no-such-program-9 is not in PATH: install it, or"
                + " write its path");
  }

  @Test
  void limitsThatAreNoNumbersAreRefusedAndUnknownOnesNamed() throws Exception {
    ObjectNode block = json("{'builtin': 'sphere'}");
    ObjectNode sample = json(SAMPLE);
    Path study = folder.resolve("study.yaml");
    ObjectNode bad = json("{'min_trades': 'many'}");
    assertThatThrownBy(() -> PreparedObjective.ofStudy(block, bad, sample, study))
        .hasMessage(study + ": constraints.min_trades is text 'many', expected a finite number");
    ObjectNode unknown = json("{'scoring_thresholds': {}, 'min_trades': 3, 'min_': 2}");
    assertThat(PreparedObjective.ofStudy(block, unknown, sample, study).notHonoured())
        .containsExactly("constraints.scoring_thresholds", "constraints.min_");
  }
}
