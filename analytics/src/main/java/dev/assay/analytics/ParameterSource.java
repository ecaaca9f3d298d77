package dev.assay.analytics;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** How parameters come out of the trials that count. Not safe to share between threads. */
interface ParameterSource {
  /** SQL of what is to be read of each trial; its target comes first. */
  String select();

  /**
   * Takes one trial.
   *
   * @param trial counts from 0
   */
  void take(int trial, ResultSet row) throws SQLException;

  /** The parameters of the trials that were taken, in the order in which they were found. */
  List<ParameterColumn> columns();
}
