package dev.assay.engine.grpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.Map;

/**
 * Tells stock clients of a study which evaluates no parameters twice whether somebody has evaluated
 * theirs. They suggest one parameter after the other, so only they know when all are there: where
 * the study has the user attribute {@value #OPTION} {@code true} and the client sets the trial's
 * user attribute {@value #QUESTION}, the trial's user attribute {@value #ANSWER} is there when the
 * call returns: {@code null} where the trial is the first with its parameters, else {@code
 * {"trial_id": …, "number": …, "state": …, "values": […]}} of the first. That one may be running;
 * asking again gives the answer of then. Duplicates are trials like any other.
 */
final class DuplicateCheck {
  static final String OPTION = "assay:dedup";
  static final String QUESTION = "assay:seen";
  static final String ANSWER = "assay:first";

  private final LiveTrials trials;

  DuplicateCheck(LiveTrials trials) {
    this.trials = trials;
  }

  /** Answers where an attribute that was just set asks. */
  void attributeSet(long trialId, String key) {
    if (!key.equals(QUESTION)) {
      return;
    }
    Map<String, String> options = trials.protocolStudy(trials.get(trialId).studyId()).userAttrs();
    if ("true".equals(options.get(OPTION))) {
      LiveTrial first = trials.claimParameters(trialId);
      trials.setUserAttr(trialId, ANSWER, first == null ? "null" : answer(first));
    }
  }

  private static String answer(LiveTrial first) {
    ObjectNode answer = Json.object();
    answer.put("trial_id", first.id());
    answer.put("number", first.number());
    answer.put("state", first.state().name());
    first.values().forEach(answer.putArray("values")::add);
    return CanonicalJson.compact(answer);
  }
}
