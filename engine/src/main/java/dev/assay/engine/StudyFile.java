package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.Durability;
import dev.assay.storage.TrialFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A study as its YAML file declares it.
 *
 * @param name the study's name: the file's {@code study:} or {@code meta.runs.optuna.study_name},
 *     else the file's own name without its ending
 * @param space the {@code parameters:} block
 * @param objective the {@code objective:} block as JSON; null where the file has none
 * @param constraints the {@code constraints:} block as JSON; empty where there is none
 * @param sampler who proposes parameters
 * @param bootstrap how the first trials are drawn; null where the sampler has all
 * @param pruner who gives trials up early; null for nobody
 * @param maxTrials null for no limit
 * @param workers {@code max_concurrent}; null where the file does not say
 * @param seed null where the file does not say
 * @param timeout for the whole run; null for none
 * @param onDuplicate what to do with a proposal that the study has already
 * @param retries how often parameters are tried again whose evaluation failed
 * @param trialFiles what becomes of the trials' JSON files; null where the file does not say
 * @param durability what a finished trial survives; null where the file does not say
 * @param resume whether to go on with a study that is already there; null where the file does not
 *     say
 * @param storage the Optuna storage that has an earlier study of this name, as a URL; null for none
 * @param settings what a command gets to know by name, such as {@code stage} and {@code
 *     sample_start}: text by name
 * @param validation null where the best trials are not run again
 * @param meta what the legacy tools put into {@code run_meta.json} as {@code raw_meta}
 * @param notHonoured what to tell the user has no effect: keys that Assay knows and does not act
 *     upon, and unknown ones, by dotted path, some followed by a note such as {@code (did you mean
 *     trials?)}
 */
public record StudyFile(
    Path file,
    String name,
    List<Direction> directions,
    SearchSpace space,
    @Nullable ObjectNode objective,
    ObjectNode constraints,
    Component sampler,
    @Nullable Bootstrap bootstrap,
    @Nullable Component pruner,
    @Nullable Long maxTrials,
    @Nullable Integer workers,
    @Nullable Long seed,
    @Nullable Duration timeout,
    OnDuplicate onDuplicate,
    int retries,
    @Nullable TrialFiles trialFiles,
    @Nullable Durability durability,
    @Nullable Boolean resume,
    @Nullable String storage,
    @Nullable String scoreVersion,
    ObjectNode settings,
    @Nullable Validation validation,
    ObjectNode meta,
    List<String> notHonoured) {
  /**
   * The first trials, which are drawn by chance.
   *
   * @param trials how many
   * @param seed null for the study's
   */
  public record Bootstrap(long trials, @Nullable Long seed) {}
}
