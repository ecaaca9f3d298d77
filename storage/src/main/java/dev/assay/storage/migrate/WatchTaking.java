package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyGrowth;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes what holds still of a folder into a study that grows, and counts. What belongs to a trial
 * waits for it, and a document that is not whole for its rest, until nobody has written them for
 * long. Used once, by one thread.
 */
final class WatchTaking {
  /** How much comes into one growth, which holds its trials in memory. */
  private static final int MAX_TRIALS = 2000;

  private static final long MAX_BYTES = 256L << 20;

  private final StudyGrowth growth;
  private final Stillness stillness;
  private final WatchedState state;
  private final Quarantine quarantine;
  private final Set<String> trialFiles;
  private final List<Finding> findings = new ArrayList<>();
  private @Nullable ObjectNode meta;
  private long trials;
  private long files;
  private long renewed;
  private long bytes;

  WatchTaking(
      StudyGrowth growth,
      Stillness stillness,
      WatchedState state,
      Quarantine quarantine,
      RunListing listing) {
    this.growth = growth;
    this.stillness = stillness;
    this.state = state;
    this.quarantine = quarantine;
    this.trialFiles =
        listing.files().stream()
            .map(SourceFile::path)
            .filter(ArchiveOrder::isTrial)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Takes as much as one growth should bring; trials come before what belongs to them. */
  void take(RunListing listing) {
    for (SourceFile file : listing.files()) {
      if (trials >= MAX_TRIALS || bytes >= MAX_BYTES) {
        return;
      }
      if (state.isPending(file, stillness) && !state.isHeld(file, stillness)) {
        take(file);
      }
    }
  }

  private void take(SourceFile file) {
    ReadFile read = ReadFile.of(file);
    byte[] content = read.content();
    if (content == null || (!stillness.isSettled(file) && isTorn(read, content))) {
      state.putOff(file);
    } else if (read.settled()) {
      take(read, content);
    }
  }

  /** Whether it is a JSON document that is not whole, or has more behind it. */
  private static boolean isTorn(ReadFile read, byte[] content) {
    String path = read.file().path();
    if (ArchiveOrder.isTrial(path)) {
      return !read.findings().isEmpty();
    }
    try {
      return path.endsWith(".json") && LegacyDocument.read(content).salvage() != null;
    } catch (UnreadableDocumentException e) {
      return true;
    }
  }

  private void take(ReadFile read, byte[] content) {
    SourceFile file = read.file();
    String path = file.path();
    boolean isKnown = state.taken().has(file);
    takeTrial(read);
    String named = ArchiveOrder.trialFileOf(path);
    String trialFile = trialFiles.contains(named) ? named : state.index().trialFileOf(path);
    String sha256 =
        isKnown || ArchiveOrder.mayChange(path)
            ? growth.putFile(path, trialFile, content)
            : growth.addFile(path, trialFile, content);
    state.taken().put(file, trialFile, sha256);
    files += isKnown ? 0 : 1;
    renewed += isKnown ? 1 : 0;
    bytes += content.length;
    findings.addAll(read.findings());
    String reason = read.quarantineReason();
    if (reason != null) {
      quarantine.keep(path, content, file.location(), reason);
    }
    if (path.equals(RunMeta.NAME)) {
      takeMeta(content);
    }
  }

  private void takeTrial(ReadFile read) {
    FrozenTrial trial = read.trial();
    if (trial == null) {
      return;
    }
    if (state.index().hasTrial(read.file().path())) {
      findings.add(
          new Finding(
              Finding.Kind.CHANGED,
              read.file().path(),
              "was written again; the archive has the newest bytes, its trial is as it was first taken"));
      return;
    }
    growth.addTrial(trial);
    state.index().add(trial);
    trials++;
  }

  private void takeMeta(byte[] content) {
    try {
      meta = LegacyDocument.read(content).members();
    } catch (UnreadableDocumentException e) {
      findings.add(new Finding(Finding.Kind.NOTE, RunMeta.NAME, e.reason()));
    }
  }

  long trials() {
    return trials;
  }

  boolean isEmpty() {
    return files + renewed == 0;
  }

  /** The {@code run_meta.json} that was taken; null where none was, or it says nothing. */
  @Nullable ObjectNode meta() {
    return meta;
  }

  /** What was taken, once it is committed. */
  WatchBatch batch(RunListing listing, String study, long allTrials, long signatures) {
    return new WatchBatch(
        listing.directory(),
        study,
        trials,
        allTrials,
        files,
        renewed,
        signatures,
        bytes,
        findings,
        null);
  }
}
