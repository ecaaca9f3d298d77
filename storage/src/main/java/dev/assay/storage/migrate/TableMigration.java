package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes tables into a store: each CSV, Parquet or JSON lines file becomes a study with a trial for
 * each row, and the file itself goes into the archive byte for byte.
 *
 * <p>Trials that repeat parameters stay; the guard holds the first of them. A file that was taken
 * with the same roles of its columns is left alone, wherever it is now. Memory does not depend on
 * the number of rows.
 */
public final class TableMigration {
  private final @Nullable Store store;
  private final KnownRuns known;
  private final TableMapping mapping;
  private final ZoneId zone;
  private final MigrationListener listener;

  private TableMigration(
      @Nullable Store store,
      KnownRuns known,
      TableMapping mapping,
      ZoneId zone,
      MigrationListener listener) {
    this.store = store;
    this.known = known;
    this.mapping = mapping;
    this.zone = zone;
    this.listener = listener;
  }

  /** Whether this is a file whose name ends as that of a table. */
  public static boolean isTable(Path path) {
    return Files.isRegularFile(path) && TableFile.of(path) != null;
  }

  /**
   * Takes every table that the store does not have.
   *
   * @param store null for a dry run
   * @param known what the store has; what is taken here is added
   * @param zone where times without a zone were written
   * @throws TableMappingException before the first is taken, where the columns of one of them
   *     cannot be what the mapping says
   * @throws StoreException where the store cannot be written
   */
  public static List<SourceReport> run(
      @Nullable Store store,
      KnownRuns known,
      List<Path> files,
      TableMapping mapping,
      ZoneId zone,
      MigrationListener listener) {
    return new TableMigration(store, known, mapping, zone, listener).run(files);
  }

  private List<SourceReport> run(List<Path> files) {
    files.forEach(this::requireRoles);
    List<SourceReport> reports = new ArrayList<>();
    for (Path file : files) {
      SourceReport report = migrate(file);
      reports.add(report);
      listener.finished(report);
    }
    return reports;
  }

  private void requireRoles(Path file) {
    try {
      open(file).close();
    } catch (IOException | UnreadableDocumentException e) {
      // Told when its turn comes.
    }
  }

  private TrialTable open(Path file) throws IOException, UnreadableDocumentException {
    Path real = file.toRealPath();
    TableFile.requireModest(real);
    TrialTable records =
        TableFile.of(real) == TableFile.JSON_LINES ? RecordLines.open(real, mapping) : null;
    return records == null ? ColumnTable.open(real, file.toString(), mapping, zone) : records;
  }

  private SourceReport migrate(Path file) {
    try {
      SourceFile source = look(file.toRealPath());
      try (TrialTable table = open(file)) {
        return migrate(source, table);
      }
    } catch (UnreadableDocumentException e) {
      return refused(file, e.reason());
    } catch (IOException e) {
      return refused(file, "cannot be read: " + RunListing.text(e));
    }
  }

  private static SourceFile look(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new SourceFile(
        file,
        FolderListing.nameOf(file),
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  private static SourceReport refused(Path file, String reason) {
    return new SourceReport(
        "table",
        file.toAbsolutePath().toString(),
        null,
        SourceReport.Outcome.REFUSED,
        reason,
        new Tally(1, 0, 0, 1, 0),
        Tally.NONE,
        Map.of(),
        0,
        0,
        List.of());
  }

  private SourceReport migrate(SourceFile source, TrialTable table)
      throws IOException, UnreadableDocumentException {
    listener.started(source.name(), 1, source.size());
    String stamp = sha256("%d %d %s".formatted(source.size(), source.modified(), table.meaning()));
    KnownRuns.Run same = known.unchanged(source.location().toString(), stamp);
    if (same != null) {
      return alreadyThere(source, table, same);
    }
    String content = Fingerprint.ofContent(source.location());
    String fingerprint = sha256(content + " " + table.meaning());
    same = known.withContent(fingerprint);
    if (same != null) {
      return alreadyThere(source, table, same);
    }
    return take(source, table, new Identity(content, fingerprint, stamp));
  }

  /** What a later migration knows the table by. */
  private record Identity(String content, String fingerprint, String stamp) {}

  private static String sha256(String text) {
    return Fingerprint.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private SourceReport take(SourceFile source, TrialTable table, Identity identity)
      throws IOException, UnreadableDocumentException {
    List<Finding> findings = new ArrayList<>();
    String study = name(source, findings);
    findings.addAll(table.notes());
    ObjectNode attributes = Json.object();
    attributes.put(KnownRuns.SOURCE, source.location().toString());
    attributes.put("source_kind", table.kind());
    table.describe(attributes);
    try (RunTarget target =
        RunTarget.of(store, study, table.directions(), Json.object(), attributes)) {
      TableContent content =
          table.read(
              target::addTrial, bytes -> listener.progress(0, Math.min(bytes, source.size())));
      requireSame(source, identity, target.addFile(source.path(), null, source.location()));
      KnownRuns.Run run =
          new KnownRuns.Run(
              study,
              source.location().toString(),
              null,
              identity.fingerprint(),
              identity.stamp(),
              1,
              source.size(),
              content.trials());
      ObjectNode late = Json.object();
      run.putTo(late);
      long bytesStored = target.commit(late);
      known.add(run);
      findings.addAll(content.findings());
      return report(source, table, study, content, bytesStored, findings);
    }
  }

  private String name(SourceFile source, List<Finding> findings) {
    String wanted = mapping.study() != null ? mapping.study() : plainName(source);
    String study = known.freeName(wanted);
    if (!study.equals(wanted)) {
      findings.add(note("", "the name '%s' is taken; this table is '%s'".formatted(wanted, study)));
    }
    return study;
  }

  /** The file's name without its endings. */
  private static String plainName(SourceFile source) {
    String name = TableFile.plainName(source.location());
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static Finding note(String path, String text) {
    return new Finding(Finding.Kind.NOTE, path, text);
  }

  /** Half of one table and half of the next are no table. */
  private static void requireSame(SourceFile source, Identity identity, String taken)
      throws IOException, UnreadableDocumentException {
    if (!look(source.location()).equals(source) || !taken.equals(identity.content())) {
      throw new UnreadableDocumentException(
          "it changed while it was read; migrate it again when nobody writes to it");
    }
  }

  private static SourceReport report(
      SourceFile source,
      TrialTable table,
      String study,
      TableContent content,
      long bytesStored,
      List<Finding> findings) {
    return new SourceReport(
        table.kind(),
        source.location().toString(),
        study,
        SourceReport.Outcome.TAKEN,
        null,
        new Tally(1, 1, 0, 0, content.rejected() > 0 ? 1 : 0),
        new Tally(
            content.rows() + content.rejected(),
            content.trials(),
            0,
            content.rows() - content.trials(),
            content.rejected()),
        content.states(),
        source.size(),
        bytesStored,
        findings);
  }

  private static SourceReport alreadyThere(
      SourceFile source, TrialTable table, KnownRuns.Run same) {
    String from =
        same.source().equals(source.location().toString())
            ? "taken before"
            : "the same bytes were taken from " + same.source();
    return new SourceReport(
        table.kind(),
        source.location().toString(),
        same.study(),
        SourceReport.Outcome.ALREADY_THERE,
        from,
        Tally.ofAlreadyThere(1),
        Tally.ofAlreadyThere(same.trials()),
        Map.of(),
        0,
        0,
        List.of());
  }
}
