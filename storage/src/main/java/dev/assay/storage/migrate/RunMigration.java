package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Signatures;
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

  private static final String BEST_TRIAL = "best_trial.json";

  private static final long MAX_AHEAD = 64L << 20;

  private final RunListing files;
  private final RunMeta meta;
  private final RunTarget target;
  private final RunLink link;
  private final MigrationListener listener;
  private final Set<String> paths;
  private final TrialsWithoutFile without = new TrialsWithoutFile();

  private final Map<String, String> digests = new HashMap<>();
  private final TrialIndex index = new TrialIndex();
  private final Set<String> heldSignatures = new HashSet<>();
  private final Set<String> heldKeys = new HashSet<>();
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
  private long interrupted;
  private long fromCache;

  RunMigration(
      RunListing files, RunMeta meta, RunTarget target, RunLink link, MigrationListener listener) {
    this.files = files;
    this.meta = meta;
    this.target = target;
    this.link = link;
    this.listener = listener;
    this.paths =
        files.files().stream().map(SourceFile::path).collect(Collectors.toUnmodifiableSet());
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
    note("", interrupted, "%d configurations have no trial file; each is an interrupted trial");
    note("_cache", fromCache, "%d cached results have no trial file; each is a trial");
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
    } else if (reason == null) {
      reason = takeOther(read.file(), content);
      if (reason != null) {
        findings.add(new Finding(Finding.Kind.QUARANTINED, path, reason));
      }
    }
    if (reason != null) {
      filesQuarantined++;
      target.quarantine(path, content, read.file().location(), reason);
    }
  }

  /**
   * Looks into a file that is no trial's document.
   *
   * @return why it could not be understood; null where it could, or does not have to be
   */
  private @Nullable String takeOther(SourceFile file, byte[] content) {
    String path = file.path();
    try {
      if (path.equals(GuardDatabase.NAME)) {
        readGuard(file);
      } else if (path.equals(BEST_TRIAL)) {
        noteBest(LegacyDocument.read(content).members());
      } else if (ArchiveOrder.isConfig(path) && !paths.contains(ArchiveOrder.trialFileOf(path))) {
        takeInterrupted(path, content);
      } else if (ArchiveOrder.isCached(path) && !heldKeys.contains(ArchiveOrder.keyOf(path))) {
        takeCached(path, content);
      } else if (ArchiveOrder.isJson(path)) {
        LegacyDocument.requireEnd(content);
      }
      return null;
    } catch (UnreadableDocumentException e) {
      return e.reason();
    }
  }

  private void take(FrozenTrial trial) {
    count(trial);
    index.add(trial);
    without.noteShape(trial.params());
    target.addTrial(link.link(trial));
  }

  private void count(FrozenTrial trial) {
    trialsTaken++;
    states.merge(trial.state(), 1L, Long::sum);
    if (trial.state().holdsSignature() && trial.signature() != null) {
      heldSignatures.add(trial.signature());
      heldKeys.add(requireNonNull(trial.trialKey(), "it has a signature"));
    }
  }

  private void takeInterrupted(String path, byte[] content) throws UnreadableDocumentException {
    ObjectNode config = null;
    try {
      config = LegacyDocument.read(content).members();
    } finally {
      interrupted++;
      takeWithoutFile(without.ofConfig(path, config, paths));
    }
  }

  /** A result counts where no trial file has the outcome of its parameters. */
  private void takeCached(String path, byte[] content) throws UnreadableDocumentException {
    FrozenTrial trial = TrialsWithoutFile.ofCached(path, content);
    boolean known =
        trial.state().holdsSignature()
            ? heldSignatures.contains(trial.signature())
            : index.hasKey(ArchiveOrder.keyOf(path));
    if (!known) {
      fromCache++;
      takeWithoutFile(trial);
    }
  }

  private void takeWithoutFile(FrozenTrial trial) {
    trialsRead++;
    count(trial);
    target.addTrial(trial);
  }

  private void noteBest(ObjectNode best) {
    if (best.get("parameters") instanceof ObjectNode params) {
      String key = Signatures.shared().trialKey(params);
      if (!index.hasKey(key) && !heldKeys.contains(key)) {
        findings.add(
            new Finding(
                Finding.Kind.NOTE,
                BEST_TRIAL,
                "is of a trial of another folder (trial_id %s); it is archived"
                    .formatted(best.path("trial_id").asText("missing"))));
      }
    }
  }

  private @Nullable String trialFileOf(String path) {
    String named = ArchiveOrder.trialFileOf(path);
    return paths.contains(named) ? named : index.trialFileOf(path);
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
  private void readGuard(SourceFile file) throws UnreadableDocumentException {
    long left = GuardDatabase.read(file.location(), this::takeSignatures);
    note(file.path(), left, "%d rows hold no signature (64 hexadecimal digits)");
    note(
        file.path(),
        expiredClaims,
        "%d signatures have no trial here; they are known to the guard as expired claims");
  }

  private void takeSignatures(List<String> signatures) {
    List<String> expired =
        signatures.stream()
            .filter(signature -> !heldSignatures.contains(signature))
            .filter(signature -> !index.hasSignature(signature))
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
