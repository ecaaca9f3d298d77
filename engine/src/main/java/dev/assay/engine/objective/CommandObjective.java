package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.engine.TrialPruned;
import dev.assay.engine.space.ParameterPaths;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An objective that runs a command for each trial, as a process without a shell.
 *
 * <p>The parameters reach it through the placeholders of its arguments: {@code {params_file}} is a
 * JSON file with all of them, nested as the study declares them; a dotted path such as {@code
 * {entry.fast}} is that parameter's value, text as it is and anything else as JSON, and nothing
 * where the parameter takes no part; {@code {number}} is the trial's number, {@code {seed}} its
 * seed from 0 to 2^31 - 1. Where a parameter is called {@code number} or the like, the name means
 * the parameter. The files are in a folder of their own, which is deleted when the attempt has
 * ended.
 *
 * <p>The environment has ASSAY_TRIAL_NUMBER and ASSAY_SEED besides this process's own, and
 * GENESIS_RANDOM_SEED is 42 unless it is set. What a study says of its stages, which may mean
 * something to the command, is in both: {@code {stage}} and ASSAY_STAGE are {@code search} or
 * {@code validation}, and of a legacy study file {@code {sample_start}} and ASSAY_SAMPLE_START,
 * {@code sample_end}, {@code symbol}, {@code timeframe}, {@code snapshot_id}, {@code warmup_bars}.
 *
 * <p>The result is the JSON object in {@code {result_file}} where the command writes one, else the
 * last line of its standard output that is one; {@link CommandResult} has its form. A line may have
 * 8 MB, the file 64 MB. Anything else than exit code 0 and a result is an {@link
 * ObjectiveException} that names the trial's log, in which the command line and all output are.
 *
 * <p>While it runs, lines such as {@code {"step": 3, "value": 0.71}} are intermediate values;
 * {@link CommandReports} says which lines. Where the study's pruner gives the trial up, the command
 * is ended with all that it started. Output that a program holds back comes too late for that: in
 * Python print with {@code flush=True}. What several attempts report for one step counts once.
 *
 * <p>A trial that took several attempts has {@code attempt_durations}, in seconds, among its extra
 * members. Safe to share between threads.
 */
final class CommandObjective implements Objective {
  private static final String RANDOM_SEED = "GENESIS_RANDOM_SEED";
  private static final int FIRST_SIGNAL = 128;
  private static final int LAST_SIGNAL = 192;

  private final CommandSettings settings;

  CommandObjective(CommandSettings settings) {
    this.settings = settings;
  }

  @Override
  public Evaluation evaluate(Trial trial)
      throws ObjectiveException, InterruptedException, TrialPruned {
    Path logFile = trial.logFile();
    if (logFile == null) {
      throw new ObjectiveException(
          "a command writes a log, and a study in memory has no place for it: open the study in a"
              + " store");
    }
    try (TrialLog log = TrialLog.create(logFile)) {
      return attempts(trial, log);
    } catch (IOException problem) {
      throw new ObjectiveException(
          "cannot write the log %s: %s".formatted(logFile, problem), problem);
    } catch (ObjectiveException failed) {
      throw new ObjectiveException(
          "%s; see %s".formatted(failed.getMessage(), logFile.getFileName()), failed);
    }
  }

