package dev.assay.storage.optuna;

import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.sql.SQLException;
import java.time.format.DateTimeFormatter;

/** A storage of Optuna's on its way to disk. Used by one thread. */
interface OptunaOutput extends AutoCloseable {
  /** How it writes a moment. */
  DateTimeFormatter time();

  /** The id that the next trial will have there. */
  long nextTrialId();

  /** Begins a study; the trials that follow are its own. */
  void begin(StudyRecord study) throws IOException, SQLException;

  /** Adds the trial with the next number. */
  void add(OptunaTrial trial) throws IOException, SQLException;

  /** Puts everything on disk; nothing is added after that. */
  void finish() throws IOException, SQLException;

  @Override
  void close() throws IOException, SQLException;
}
