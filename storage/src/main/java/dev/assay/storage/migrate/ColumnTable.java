package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A table whose columns have roles: a trial in each row. */
final class ColumnTable implements TrialTable {
  private static final int ROWS_A_STEP = 1000;

  private final Path file;
  private final TableReader reader;
  private final TableRoles roles;
  private final ZoneId zone;

  private ColumnTable(Path file, TableReader reader, TableRoles roles, ZoneId zone) {
    this.file = file;
    this.reader = reader;
    this.roles = roles;
    this.zone = zone;
  }

  /**
   * @param file its real path
   * @param name how messages call it
   * @param zone where times without a zone were written
   * @throws TableMappingException where the columns cannot be what the mapping says
   * @throws UnreadableDocumentException where it is no table
   */
  static ColumnTable open(Path file, String name, TableMapping mapping, ZoneId zone)
      throws IOException, UnreadableDocumentException {
    TableReader reader = TableReader.open(file);
    TableRoles roles = null;
    try {
      roles = TableColumns.roles(name, mapping, reader.shape().columns(), reader::looksLikeNumbers);
      return new ColumnTable(file, reader, roles, zone);
    } finally {
      if (roles == null) {
        reader.close();
      }
    }
  }

  @Override
  public String kind() {
    return reader.shape().kind();
  }

  @Override
  public String meaning() {
    return CanonicalJson.compact(roles.toJson()) + zone;
  }

  @Override
  public List<Direction> directions() {
    return roles.directions();
  }

  @Override
  public void describe(ObjectNode systemAttrs) {
    systemAttrs.set("table", roles.toJson());
  }

  @Override
  public List<Finding> notes() {
    List<Finding> notes = new ArrayList<>();
    notes.add(note("columns taken as: " + roles.line()));
    reader.shape().notes().forEach(text -> notes.add(note(text)));
    return notes;
  }

  private static Finding note(String text) {
    return new Finding(Finding.Kind.NOTE, "", text);
  }

  @Override
  public TableContent read(Consumer<FrozenTrial> taker, LongConsumer progress)
      throws UnreadableDocumentException {
    List<CellKind> kinds = reader.kinds();
    TableTrials trials = new TableTrials(roles, reader.shape(), kinds, zone);
    long[] seen = {0};
    TableReader.Rejects rejects =
        reader.read(
            cells -> {
              FrozenTrial trial = trials.trial(cells);
              if (trial != null) {
                taker.accept(trial);
              }
              for (String cell : cells) {
                seen[0] += cell == null ? 1 : cell.length() + 1;
              }
              if (trials.rows() % ROWS_A_STEP == 0) {
                progress.accept(seen[0]);
              }
            });
    List<Finding> findings = new ArrayList<>();
    List<String> commas = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i) == CellKind.COMMA) {
        commas.add(reader.shape().columns().get(i));
      }
    }
    if (!commas.isEmpty()) {
      findings.add(note("numbers with decimal commas in " + String.join(", ", commas)));
    }
    findings.addAll(trials.findings());
    findings.addAll(rejected(rejects));
    return new TableContent(
        trials.rows(), trials.taken(), rejects.count(), trials.states(), findings);
  }

  private List<Finding> rejected(TableReader.Rejects rejects) {
    List<Finding> findings = new ArrayList<>();
    String name = FolderListing.nameOf(file);
    for (TableReader.Reject reject : rejects.named()) {
      findings.add(
          new Finding(
              Finding.Kind.QUARANTINED,
              "%s line %d".formatted(name, reject.line()),
              reject.reason()));
    }
    long more = rejects.count() - rejects.named().size();
    if (more > 0) {
      findings.add(
          new Finding(Finding.Kind.QUARANTINED, name, "%d more rows like these".formatted(more)));
    }
    return findings;
  }

  @Override
  public void close() {
    reader.close();
  }
}
