package dev.assay.storage.optuna;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A study whose trials are read beside those of a run. Not safe to share between threads. */
final class LinkedStudy implements AutoCloseable {
  private final OptunaSource source;
  private final OpenSource open;
  private final OptunaStudy study;

  private LinkedStudy(OptunaSource source, OpenSource open, OptunaStudy study) {
    this.source = source;
    this.open = open;
    this.study = study;
  }

  /**
   * Opens a study.
   *
   * @return null where the source has none of this name
   * @throws RefusedException where the source or the study cannot be understood
   */
  static @Nullable LinkedStudy open(OptunaSource source, String name)
      throws IOException, SQLException, RefusedException {
    OpenSource open = source.open(false);
    LinkedStudy linked = null;
    try {
      open.database().requireSchema();
      for (StudyRow row : open.database().studies()) {
        if (row.name().equals(name)) {
          linked = new LinkedStudy(source, open, open.database().study(row));
        }
      }
    } finally {
      if (linked == null) {
        open.close();
      }
    }
    return linked;
  }

  String source() {
    return source.name();
  }

  StudyRow row() {
    return study.row();
  }

  int objectives() {
    return study.directions().size();
  }

  /** By what its trials are known again; all of the study is read. */
  List<TrialTrace> traces() throws SQLException {
    List<TrialTrace> traces = new ArrayList<>();
    try (OptunaTrials trials = open.database().trials(row().id())) {
      for (OptunaTrial trial = trials.next(); trial != null; trial = trials.next()) {
        TrialTrace trace = TrialTrace.of(trial);
        if (trace != null) {
          traces.add(trace);
        }
      }
    }
    return traces;
  }

  @Nullable OptunaTrial trial(long id) throws SQLException {
    return open.database().trial(row().id(), id);
  }

  /** Whether somebody wrote to it while it was read. */
  boolean isTorn() {
    return open.isTorn();
  }

  @Override
  public void close() {
    try {
      open.close();
    } catch (SQLException e) {
      // It was only read, and everything that was asked of it has been answered.
    }
  }
}
