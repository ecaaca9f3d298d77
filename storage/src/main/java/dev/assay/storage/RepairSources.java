package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * What a live database is made anew from: the old one as far as it can be read, the manifest, the
 * files of the lake and of {@code runs/}, and the tombstones. An old database that is whole and not
 * older than the manifest and the lake decides which studies and parts there are; else everything
 * counts that is found anywhere.
 */
final class RepairSources {
  private final Path store;
  private final @Nullable OldDatabase old;
  private final PublishedManifest manifest;
  private final PartReader reader;
  private final boolean current;
  private final Set<Long> deleted = new HashSet<>();
  private final List<OldDatabase.PartRow> oldParts;
  private final Map<String, PartCheck.Entry> named = new HashMap<>();
  private long greatestTrialId = -1;
  private long greatestStudyId;

  RepairSources(Path store, @Nullable OldDatabase old, PartReader reader) throws IOException {
    this.store = store;
    this.old = old;
    this.reader = reader;
    this.manifest = PublishedManifest.read(store);
    this.oldParts = old == null ? List.of() : old.parts();
    this.current =
        old != null
            && old.isWhole()
            && old.snapshot() >= manifest.snapshot()
            && old.sequence("parts") >= LakeListing.greatestId(store);
    readTombstones();
    for (OldDatabase.PartRow part : oldParts) {
      if (part.status().equals("committed")) {
        named.put(part.entry().part().path(), part.entry());
      }
    }
    if (!current) {
      named.putAll(manifest.files());
    }
  }

  private void readTombstones() throws IOException {
    Set<Long> published = new HashSet<>();
    manifest.studies().forEach(study -> published.add(study.studyId()));
    for (Tombstones.Tombstone tombstone : new Tombstones(store).list()) {
      greatestTrialId = Math.max(greatestTrialId, tombstone.greatestTrialId());
      greatestStudyId = Math.max(greatestStudyId, tombstone.studyId());
      // Whether an intended deletion was done, the manifest tells where the database cannot.
      boolean isGone =
          !current && manifest.snapshot() > 0 && !published.contains(tombstone.studyId());
      if (tombstone.isFinal() || isGone) {
        deleted.add(tombstone.studyId());
      }
    }
  }

  @Nullable OldDatabase old() {
    return old;
  }

  /** Whether the old database decides what there is. */
  boolean isCurrent() {
    return current;
  }

  long snapshot() {
    return Math.max(old == null ? 0 : old.snapshot(), manifest.snapshot());
  }

  boolean isDeleted(long studyId) {
    return deleted.contains(studyId);
  }

  /** At least every trial id of the studies that were deleted. */
  long greatestTrialId() {
    return greatestTrialId;
  }

  /** At least every study id that was ever given, as far as anything says. */
  long greatestStudyId() throws IOException {
    long greatest = greatestStudyId;
    for (Part part : LakeListing.parts(store)) {
      greatest = Math.max(greatest, part.studyId());
    }
    for (long run : runs().keySet()) {
      greatest = Math.max(greatest, run);
    }
    return old == null ? greatest : Math.max(greatest, old.sequence("studies"));
  }

  /** What is expected of the part; null where nobody says. */
  PartCheck.@Nullable Entry expected(Part part) {
    return named.get(part.path());
  }

  /**
   * The parts that the store had, whether there are files of them or not, and those that there are
   * files of: the former come first.
   */
  List<Part> parts() throws IOException {
    Map<String, Part> parts = new LinkedHashMap<>();
    named.values().stream()
        .map(PartCheck.Entry::part)
        .sorted(Comparator.comparingLong(Part::id))
        .forEach(part -> parts.put(part.path(), part));
    LakeListing.parts(store).forEach(part -> parts.putIfAbsent(part.path(), part));
    return new ArrayList<>(parts.values());
  }

  /** The parts that were on their way in or out: their files go once nobody reads them. */
  List<Part> leftParts() {
    return oldParts.stream()
        .filter(part -> !part.status().equals("committed"))
        .map(part -> part.entry().part())
        .toList();
  }

