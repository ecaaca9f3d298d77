package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PartCheck.DamagedException;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a live database anew, in a file of its own: the store is not changed by it, but for ids
 * that are set aside in {@code store.json} and records in {@code spool/}. Used once.
 *
 * <p>A trial is taken from the first of these that has it whole: sealed parts, deltas, the old
 * database, what can be read of damaged parts, its file in the archive or in {@code runs/}. One
 * that a worker was running is given up, one that a client had in hand stays in hand; one of which
 * only the number is left fails and says so.
 */
final class Rebuild {
  private final Path store;
  private final RepairSources sources;
  private final LiveDatabase live;
  private final PartReader reader;
  private final PartCheck check;
  private final Spool spool;
  private final RecoveredTrials recovered;
  private final NumberSet ids = new NumberSet();
  private final Map<Long, RebuiltStudy> studies = new TreeMap<>();
  private final List<String> losses = new ArrayList<>();

  /** Why parts are not kept, by their paths. */
  private final Map<String, String> reasons = new HashMap<>();

  /** Parts whose trials are taken after those of all whole parts. */
  private final List<Part> loose = new ArrayList<>();

  /** Parts whose trials are all elsewhere: their files go once nobody reads them. */
  private final List<Part> superseded = new ArrayList<>();

  private final List<Running> running = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();
  private final LiveForm form = new LiveForm(new ParameterDomains());
  private long greatestId = -1;

  /** A trial that the old database has as running. */
  private record Running(RebuiltStudy study, FrozenTrial trial) {}

  /** A trial that clients have in hand, as the old database has it. */
  private record Open(RebuiltStudy study, OpenTrial trial) {}

  private Rebuild(Path store, RepairSources sources, LiveDatabase live, PartReader reader)
      throws IOException {
    this.store = store;
    this.sources = sources;
    this.live = live;
    this.reader = reader;
    this.check = new PartCheck(store, live, reader);
    this.spool = new Spool(store, live, new RebuiltSequences(store, sources).begin(live));
    this.recovered = new RecoveredTrials(live, spool, new TrialIds(store));
  }

  /** Fills the empty database {@code live}. */
  static RebuildResult run(Path store, RepairSources sources, LiveDatabase live, PartReader reader)
      throws IOException {
    return new Rebuild(store, sources, live, reader).run();
  }

  private RebuildResult run() throws IOException {
    for (OldDatabase.Study study : sources.studies().values()) {
      RebuiltStudy rebuilt = new RebuiltStudy(study, live, reader, check, recovered, ids);
      studies.put(rebuilt.study().id(), rebuilt);
      live.transaction(
          sql -> {
            rebuilt.insert(sql);
            return true;
          });
    }
    takeParts();
    if (sources.isCurrent()) {
      takeOldTrials();
      takeLoose(Kind.DELTA);
    } else {
      // Checksums tell whether these are what they were.
      takeLoose(Kind.DELTA);
      takeOldTrials();
    }
    takeLoose(Kind.TRIALS);
    beginIds();
    takeFiles();
    running.forEach(each -> each.study().giveUp(each.trial()));
    open.forEach(this::takeOpen);
    for (RebuiltStudy study : studies.values()) {
      OldDatabase old = sources.old();
      study.declare(old == null ? Map.of() : old.distributions(study.study().id()));
      study.fillGaps();
      study.sumUp(store, spool, known(study.study().id()));
      forgetRemoved(study.study().id());
    }
    takeColumns();
    dropSuperseded();
    return new RebuildResult(
        studies.values().stream().map(RebuiltStudy::report).toList(), losses, reasons);
  }

  private void takeParts() throws IOException {
    for (Part part : sources.parts()) {
      RebuiltStudy study = studies.get(part.studyId());
      boolean isThere = Files.isRegularFile(part.file(store));
      if (study == null) {
        if (isThere && sources.isDeleted(part.studyId())) {
          superseded.add(part);
        }
      } else if (part.kind() == Kind.DELTA) {
        loose.add(part);
      } else if (sources.expected(part) != null || !sources.isCurrent()) {
        keep(study, part);
      } else if (part.kind() == Kind.TRIALS) {
        loose.add(part);
      }
    }
  }

