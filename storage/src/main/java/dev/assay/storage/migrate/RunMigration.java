package dev.assay.storage.migrate;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the content of one folder into its target, and counts. Used once, by one thread. */
final class RunMigration {
  /** How far the reading thread may be ahead, as a share of the heap. */
  private static final int HEAP_SHARE = 8;

  private static final long MAX_AHEAD = 64L << 20;

  private final RunListing files;
  private final RunMeta meta;
  private final RunTarget target;
  private final MigrationListener listener;
  private final Set<String> trialFiles;

  private final Map<String, String> digests = new HashMap<>();
  private final Map<String, String> trialFileByKey = new HashMap<>();
  private final Map<String, String> trialFileByResult = new HashMap<>();
  private final Set<String> heldSignatures = new HashSet<>();
  private final Set<String> freedSignatures = new HashSet<>();
  private final EnumMap<TrialState, Long> states = new EnumMap<>(TrialState.class);
  private final List<Finding> findings = new ArrayList<>();
  private boolean settled = true;
  private long bytesRead;
  private long bytesSeen;
  private long filesTaken;
  private long filesQuarantined;
  private long trialsRead;
  private long trialsTaken;
  private long expiredClaims;
  private long orphanResults;

  RunMigration(RunListing files, RunMeta meta, RunTarget target, MigrationListener listener) {
    this.files = files;
    this.meta = meta;
    this.target = target;
    this.listener = listener;
    this.trialFiles =
        files.files().stream()
            .map(SourceFile::path)
            .filter(ArchiveOrder::isTrial)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Reads and takes everything; nothing is committed. */
  void run() {
    findings.addAll(files.findings());
    settled = files.findings().isEmpty();
    long maxAhead = Math.min(MAX_AHEAD, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    try (ReadAhead reading = new ReadAhead(files, maxAhead)) {
      long done = 0;
      for (ReadFile next = reading.next(); next != null; next = reading.next()) {
        take(next);
        listener.progress(++done, bytesRead);
      }
    }
    note("_cache", orphanResults, "%d cached results belong to no trial; they are archived");
    note("", orphanConfigs(), "%d configurations belong to no trial; they are archived");
  }

  private long orphanConfigs() {
    return files.files().stream()
        .map(SourceFile::path)
        .filter(ArchiveOrder::isConfig)
        .filter(path -> !trialFiles.contains(ArchiveOrder.trialFileOf(path)))
        .count();
  }

  private void note(String path, long count, String reason) {
    if (count > 0) {
      findings.add(new Finding(Finding.Kind.NOTE, path, reason.formatted(count)));
    }
  }

  private void take(ReadFile read) {
    findings.addAll(read.findings());
    settled &= read.settled();
    byte[] content = read.content();
    bytesSeen += content == null ? read.file().size() : content.length;
    if (content == null) {
      return;
    }
    String path = read.file().path();
    filesTaken++;
    bytesRead += content.length;
    if (ArchiveOrder.isTrial(path)) {
      trialsRead++;
    }
    FrozenTrial trial = read.trial();
    if (trial != null) {
      take(trial);
    }
    digests.put(path, target.addFile(path, trialFileOf(path), content));
    String reason = read.quarantineReason();
    if (path.equals(RunMeta.NAME)) {
      reason = takeMetaFinding();
    } else if (path.equals(GuardDatabase.NAME)) {
      reason = readGuard(read.file());
    }
    if (reason != null) {
      filesQuarantined++;
      target.quarantine(path, content, read.file().location(), reason);
    }
  }

  private void take(FrozenTrial trial) {
    trialsTaken++;
    states.merge(trial.state(), 1L, Long::sum);
    String file = trial.trialFile();
    String signature = trial.signature();
    if (signature != null) {
      (trial.state().holdsSignature() ? heldSignatures : freedSignatures).add(signature);
    }
    if (file != null && trial.trialKey() != null) {
      trialFileByKey.put(trial.trialKey(), file);
    }
    String result = trial.userAttrs().path("results_path").textValue();
    if (file != null && result != null) {
      // Written on Windows: either slash may part a path.
      int slash = Math.max(result.lastIndexOf('/'), result.lastIndexOf('\\'));
      trialFileByResult.put(result.substring(slash + 1), file);
    }
    target.addTrial(trial);
  }

  private @Nullable String trialFileOf(String path) {
    if (ArchiveOrder.isCached(path)) {
      String key = path.substring(path.lastIndexOf('/') + 1, path.length() - ".json".length());
      String file = trialFileByKey.get(key);
      if (file == null) {
        orphanResults++;
      }
      return file;
    }
    String named = ArchiveOrder.trialFileOf(path);
    return trialFiles.contains(named) ? named : trialFileByResult.get(path);
  }

  private @Nullable String takeMetaFinding() {
    Finding finding = meta.finding();
    if (finding == null) {
      return null;
    }
    findings.add(finding);
    return finding.kind() == Finding.Kind.QUARANTINED ? finding.reason() : null;
  }

  /** The trials are in by now: what the guard holds beside them are claims without an outcome. */
  private @Nullable String readGuard(SourceFile file) {
    try {
      long left = GuardDatabase.read(file.location(), this::takeSignatures);
      note(file.path(), left, "%d rows hold no signature (64 hexadecimal digits)");
      note(
          file.path(),
          expiredClaims,
          "%d signatures have no trial here; they are known to the guard as expired claims");
      return null;
    } catch (UnreadableDocumentException e) {
      findings.add(new Finding(Finding.Kind.QUARANTINED, file.path(), e.reason()));
      return e.reason();
    }
  }

  private void takeSignatures(List<String> signatures) {
    List<String> expired =
        signatures.stream()
            .filter(signature -> !heldSignatures.contains(signature))
            .filter(signature -> !freedSignatures.contains(signature))
            .toList();
    if (!expired.isEmpty()) {
      expiredClaims += expired.size();
      target.addSignatures(expired);
    }
  }

  /** How a later migration will know this folder. */
  KnownRuns.Run identity(String study) {
    return new KnownRuns.Run(
        study,
        files.directory().toString(),
        null,
        Fingerprint.of(digests),
        settled ? Fingerprint.stampOf(files) : null,
        files.files().size(),
        bytesSeen,
        trialsTaken);
  }

  /** What was done, once it is committed. */
  SourceReport report(
      LegacyFolder folder, String study, long bytesStored, List<Finding> firstFindings) {
    List<Finding> all = new ArrayList<>(firstFindings);
    all.addAll(findings);
    long skipped =
        findings.stream().filter(finding -> finding.kind() == Finding.Kind.SKIPPED).count();
    return new SourceReport(
        folder.kind().word(),
        folder.directory().toString(),
        study,
        SourceReport.Outcome.TAKEN,
        null,
        new Tally(filesTaken, filesTaken, 0, skipped, filesQuarantined),
        new Tally(trialsRead, trialsTaken, 0, 0, trialsRead - trialsTaken),
        states,
        bytesRead,
        bytesStored,
        all);
  }
}
