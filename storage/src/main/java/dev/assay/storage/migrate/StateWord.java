package dev.assay.storage.migrate;

import dev.assay.storage.TrialState;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words that trackers have for the state of a trial. */
final class StateWord {
  private static final Map<TrialState, Set<String>> WORDS =
      Map.of(
          TrialState.COMPLETE,
          Set.of("complete", "completed", "finished", "success", "succeeded", "terminated", "ok"),
          TrialState.PRUNED,
          Set.of("pruned", "early_stopped", "stopped"),
          TrialState.FAIL,
          Set.of(
              "fail",
              "failed",
              "error",
              "errored",
              "crashed",
              "killed",
              "aborted",
              "abandoned",
              "canceled",
              "cancelled",
              "preempted"),
          TrialState.RUNNING,
          Set.of("running", "started"),
          TrialState.WAITING,
          Set.of("waiting", "pending", "scheduled", "queued", "candidate", "staged", "new"));

  private StateWord() {}

  /** The state that a word means, with or without the name of its type; null for another word. */
  static @Nullable TrialState of(String word) {
    String plain = word.substring(word.lastIndexOf('.') + 1).strip().toLowerCase(Locale.ROOT);
    return WORDS.entrySet().stream()
        .filter(words -> words.getValue().contains(plain))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