  private void keep(RebuiltStudy study, Part part) {
    try {
      study.keep(store, part, sources.expected(part));
    } catch (DamagedException e) {
      reasons.put(part.path(), String.valueOf(e.getMessage()));
      if (part.kind() != Kind.FILES) {
        loose.add(part);
      } else if (sources.expected(part) != null) {
        losses.add(
            "%s: %s; the run files in it cannot be restored"
                .formatted(part.path(), e.getMessage()));
      }
    }
  }

  private void takeLoose(Kind kind) {
    for (Part part : loose) {
      RebuiltStudy study = studies.get(part.studyId());
      if (part.kind() == kind && study != null) {
        boolean isNeeded = study.hasGaps() || !sources.isCurrent();
        boolean whole = !isNeeded || study.takeRows(part);
        if (whole && kind == Kind.DELTA) {
          superseded.add(part);
        }
      }
    }
    recovered.flush();
  }

  private void takeOldTrials() {
    OldDatabase old = sources.old();
    if (old != null) {
      old.trials(this::takeOld);
      studies.forEach(
          (studyId, study) ->
              old.openTrials(form, studyId)
                  .forEach(
                      trial -> {
                        greatestId = Math.max(greatestId, trial.id());
                        open.add(new Open(study, trial));
                      }));
      recovered.flush();
    }
  }

  private void takeOld(long studyId, HotTrial row) {
    RebuiltStudy study = studies.get(studyId);
    greatestId = Math.max(greatestId, row.id());
    if (study == null || study.has(row.number())) {
      return;
    }
    try {
      FrozenTrial trial = row.trial(store);
      if (!row.state().isFinished()) {
        running.add(new Running(study, trial));
      } else if (trial.id() == row.id()
          && trial.number() == row.number()
          && trial.state() == row.state()) {
        study.take(trial, row.record());
      }
    } catch (IOException | RuntimeException e) {
      Lake.LOG.warn("trial {} in live.db cannot be read: {}", row.id(), e.getMessage());
    }
  }

  /** Where a value of it cannot be read any more, it is given up. */
  private void takeOpen(Open each) {
    OpenTrial trial = each.trial();
    try {
      trial.trial(store);
      OpenTrial.Version version = trial.version(store);
      each.study().takeOpen(trial, version.trial(), version.trialFile());
    } catch (IOException | StoreException e) {
      losses.add(
          "trial number %d of '%s', which was %s: %s"
              .formatted(
                  trial.number(), each.study().study().name(), trial.state(), e.getMessage()));
      each.study().giveUp(FrozenTrial.builder().id(trial.id()).number(trial.number()).build());
    }
  }

  /** New ids begin above every id that was ever used. */
  private void beginIds() throws IOException {
    long greatest = Math.max(Math.max(greatestId, ids.greatest()), sources.greatestTrialId());
    StoreFile file = StoreFile.read(store);
    long reserved = file == null ? 0 : file.reservedTrialIds();
    if (greatest >= reserved) {
      reserved = greatest + 1;
      new StoreFile(reserved).write(store);
    }
    long first = reserved;
    live.transaction(sql -> TrialIds.begin(sql, first));
  }

  private void takeFiles() throws IOException {
    long limit =
        live.query(sql -> sql.number("SELECT value FROM meta WHERE key = 'next_trial_id'"));
    for (RebuiltStudy study : studies.values()) {
      // An archive that was imported has another system's files, which do not tell the number.
      boolean isOurs = !study.study().systemAttrs().has("source_kind");
      if (isOurs && (study.hasGaps() || !sources.isCurrent())) {
        takeArchived(study, limit);
      }
    }
    for (Map.Entry<Long, Path> run : sources.runs().entrySet()) {
      RebuiltStudy study = studies.get(run.getKey());
      if (study != null && (study.hasGaps() || !sources.isCurrent())) {
        takeFiles(study, run.getValue(), limit);
      }
    }
    recovered.flush();
  }

  private void takeArchived(RebuiltStudy study, long limit) {
    for (Part part : study.archive()) {
      try {
        new ArchiveFiles(reader, part.file(store))
            .forEach(
                name -> isWanted(study, name),
                (file, content) -> takeFile(study, file.path(), bytes(content), limit));
      } catch (IOException | StoreException e) {
        Lake.LOG.warn("{} gives no trials: {}", part.path(), e.getMessage());
      }
    }
  }

  private static byte[] bytes(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    return bytes;
  }

