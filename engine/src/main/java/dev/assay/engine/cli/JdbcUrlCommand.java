package dev.assay.engine.cli;

import dev.assay.analytics.JdbcUrl;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay jdbc-url}. */
@Command(
    name = "jdbc-url",
    header = "Prints the URL with which another program opens the store through DuckDB's driver.",
    description = {
      "It needs DuckDB's own JDBC driver and nothing of Assay. In Python:",
      "  con = duckdb.connect(); con.execute(open(\"assay-store/views.sql\").read())",
      "A store that was moved or copied works again after this command; where it cannot be written,",
      "the file is in the temporary directory."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  assay jdbc-url --store assay-store", "  java $(assay jdbc-url --jvm-flags) ..."})
final class JdbcUrlCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--jvm-flags",
      description = "Prints the flags that the other program's JVM needs instead.")
  private boolean jvmFlags;

  private final Console console;

  JdbcUrlCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().println(jvmFlags ? JdbcUrl.jvmFlags() : JdbcUrl.of(store.directory(console)));
    return ExitCode.OK;
  }
}
