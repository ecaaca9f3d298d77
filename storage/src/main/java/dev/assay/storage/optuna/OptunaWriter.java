package dev.assay.storage.optuna;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes studies into a new storage of Optuna's: a SQLite database (schema 12, head {@code
 * v3.2.0.a}) or a journal file. Optuna opens it and goes on. A study is read twice, first for the
 * distributions of its parameters; memory is bounded, whatever its size.
 *
 * <p>What Optuna has no place for stands in a trial's system attribute {@code assay:trial}: an
 * import gives the same trials again.
 *
 * <p>Every method throws {@link StoreException} where the file cannot be written or the store not
 * be read. Used by one thread.
 */
public final class OptunaWriter implements AutoCloseable {
  private final Path file;
  private final OptunaOutput output;
  private final ZoneId zone;

  private OptunaWriter(Path file, OptunaOutput output, ZoneId zone) {
    this.file = file;
    this.output = output;
    this.zone = zone;
  }

  /**
   * A new SQLite database.
   *
   * @param file not there yet, or empty
   * @param zone the zone of its datetimes, which have none: UTC is Optuna's since version 5, the
   *     workers' own before
   */
  public static OptunaWriter database(Path file, ZoneId zone) {
    try {
      return new OptunaWriter(file, new DatabaseOutput(file, requireNonNull(zone)), zone);
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /**
   * A new journal file.
   *
   * @param zone the workers', in which times are written without an offset, as versions before 5
   *     do; null for UTC with its offset, which those cannot compare with their own
   */
  public static OptunaWriter journal(Path file, @Nullable ZoneId zone) {
    try {
      JournalOutput output = new JournalOutput(file, zone);
      return new OptunaWriter(file, output, zone == null ? ZoneOffset.UTC : zone);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Adds a study with all its trials, as they are now.
   *
   * @param written hears of each trial once it is written
   * @return what Optuna does not show as it is in the store, a line each
   */
  public List<String> add(ReadableStore store, StudyRecord study, Consumer<FrozenTrial> written) {
    StudySpace space = new StudySpace();
    ParentIds parents = new ParentIds(study);
    long[] count = {0};
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials.forEach(
          trial -> {
            space.see(trial);
            parents.see(trial);
            count[0]++;
          });
    }
    OptunaForm form = new OptunaForm(space, study.directions().size(), output.time(), zone);
    long failed = 0;
    try (Stream<FrozenTrial> trials = store.trials(study.id()).limit(count[0])) {
      output.begin(parents.renumbered(output.nextTrialId()));
      for (Iterator<FrozenTrial> each = trials.iterator(); each.hasNext(); ) {
        FrozenTrial trial = each.next();
        OptunaTrial exported = form.of(trial);
        failed += exported.state().equals(trial.state().name()) ? 0 : 1;
        output.add(exported);
        written.accept(trial);
      }
    } catch (IOException | SQLException e) {
      throw failed(file, e);
    }
    return notes(space, failed);
  }

  private static List<String> notes(StudySpace space, long failed) {
    List<String> notes = new ArrayList<>();
    if (failed > 0) {
      notes.add(
          "%d COMPLETE trials have no value, or NaN, and are FAIL in Optuna; an import restores them"
              .formatted(failed));
    }
    if (!space.left().isEmpty()) {
      notes.add(
          "parameters with too many values that are no numbers are not in Optuna's parameters; an import restores them: %s"
              .formatted(String.join(", ", space.left())));
    }
    return notes;
  }

  /** Ends the file; it is not synced. */
  public void finish() {
    try {
      output.finish();
    } catch (IOException | SQLException e) {
      throw failed(file, e);
    }
  }

  private static StoreException failed(Path file, Exception e) {
    return new StoreException("cannot write %s: %s".formatted(file, e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      output.close();
    } catch (IOException | SQLException e) {
      throw failed(file, e);
    }
  }
}
