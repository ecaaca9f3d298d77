package dev.assay.tests;

import java.io.IOException;
import java.util.List;

/** A real Optuna of one version. */
final class OptunaEnvironment {
  static final String VERSION = "5.0.0";

  /** Its driver for PostgreSQL, what its client of a server stands on, and two of its samplers. */
  private static final List<String> PACKAGES =
      List.of(
          "optuna==" + VERSION,
          "psycopg2-binary==2.9.13",
          "grpcio==1.85.1",
          "protobuf==7.36.2",
          "cmaes==0.13.1",
          "scipy==1.17.1");

  private static final PythonEnvironment PYTHON =
      new PythonEnvironment("optuna-" + VERSION, PACKAGES);

  private OptunaEnvironment() {}

  /** As {@link PythonEnvironment#run}. */
  static String run(String program, String... arguments) throws IOException, InterruptedException {
    return PYTHON.run(program, arguments);
  }

  /** As {@link PythonEnvironment#start}. */
  static Launcher.Started start(String program, String... arguments)
      throws IOException, InterruptedException {
    return PYTHON.start(program, arguments);
  }
}
