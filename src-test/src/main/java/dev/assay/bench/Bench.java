package dev.assay.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/** The program behind {@code src-test/bin/bench}. */
public final class Bench {
  private static final String USAGE =
      """
      Usage: bench [NAME...] [--optuna PYTHON] [--json]

      Runs benchmarks and prints a figure a line; without names it lists them.
        --optuna  a Python that has Optuna, and Rustuna where it is to be compared: what peers need is
                  measured in the same run, else it is as recorded
        --json    print a JSON object a line
        --help    print this
      """;

  private static final String LISTED = "%-16s %s%n";

  private final PrintStream out;
  private final PrintStream err;
  private final Path log;

  Bench(PrintStream out, PrintStream err, Path log) {
    this.out = out;
    this.err = err;
    this.log = log;
  }

  /** Ends the JVM with 0, 1 where a benchmark failed, or 2 where the arguments were wrong. */
  public static void main(String[] args) {
    Path log = Path.of(System.getProperty("assay.bench.log", "bench.log"));
    System.exit(new Bench(System.out, System.err, log).run(List.of(args)));
  }

  int run(List<String> args) {
    if (!args.isEmpty() && args.get(0).equals(QualityTable.NAME)) {
      return new QualityTable(out, err).run(args.subList(1, args.size()));
    }
    Function<Figure, String> format = Figure::line;
    Python python = null;
    List<Suite> chosen = new ArrayList<>();
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      if (arg.equals("--json")) {
        format = Figure::jsonLine;
      } else if (arg.equals("--optuna") && rest.hasNext()) {
        python = new Python(rest.next());
      } else if (arg.equals("--help")) {
        out.print(USAGE);
        return 0;
      } else if (!choose(arg, chosen)) {
        return 2;
      }
    }
    if (chosen.isEmpty()) {
      Suite.ALL.forEach(suite -> out.printf(LISTED, suite.name(), suite.description()));
      out.printf(LISTED, QualityTable.NAME, QualityTable.DESCRIPTION);
      return 0;
    }
    return measure(chosen, python, format);
  }

  private boolean choose(String arg, List<Suite> chosen) {
    if (arg.startsWith("-")) {
      err.printf("bench: there is no option %s%n%s", arg, USAGE);
      return false;
    }
    for (Suite suite : Suite.ALL) {
      if (suite.name().equals(arg)) {
        chosen.add(suite);
        return true;
      }
    }
    err.printf(
        "bench: there is no benchmark '%s', expected one of %s%n",
        arg, String.join(", ", Suite.ALL.stream().map(Suite::name).toList()));
    return false;
  }

  private int measure(
      List<Suite> chosen, @Nullable Python python, Function<Figure, String> format) {
    Jmh jmh = new Jmh(log);
    for (Suite suite : chosen) {
      try {
        suite.run(jmh, Peers.load(python), figure -> out.println(format.apply(figure)));
      } catch (IOException | RunnerException e) {
        err.printf("bench: %s failed: %s; what JMH did is in %s%n", suite.name(), e, log);
        return 1;
      }
    }
    return 0;
  }
}
