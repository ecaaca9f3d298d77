package dev.assay.storage.migrate;

import dev.assay.storage.FrozenTrial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file on its way into the store. */
final class ReadFile {
  private final SourceFile file;
  private final byte @Nullable [] content;
  private final @Nullable FrozenTrial trial;
  private final List<Finding> findings;
  private final boolean settled;

  private ReadFile(
      SourceFile file,
      byte @Nullable [] content,
      @Nullable FrozenTrial trial,
      List<Finding> findings,
      boolean settled) {
    this.file = file;
    this.content = content;
    this.trial = trial;
    this.findings = List.copyOf(findings);
    this.settled = settled;
  }

  /** Reads and understands a file. It never throws for what the file holds. */
  static ReadFile of(SourceFile file) {
    List<Finding> findings = new ArrayList<>();
    FileReading reading;
    try {
      reading = FileReading.of(file);
    } catch (IOException e) {
      findings.add(RunListing.skipped(file.path(), "cannot be read: " + RunListing.text(e)));
      return new ReadFile(file, null, null, findings, false);
    }
    if (reading.state() == FileReading.State.MOVING) {
      findings.add(
          new Finding(
              Finding.Kind.CHANGED,
              file.path(),
              "changed while it was read, twice; taken as it was for a moment"));
    }
    FrozenTrial trial =
        ArchiveOrder.isTrial(file.path()) ? trial(file, reading.content(), findings) : null;
    boolean settled = reading.state() == FileReading.State.AS_LISTED;
    return new ReadFile(file, reading.content(), trial, findings, settled);
  }

  private static @Nullable FrozenTrial trial(
      SourceFile file, byte[] content, List<Finding> findings) {
    try {
      LegacyDocument document = LegacyDocument.read(content);
      if (document.salvage() != null) {
        findings.add(new Finding(Finding.Kind.SALVAGED, file.path(), document.salvage()));
      }
      return LegacyTrial.fromDocument(document, file.name());
    } catch (UnreadableDocumentException e) {
      findings.add(new Finding(Finding.Kind.QUARANTINED, file.path(), e.reason()));
      return null;
    }
  }

  SourceFile file() {
    return file;
  }

  /** Its bytes, not copied; null where it could not be read. */
  byte @Nullable [] content() {
    return content;
  }

  /** What its document says; null where it is no trial's document, or was not understood. */
  @Nullable FrozenTrial trial() {
    return trial;
  }

  /** What a reader of the report should know of it. */
  List<Finding> findings() {
    return findings;
  }

  /** Whether it was what its listing said. */
  boolean settled() {
    return settled;
  }

  /** Why the file could not be understood; null where it could, or did not have to be. */
  @Nullable String quarantineReason() {
    for (Finding finding : findings) {
      if (finding.kind() == Finding.Kind.QUARANTINED) {
        return finding.reason();
      }
    }
    return null;
  }
}
