package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run's {@code run_meta.json}.
 *
 * @param content the document; null where there is none, or none that could be understood
 * @param finding what was wrong with it; null where nothing was
 */
record RunMeta(@Nullable ObjectNode content, @Nullable Finding finding) {
  static final String NAME = "run_meta.json";

  static RunMeta of(RunListing files) {
    for (SourceFile file : files.files()) {
      if (file.path().equals(NAME)) {
        return read(file);
      }
    }
    return new RunMeta(null, null);
  }

  private static RunMeta read(SourceFile file) {
    try {
      LegacyDocument document = LegacyDocument.read(FileReading.of(file).content());
      String salvage = document.salvage();
      return new RunMeta(
          document.members(),
          salvage == null ? null : new Finding(Finding.Kind.SALVAGED, NAME, salvage));
    } catch (UnreadableDocumentException e) {
      return new RunMeta(null, new Finding(Finding.Kind.QUARANTINED, NAME, e.reason()));
    } catch (IOException e) {
      // The archive will not get it either, and says so.
      return new RunMeta(null, null);
    }
  }

  /** Legacy scores are maximized, unless the run says otherwise. */
  Direction direction() {
    JsonNode direction = content == null ? null : content.path("optuna").path("direction");
    return direction != null
            && direction.isTextual()
            && direction.textValue().toLowerCase(Locale.ROOT).equals("minimize")
        ? Direction.MINIMIZE
        : Direction.MAXIMIZE;
  }
}
