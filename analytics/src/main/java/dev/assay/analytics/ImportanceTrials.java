package dev.assay.analytics;

import dev.assay.storage.StudyRecord;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The trials that importance is measured by: complete ones with a finite target. */
final class ImportanceTrials {
  private final double[] targets;
  private final List<ParameterColumn> columns;
  private final boolean areDeclared;

  ImportanceTrials(double[] targets, List<ParameterColumn> columns, boolean areDeclared) {
    this.targets = targets;
    this.columns = columns;
    this.areDeclared = areDeclared;
  }

  /** What is to be small or large, a number for each trial. Not to be changed. */
  double[] targets() {
    return targets;
  }

  /** The parameters, in the order in which they were found. */
  List<ParameterColumn> columns() {
    return columns;
  }

  /**
   * Whether the trials say which values their parameters could take; else the ranges and values
   * that were seen stand for that.
   */
  boolean areDeclared() {
    return areDeclared;
  }

  /**
   * @param target SQL of the number to measure by, over the columns of a part
   */
  static ImportanceTrials read(Connection session, StudyRecord study, String target)
      throws SQLException {
    String from =
        """
        (SELECT %s AS target, * FROM %s WHERE state = 'COMPLETE' AND isfinite(%s))
        """
            .formatted(target, Views.wideParts(study.name()), target);
    List<ParameterSpace> spaces = ParameterSpace.read(session, from);
    long trials = spaces.stream().mapToLong(ParameterSpace::trials).sum();
    boolean areDeclared = spaces.stream().noneMatch(space -> space.declared().isEmpty());
    ParameterSource source =
        areDeclared && DeclaredParameters.canRead(spaces)
            ? new DeclaredParameters(spaces, PromotedColumns.ofParameters(session, study.name()))
            : new SeenParameters((int) trials, areDeclared ? spaces : List.of());
    double[] targets = new double[(int) trials];
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT %s FROM %s".formatted(source.select(), from))) {
      for (int trial = 0; row.next(); trial++) {
        targets[trial] = row.getDouble(1);
        source.take(trial, row);
      }
    }
    return new ImportanceTrials(targets, source.columns(), areDeclared);
  }
}