  /** The studies by id, without those that were deleted. */
  Map<Long, OldDatabase.Study> studies() throws IOException {
    Map<Long, OldDatabase.Study> studies = new TreeMap<>();
    List<OldDatabase.Study> known = old == null ? List.of() : old.studies();
    if (!current) {
      // Not older than what the old database says.
      Map<Long, OldDatabase.Study> byId = new HashMap<>();
      known.forEach(study -> byId.put(study.metadata().studyId(), study));
      for (PartMetadata study : manifest.studies()) {
        OldDatabase.Study more = byId.get(study.studyId());
        add(
            studies,
            more == null
                ? new OldDatabase.Study(study, 0, 0, 0)
                : new OldDatabase.Study(
                    study, more.nextNumber(), more.nextFile(), more.duplicates()));
      }
    }
    known.forEach(study -> add(studies, study));
    if (!current) {
      addFromParts(studies);
      addFromRuns(studies);
    }
    return studies;
  }

  private void add(Map<Long, OldDatabase.Study> studies, OldDatabase.Study study) {
    PartMetadata metadata = study.metadata();
    try {
      String name = metadata.study().name();
      boolean isNew = metadata.studyId() > 0 && !isDeleted(metadata.studyId());
      if (isNew && studies.values().stream().noneMatch(o -> o.metadata().name().equals(name))) {
        studies.putIfAbsent(metadata.studyId(), study);
      }
    } catch (IllegalArgumentException e) {
      Lake.LOG.warn("study {} is not taken from here: {}", metadata.studyId(), e.getMessage());
    }
  }

  /** An archive alone may be what an import has left that came to nothing. */
  private void addFromParts(Map<Long, OldDatabase.Study> studies) throws IOException {
    for (Part part : LakeListing.parts(store)) {
      if (part.kind() != Kind.FILES && !studies.containsKey(part.studyId())) {
        try {
          add(
              studies,
              new OldDatabase.Study(
                  PartMetadata.ofPart(reader.footer(part.file(store)).metadata()), 0, 0, 0));
        } catch (StoreException | IllegalArgumentException e) {
          Lake.LOG.warn("{} does not say which study it is of: {}", part.path(), e.getMessage());
        }
      }
    }
  }

  private void addFromRuns(Map<Long, OldDatabase.Study> studies) throws IOException {
    for (Map.Entry<Long, Path> run : runs().entrySet()) {
      OldDatabase.Study study = studyOf(run.getKey(), run.getValue().resolve("run_meta.json"));
      if (study != null) {
        OldDatabase.Study known = studies.get(run.getKey());
        if (known == null) {
          add(studies, study);
        } else if (known.duplicates() == 0) {
          studies.put(run.getKey(), known.withDuplicates(study.duplicates()));
        }
      }
    }
  }

  /** The directories of studies in {@code runs/}, by the studies' ids. */
  Map<Long, Path> runs() throws IOException {
    Map<Long, Path> runs = new TreeMap<>();
    try (DirectoryStream<Path> directories =
        Files.newDirectoryStream(store.resolve(RunDirectories.NAME), Files::isDirectory)) {
      for (Path directory : directories) {
        Matcher name = RunDirectories.RUN.matcher(directory.getFileName().toString());
        if (name.matches()) {
          runs.put(Long.parseLong(name.group(1)), directory);
        }
      }
    } catch (NoSuchFileException e) {
      // No study ever had a file.
    }
    return runs;
  }

  /** What {@code run_meta.json} says of its study; null where it says nothing. */
  private static OldDatabase.@Nullable Study studyOf(long id, Path file) {
    try {
      JsonNode meta = Json.parse(Files.readAllBytes(file));
      ObjectNode systemAttrs = Json.object();
      RunFiles.copy(meta, "config_path", systemAttrs, "source");
      RunFiles.copy(meta, "raw_meta", systemAttrs, "raw_meta");
      JsonNode optuna = meta.path("optuna");
      ArrayNode directions = Json.object().arrayNode();
      for (JsonNode direction :
          optuna.has("direction") ? List.of(optuna.get("direction")) : optuna.path("directions")) {
        directions.add(direction.asText().toUpperCase(Locale.ROOT));
      }
      return new OldDatabase.Study(
          new PartMetadata(
              id,
              meta.path("run_id").asText(),
              CanonicalJson.compact(directions),
              "{}",
              CanonicalJson.compact(systemAttrs),
              TrialFiles.KEEP.text(),
              ChronoUnit.MICROS.between(
                  Instant.EPOCH,
                  OffsetDateTime.parse(meta.path("started_at").asText()).toInstant())),
          0,
          0,
          optuna.path("diagnostics").path("duplicate_count").asLong());
    } catch (IOException | RuntimeException e) {
      Lake.LOG.debug("{} does not say what its study is: {}", file, e.toString());
      return null;
    }
  }
}
