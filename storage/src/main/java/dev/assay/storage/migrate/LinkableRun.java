package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run folder whose trials are looked for in another system. */
public final class LinkableRun {
  private final String study;
  private final @Nullable ObjectNode meta;
  private final RunListing files;

  LinkableRun(String study, @Nullable ObjectNode meta, RunListing files) {
    this.study = study;
    this.meta = meta;
    this.files = files;
  }

  /** The name of the study that the run becomes. */
  public String study() {
    return study;
  }

  /** Its {@code run_meta.json}; null where there is none that could be understood. */
  public @Nullable ObjectNode meta() {
    return meta;
  }

  /** Reads all trials that have a document, one after the other. */
  public void forEachTrial(Consumer<FrozenTrial> taker) {
    for (SourceFile file : files.files()) {
      FrozenTrial trial = ArchiveOrder.isTrial(file.path()) ? ReadFile.of(file).trial() : null;
      if (trial != null) {
        taker.accept(trial);
      }
    }
  }
}
