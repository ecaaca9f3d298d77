package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An objective that is ready to run, with the study's limits on its metrics applied to every
 * result: see {@link MetricLimits}.
 *
 * <p>A study file says what to run in its {@code objective:} block:
 *
 * <pre>
 * objective:
 *   command: python3 objective.py --params {params_file} --out {result_file}   # or a list of words
 *   timeout: 10m           # for one attempt: seconds as a number, or 30s, 10m, 2h, 1d; else none
 *   directory: ..          # where it runs; else the study file's folder
 *   attempts: 1            # how often a trial is tried before it fails
 *   score_version: v1      # of results that do not say theirs
 *
 * objective:
 *   builtin: branin        # or another of {@link TestFunction}, or mixed; zdt1 has two values
 *
 * objective:
 *   builtin: backtest
 *   candles: ../candles/synthetic_1h.csv
 *   commission: 0.001      # fraction of what is bought and sold; 0.0005 where nothing is said
 *   capital: 10000         # what the account starts with
 * </pre>
 *
 * Paths are relative to the study file's folder; a validation's {@code objective} has members in
 * place of these. {@link CommandObjective}, {@link Backtest} and {@link BacktestObjective} say
 * more.
 *
 * @param objective safe to share between threads
 * @param notHonoured keys of the constraints block that are read and not acted upon, by dotted path
 */
public record PreparedObjective(Objective objective, List<String> notHonoured) {
  public PreparedObjective {
    notHonoured = List.copyOf(notHonoured);
  }

  /**
   * What a study file says.
   *
   * @param block its {@code objective:} block
   * @param constraints its {@code constraints:} block; empty for none
   * @param sample a value for each of the study's parameters, of which the names and kinds count
   * @param settings what a command gets by name, as placeholders and in its environment: text by
   *     name
   * @throws ObjectiveSetupException when the block cannot be used, a program or a file that it
   *     names is not there, or the parameters do not fit
   */
  public static PreparedObjective ofStudy(
      ObjectNode block,
      ObjectNode constraints,
      ObjectNode sample,
      ObjectNode settings,
      Path studyFile) {
    Path folder = studyFile.toAbsolutePath().normalize().getParent();
    ObjectiveBlock reading =
        new ObjectiveBlock(
            block,
            sample,
            settings,
            folder == null ? studyFile.toAbsolutePath() : folder,
            studyFile.toString());
    return limited(reading.objective(), constraints, studyFile.toString());
  }

  /**
   * As {@link #ofStudy(ObjectNode, ObjectNode, ObjectNode, ObjectNode, Path)}, without settings.
   */
  public static PreparedObjective ofStudy(
      ObjectNode block, ObjectNode constraints, ObjectNode sample, Path studyFile) {
    return ofStudy(block, constraints, sample, sample.objectNode(), studyFile);
  }

  /**
   * What the option {@code --objective} says.
   *
   * @param command the words of a command, quoted as for a shell
   * @param constraints as in {@link #ofStudy}
   * @param sample as in {@link #ofStudy}
   * @param settings as in {@link #ofStudy}
   * @param directory where the command runs
   * @throws ObjectiveSetupException as in {@link #ofStudy}
   */
  public static PreparedObjective ofCommand(
      String command,
      ObjectNode constraints,
      ObjectNode sample,
      ObjectNode settings,
      Path directory) {
    ObjectNode block = sample.objectNode().put("command", command);
    ObjectiveBlock reading =
        new ObjectiveBlock(
            block, sample, settings, directory.toAbsolutePath().normalize(), "--objective");
    return limited(reading.objective(), constraints, "--objective");
  }

  private static PreparedObjective limited(
      Objective objective, ObjectNode constraints, String origin) {
    List<String> notHonoured = new ArrayList<>();
    MetricLimits limits = MetricLimits.of(constraints, origin, notHonoured);
    return new PreparedObjective(trial -> limits.applied(objective.evaluate(trial)), notHonoured);
  }
}