  private Evaluation attempts(Trial trial, TrialLog log)
      throws ObjectiveException, InterruptedException, TrialPruned {
    ArrayNode durations = JsonNodeFactory.instance.arrayNode();
    while (true) {
      long start = System.nanoTime();
      try {
        Evaluation evaluation = attempt(trial, log);
        if (!durations.isEmpty()) {
          durations.add(secondsSince(start));
          evaluation.extra().set("attempt_durations", durations);
        }
        return evaluation;
      } catch (ObjectiveException failed) {
        durations.add(secondsSince(start));
        log.line("[%s]".formatted(failed.getMessage()));
        if (durations.size() >= settings.attempts()) {
          throw settings.attempts() == 1
              ? failed
              : new ObjectiveException(
                  "%s (the last of %d attempts)".formatted(failed.getMessage(), durations.size()),
                  failed);
        }
      }
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private Evaluation attempt(Trial trial, TrialLog log)
      throws ObjectiveException, InterruptedException, TrialPruned {
    try (TrialFolder folder = TrialFolder.create();
        CommandReports reports = new CommandReports(trial, log)) {
      Map<String, String> values = values(trial, folder);
      Function<String, String> value = name -> values.getOrDefault(name, "");
      List<String> words =
          settings.arguments().stream().map(argument -> argument.expand(value)).toList();
      if (settings.uses(CommandSettings.PARAMS_FILE)) {
        folder.writeParams(trial.params());
      }
      log.line("$ " + CommandWords.line(words));
      CommandProcess.Ending ending =
          CommandProcess.run(
              words, settings.directory(), environment(trial), settings.timeout(), log, reports);
      reports.check();
      ObjectNode result = result(ending, folder, reports.seen());
      return CommandResult.evaluation(result, settings.scoreVersion());
    } catch (IOException problem) {
      throw new ObjectiveException(
          "the command could not be started: " + problem.getMessage(), problem);
    }
  }

  /** What each placeholder stands for in this trial. */
  private Map<String, String> values(Trial trial, TrialFolder folder) {
    Map<String, String> values = new HashMap<>(settings.named());
    values.put(CommandSettings.PARAMS_FILE, folder.paramsFile().toString());
    values.put(CommandSettings.RESULT_FILE, folder.resultFile().toString());
    values.put(CommandSettings.NUMBER, Long.toString(trial.number()));
    values.put(CommandSettings.SEED, Integer.toString(smallSeed(trial)));
    for (Map.Entry<String, JsonNode> parameter : ParameterPaths.of(trial.params()).entrySet()) {
      values.put(parameter.getKey(), text(parameter.getValue()));
    }
    return values;
  }

  /** Many libraries take a seed of 31 bits only. */
  private static int smallSeed(Trial trial) {
    return (int) (trial.seed() & Integer.MAX_VALUE);
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : CanonicalJson.compact(value);
  }

  private Map<String, String> environment(Trial trial) {
    Map<String, String> added = new HashMap<>();
    settings
        .named()
        .forEach((name, value) -> added.put("ASSAY_" + name.toUpperCase(Locale.ROOT), value));
    added.put("ASSAY_TRIAL_NUMBER", Long.toString(trial.number()));
    added.put("ASSAY_SEED", Integer.toString(smallSeed(trial)));
    if (System.getenv(RANDOM_SEED) == null) {
      added.put(RANDOM_SEED, "42");
    }
    return added;
  }

  private ObjectNode result(CommandProcess.Ending ending, TrialFolder folder, boolean reported)
      throws ObjectiveException {
    Integer exitCode = ending.exitCode();
    if (exitCode == null) {
      throw new ObjectiveException(
          "the command was ended after its timeout of " + seconds(settings.timeout()));
    }
    if (exitCode != 0) {
      String said = ending.err().lastText();
      said = said.isEmpty() ? ending.out().lastText() : said;
      throw new ObjectiveException(
          "the command ended with exit code %d%s%s"
              .formatted(exitCode, signal(exitCode), said.isEmpty() ? "" : ": " + said));
    }
    ObjectNode written = folder.result();
    if (written != null) {
      return written;
    }
    ObjectNode printed = ending.out().lastObject();
    if (printed != null) {
      return printed;
    }
    throw new ObjectiveException(
        ending.out().sawTooLong()
            ? "the command printed a result of more than 8 MB: let it write {result_file}"
            : "the command gave no result: it wrote no {result_file}, and no line of its output%s is a JSON object, expected one such as {\"score\": 1.5}"
                .formatted(reported ? " but reports of steps" : ""));
  }

  private static String signal(int exitCode) {
    return exitCode > FIRST_SIGNAL && exitCode < LAST_SIGNAL
        ? " (signal %d)".formatted(exitCode - FIRST_SIGNAL)
        : "";
  }

  private static String seconds(@Nullable Duration timeout) {
    long millis = timeout == null ? 0 : timeout.toMillis();
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
  }
}
