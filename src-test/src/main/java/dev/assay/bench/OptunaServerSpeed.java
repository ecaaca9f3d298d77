package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.cli.Main;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server under stock Optuna clients, beside Optuna's own storages under the same, in one run. */
final class OptunaServerSpeed implements Suite {
  private static final String LAUNCHER = "engine/bin/assay";
  private static final String SCRIPT = "optuna_server.py";

  /** What the script's eight processes do together. */
  private static final int TRIALS_OF_EIGHT = 2000;

  private static final String ADDED = "add";

  @Override
  public String name() {
    return "optuna-server";
  }

  @Override
  public String description() {
    return "a trial of Optuna's clients at a server, and at Optuna's own storages (--optuna)";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Python python = peers.python();
    if (python == null) {
      throw new IOException("its clients are Python; give --optuna PYTHON, one that has Optuna");
    }
    try (BenchStore bench = new BenchStore()) {
      Path directory = bench.directory().resolveSibling("peers");
      if (!directory.toFile().mkdir()) {
        throw new IOException("cannot make " + directory);
      }
      Path store = bench.directory().resolveSibling("served");
      Process server = serve(store);
      try (BufferedReader lines = server.inputReader(StandardCharsets.UTF_8)) {
        String port = Json.parse(lines.readLine()).path("grpc").path("port").asText();
        Consumer<JsonNode> said = line -> figures.accept(figure(line));
        python.run(SCRIPT, said, port, directory.toString(), "one");
        double before = cpuSeconds(server);
        python.run(SCRIPT, said, port, directory.toString(), "eight");
        double seconds = (cpuSeconds(server) - before) / TRIALS_OF_EIGHT;
        figures.accept(figure("the server's CPU, 8 processes", seconds, null));
        python.run(SCRIPT, said, port, directory.toString(), ADDED);
        String database = export(store, directory.resolve("frame.db"));
        python.run(SCRIPT, said, port, directory.toString(), "frame", database);
      } finally {
        server.destroy();
        server.onExit().join();
      }
    }
  }

  /** As users start it, with the options for the JVM that it has then. */
  private static Process serve(Path store) throws IOException {
    return new ProcessBuilder(
            LAUNCHER, "serve", "--grpc", "0", "--json", "--store", store.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The added trials as a database of Optuna's, which it would need minutes to write itself. */
  private static String export(Path store, Path database) throws IOException {
    List<String> command =
        List.of("export", ADDED, "--to", database.toString(), "--store", store.toString());
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    if (Main.run(command.toArray(String[]::new), nowhere, System.err) != 0) {
      throw new IOException("cannot export to " + database);
    }
    return "sqlite:///" + database;
  }

  private static double cpuSeconds(Process process) {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  private Figure figure(JsonNode line) {
    List<Double> seconds = new ArrayList<>();
    line.forEach(each -> seconds.add(each.asDouble()));
    return figure(line.path(0).asText(), seconds.get(1), seconds.get(2));
  }

  private Figure figure(String name, double seconds, @Nullable Double peer) {
    double ms = seconds * 1000;
    return new Figure(
        name(), name, "warm", "ms", ms, ms, ms, 1, peer == null ? null : (Double) (peer * 1000));
  }
}
