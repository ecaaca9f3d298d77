package dev.assay.storage;

import dev.assay.storage.CompactionReport.Change;
import dev.assay.storage.CompactionReport.Size;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Merges a study's small sealed parts, after {@link MergePolicy}. Safe to share between threads;
 * several processes may merge the same study's parts at once.
 */
final class Compaction {
  private final Lake lake;
  private final PartReader reader;

  Compaction(Lake lake, PartReader reader) {
    this.lake = lake;
    this.reader = reader;
  }

  /** After a seal: where many small parts have come together. A failure is left to the next. */
  void mergeDue(long studyId) {
    try {
      merge(studyId, Kind.TRIALS, MergePolicy::due);
      merge(studyId, Kind.FILES, MergePolicy::due);
    } catch (StoreException e) {
      Lake.LOG.warn("small parts are not merged: {}", e.getMessage());
    }
  }

  /**
   * Seals a study and merges all of its small parts.
   *
   * @param seal by the study's id
   */
  CompactionReport run(StudyRecord study, LongConsumer seal) {
    Size trialsBefore = size(study.id(), Kind.TRIALS);
    Size filesBefore = size(study.id(), Kind.FILES);
    seal.accept(study.id());
    merge(study.id(), Kind.TRIALS, MergePolicy::all);
    Map<Long, Long> contents = contents(study.id());
    merge(
        study.id(),
        Kind.FILES,
        parts -> MergePolicy.within(parts, contents, StudyImport.PART_BYTES));
    return new CompactionReport(
        study.name(),
        new Change(trialsBefore, size(study.id(), Kind.TRIALS)),
        new Change(filesBefore, size(study.id(), Kind.FILES)));
  }

  private Size size(long studyId, Kind kind) {
    return lake.live().query(sql -> Size.load(sql, studyId, kind));
  }

  /** How much content each part of the archive has, in bytes, by its id. */
  private Map<Long, Long> contents(long studyId) {
    Map<Long, Long> contents = new HashMap<>();
    for (Part part :
        lake.live()
            .query(
                sql ->
                    Parts.list(
                        sql,
                        "study_id = ? AND kind = 'files' AND status = 'committed' AND bytes < ?",
                        studyId,
                        MergePolicy.SMALL))) {
      contents.put(part.id(), reader.contentBytes(part.file(lake.store())));
    }
    return contents;
  }

  private void merge(long studyId, Kind kind, MergePolicy.Choice choice) {
    boolean any = false;
    int lost = 0;
    for (Optional<PartMerge> next = reserve(studyId, kind, choice);
        next.isPresent();
        next = reserve(studyId, kind, choice)) {
      try (PartMerge merge = next.get()) {
        if (!merge.run()) {
          lake.requireProgress(++lost);
        }
        any = true;
      }
    }
    if (any) {
      lake.publishNow();
    }
  }

  private Optional<PartMerge> reserve(long studyId, Kind kind, MergePolicy.Choice choice) {
    return PartMerge.reserve(lake, reader, studyId, kind, choice);
  }
}
