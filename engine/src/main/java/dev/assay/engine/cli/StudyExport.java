package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.TableFormat;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.PrintableText;
import dev.assay.storage.RestoreReport;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.export.ExportReport;
import dev.assay.storage.export.ExportedStudy;
import dev.assay.storage.export.IfThere;
import dev.assay.storage.export.JsonLines;
import dev.assay.storage.export.NewTarget;
import dev.assay.storage.optuna.OptunaWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One export. Used once, by one thread. */
final class StudyExport {
  private final OpenedStore opened;
  private final List<StudyRecord> studies;
  private final ExportTarget target;
  private final @Nullable ZoneId zone;
  private final AtomicLong done = new AtomicLong();
  private volatile String current = "";

  /**
   * @param zone of times that do not say it; null for what Optuna writes today
   */
  StudyExport(
      OpenedStore opened, List<StudyRecord> studies, ExportTarget target, @Nullable ZoneId zone) {
    this.opened = opened;
    this.studies = studies;
    this.target = target;
    this.zone = zone;
  }

  ExportReport run(IfThere ifThere) {
    long begin = System.nanoTime();
    Console console = opened.console();
    ProgressLine line =
        console.isTerminal() ? new ProgressLine(console.err(), this::progress) : null;
    try (NewTarget written = NewTarget.at(target.path(), ifThere)) {
      List<ExportedStudy> exported = write(written.temporary());
      long bytes = written.publish();
      return new ExportReport(
          target.path().toAbsolutePath().normalize(),
          target.format().word(),
          exported,
          bytes,
          (System.nanoTime() - begin) / 1e9);
    } finally {
      if (line != null) {
        line.close();
      }
    }
  }

  private String progress() {
    return "%s: %d trials".formatted(PrintableText.of(current), done.get());
  }

  private List<ExportedStudy> write(Path file) {
    StudyRecord first = studies.get(0);
    current = first.name();
    return switch (target.format()) {
      case OPTUNA -> optuna(OptunaWriter.database(file, zone == null ? ZoneOffset.UTC : zone));
      case JOURNAL -> optuna(OptunaWriter.journal(file, zone));
      case RUN -> List.of(directory(first, file));
      case JSONL -> List.of(lines(first, file));
      case CSV -> List.of(table(first, TableFormat.CSV, file));
      case PARQUET -> List.of(table(first, TableFormat.PARQUET, file));
      case ARROW -> List.of(table(first, TableFormat.ARROW, file));
      case ARROWS -> List.of(table(first, TableFormat.ARROWS, file));
    };
  }

  private Consumer<FrozenTrial> counting(Map<TrialState, Long> states) {
    return trial -> {
      states.merge(trial.state(), 1L, Long::sum);
      done.incrementAndGet();
    };
  }

  private List<ExportedStudy> optuna(OptunaWriter writer) {
    List<ExportedStudy> exported = new ArrayList<>();
    try (writer) {
      for (StudyRecord study : studies) {
        current = study.name();
        Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
        List<String> notes = writer.add(opened.store(), study, counting(states));
        exported.add(new ExportedStudy(study.name(), states, notes));
      }
      writer.finish();
    }
    return exported;
  }

  private ExportedStudy lines(StudyRecord study, Path file) {
    Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
    JsonLines.write(opened.store(), study, file, counting(states));
    return new ExportedStudy(study.name(), states, List.of());
  }

  private ExportedStudy table(StudyRecord study, TableFormat format, Path file) {
    try (Analytics analytics = opened.analytics()) {
      return new ExportedStudy(
          study.name(), analytics.writeTable(study.name(), format, file), List.of());
    } catch (IOException e) {
      throw new CommandException("%s cannot be written: %s".formatted(target.path(), e), e);
    }
  }

  private ExportedStudy directory(StudyRecord study, Path file) {
    RestoreReport report = opened.store().restore(study.id(), file, path -> true);
    if (!report.problems().isEmpty()) {
      RestoreReport.Problem problem = report.problems().get(0);
      throw new CommandException(
          "%d files or parts of '%s' cannot be put back, such as %s (%s); 'assay restore' puts back the others"
              .formatted(report.problems().size(), study.name(), problem.path(), problem.reason()));
    }
    Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
    try (Stream<FrozenTrial> trials = opened.store().trials(study.id())) {
      trials.forEach(counting(states));
    }
    return new ExportedStudy(study.name(), states, List.of());
  }
}
