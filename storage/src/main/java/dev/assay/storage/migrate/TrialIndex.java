package dev.assay.storage.migrate;

import dev.assay.storage.FrozenTrial;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of a run's files and signatures belong to which of its trials. Not thread-safe. */
final class TrialIndex {
  private final Set<String> files = new HashSet<>();
  private final Map<String, String> fileByKey = new HashMap<>();
  private final Map<String, String> fileByResult = new HashMap<>();
  private final Set<String> signatures = new HashSet<>();

  void add(FrozenTrial trial) {
    if (trial.signature() != null) {
      signatures.add(trial.signature());
    }
    String file = trial.trialFile();
    if (file == null) {
      return;
    }
    files.add(file);
    if (trial.trialKey() != null) {
      fileByKey.put(trial.trialKey(), file);
    }
    String result = trial.userAttrs().path("results_path").textValue();
    if (result != null) {
      // Written on Windows: either slash may part a path.
      int slash = Math.max(result.lastIndexOf('/'), result.lastIndexOf('\\'));
      fileByResult.put(result.substring(slash + 1), file);
    }
  }

  /** Whether a trial was read from this file. */
  boolean hasTrial(String trialFile) {
    return files.contains(trialFile);
  }

  /** Whether a trial that was read from a file has this trial key. */
  boolean hasKey(String trialKey) {
    return fileByKey.containsKey(trialKey);
  }

  /** Whether a trial has this signature: the guard's row says what became of it. */
  boolean hasSignature(String signature) {
    return signatures.contains(signature);
  }

  /** The trial file that a file belongs to; null where no trial is known that it does. */
  @Nullable String trialFileOf(String path) {
    if (ArchiveOrder.isCached(path)) {
      return fileByKey.get(ArchiveOrder.keyOf(path));
    }
    String named = ArchiveOrder.trialFileOf(path);
    return files.contains(named) ? named : fileByResult.get(path);
  }
}