  private void takeFiles(RebuiltStudy study, Path run, long limit) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "trial_*.json")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (isWanted(study, name)) {
          try {
            takeFile(study, name, Files.readAllBytes(file), limit);
          } catch (IOException e) {
            Lake.LOG.warn("{} cannot be read: {}", file, e.toString());
          }
        }
      }
    }
  }

  private static boolean isWanted(RebuiltStudy study, String name) {
    long likely = RunDirectories.numberAfter(name) - 1;
    return likely >= 0 && !(study.hasPlainNames() && study.has(likely));
  }

  /**
   * @param limit no trial has a greater number: each had an id of its own
   */
  private static void takeFile(RebuiltStudy study, String name, byte[] content, long limit) {
    try {
      FrozenTrial trial = read(content, name);
      if (trial.number() < limit && RunDirectories.numberAfter(name) > trial.number()) {
        study.takeFromFile(trial);
      }
    } catch (IOException | IllegalArgumentException e) {
      Lake.LOG.warn(
          "{} of '{}' is not the file of a trial: {}", name, study.study().name(), e.getMessage());
    }
  }

  private static FrozenTrial read(byte[] content, String name) throws IOException {
    JsonNode json = Json.parse(content);
    if (json instanceof ObjectNode document) {
      return TrialDocumentReader.read(document, name);
    }
    throw new IllegalArgumentException("it is not a JSON object");
  }

  private List<String> known(long studyId) {
    OldDatabase old = sources.old();
    return old == null ? List.of() : old.signaturesWithoutTrial(studyId);
  }

  /** Signatures that were taken out of the guard stay out, where that is known. */
  private void forgetRemoved(long studyId) {
    OldDatabase old = sources.old();
    if (old == null || !sources.isCurrent()) {
      return;
    }
    String last = "";
    while (true) {
      String after = last;
      List<String> some =
          live.query(
              sql ->
                  sql.list(
                      "SELECT signature FROM signatures WHERE study_id = ? AND signature > ? "
                          + "ORDER BY signature LIMIT 2000",
                      row -> row.getString(1),
                      studyId,
                      after));
      if (some.isEmpty()) {
        return;
      }
      List<String> removed = new ArrayList<>(some);
      removed.removeAll(old.known(studyId, some));
      String array = SignatureArray.of(removed);
      live.transaction(
          sql ->
              sql.update(
                  "DELETE FROM signatures WHERE study_id = ? "
                      + "AND signature IN (SELECT value FROM json_each(?))",
                  studyId,
                  array));
      last = some.get(some.size() - 1);
    }
  }

  private void takeColumns() {
    List<OldDatabase.Column> columns = new ArrayList<>();
    for (Part part : live.query(sql -> Parts.list(sql, "kind = 'trials'"))) {
      String json = reader.footer(part.file(store)).metadata().getOrDefault("assay.columns", "[]");
      try {
        for (JsonNode column : Json.parse(json)) {
          columns.add(
              new OldDatabase.Column(
                  part.studyId(),
                  column.path("section").asText(),
                  column.path("key").asText(),
                  column.path("name").asText()));
        }
      } catch (IOException e) {
        Lake.LOG.warn("{}: assay.columns is not JSON: {}", part.path(), e.getMessage());
      }
    }
    OldDatabase old = sources.old();
    if (old != null) {
      columns.addAll(old.columns());
    }
    columns.removeIf(column -> !studies.containsKey(column.studyId()));
    live.transaction(sql -> insert(sql, columns));
  }

  private static boolean insert(Statements sql, List<OldDatabase.Column> columns)
      throws SQLException {
    for (OldDatabase.Column column : columns) {
      sql.update(
          "INSERT INTO columns (study_id, section, key, name) VALUES (?, ?, ?, ?) "
              + "ON CONFLICT DO NOTHING",
          column.studyId(),
          column.section(),
          column.key(),
          column.name());
    }
    return true;
  }

  private void dropSuperseded() {
    superseded.addAll(sources.leftParts());
    live.transaction(
        sql -> {
          for (Part part : superseded) {
            sql.update(
                "INSERT INTO parts (part_id, study_id, kind, status, path, dropped_snapshot) "
                    + "SELECT ?, ?, ?, 'dropped', ?, value FROM meta WHERE key = 'snapshot' "
                    + "ON CONFLICT DO NOTHING",
                part.id(),
                part.studyId(),
                part.kind().text(),
                part.path());
          }
          return true;
        });
  }
}
