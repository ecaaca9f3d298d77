package dev.assay.storage.migrate;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder that becomes a study.
 *
 * @param directory its real path
 * @param name what the study is called, where the name is free
 * @param parent the run that it lies in; null where it lies in none
 * @param nested folders inside it that are runs themselves, by real path
 */
record LegacyFolder(
    Kind kind, Path directory, String name, @Nullable LegacyFolder parent, Set<Path> nested) {

  /** What the folder is to the legacy system. */
  enum Kind {
    /** It holds one run: its trials, logs and metadata, at any depth. */
    RUN("legacy-run"),
    /** It holds runs, and beside them files that belong to none of them. */
    CAMPAIGN("legacy-campaign");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** The study's {@code source_kind}. */
    String word() {
      return word;
    }
  }

  LegacyFolder {
    nested = Set.copyOf(nested);
  }

  /** The last part of the path. */
  String ownName() {
    Path last = directory.getFileName();
    return last == null ? directory.toString() : last.toString();
  }
}
