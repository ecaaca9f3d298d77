package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Views;
import dev.assay.analytics.flight.FlightOptions;
import dev.assay.analytics.flight.FlightSqlServer;
import dev.assay.engine.grpc.OptunaServer;
import dev.assay.engine.grpc.OptunaServerOptions;
import dev.assay.storage.Durability;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay serve}. */
@Command(
    name = "serve",
    header = "Serves the store to programs in other languages and on other machines.",
    description = {
      "With --grpc it is a storage for Optuna's clients:",
      "storage=optuna.storages.GrpcStorageProxy(host=\"localhost\", port=13000) in Python and nothing else.",
      "Studies are durable, and a trial that waits is given to one worker only. With --flight it answers",
      "the SQL of 'assay query' over Arrow Flight SQL; nothing can be changed by it. Ctrl-C ends both when",
      "calls of Optuna under way have ended; clients may go on when it is started again."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:ended, by Ctrl-C", "1:the store or the port could not be opened"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay serve --grpc 13000",
      "  assay serve --grpc 13000 --trial-timeout 10m --retries 2",
      "  assay serve --flight 31337 --grpc 13000",
      "  assay serve --grpc 0.0.0.0:13000 --token-file token --tls-cert cert.pem --tls-key key.pem"
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();
  @Mixin private OptunaOptions optuna = new OptunaOptions();
  @Mixin private FlightOption flight = new FlightOption();
  @Mixin private ServerAccess access = new ServerAccess();

  @Option(
      names = "--durability",
      paramLabel = "normal|full",
      description =
          "What an acknowledged call survives: normal, the default, any end of the process; full also a power failure.")
  private @Nullable String durability;

  @Option(
      names = "--json",
      description = "Prints where it listens as a JSON line on standard output.")
  private boolean json;

  private final Console console;
  private final CountDownLatch stopped = new CountDownLatch(1);

  ServeCommand(Console console) {
    this.console = console;
  }

  /**
   * Something that is served.
   *
   * @param name as the line of {@code --json} has it
   * @param host where it listens, with {@code port}
   * @param lines what the user is told
   */
  private record Service(
      String name, String host, int port, List<String> lines, AutoCloseable server) {}

  /** A service that is yet to be started. */
  private interface Start {
    Service with(Store store);
  }

  @Override
  public Integer call() throws Exception {
    List<Start> services = services();
    if (services.isEmpty()) {
      throw new UsageException(
          "nothing to serve; give --grpc 13000 for Optuna's clients, or --flight 31337 for SQL");
    }
    Durability chosen = Chosen.of("--durability", durability, Durability.class);
    StoreOptions use =
        chosen == null ? StoreOptions.DEFAULT : StoreOptions.DEFAULT.withDurability(chosen);
    Deque<Service> running = new ArrayDeque<>();
    try (Store open = Store.open(store.directory(console), use)) {
      Views.publish(open.directory());
      try {
        services.forEach(service -> running.push(service.with(open)));
        Signals.during(() -> served(running), stopped::countDown);
      } finally {
        for (Service service : running) {
          service.server().close();
        }
      }
    }
    return ExitCode.OK;
  }

  /** What is asked for; wrong use is told before anything is opened. */
  private List<Start> services() {
    List<Start> services = new ArrayList<>();
    if (optuna.isAsked()) {
      OptunaServerOptions options = optuna.options(access.token(console), access.identity());
      services.add(open -> grpc(open, options));
    }
    if (flight.isAsked()) {
      FlightOptions options = flight.options(access.token(console), access.identity());
      services.add(open -> flight(open, options));
    }
    return services;
  }

  private Service grpc(Store open, OptunaServerOptions options) {
    OptunaServer server = OptunaServer.start(open, options);
    String line =
        "serving %s to Optuna at %s:%d; Ctrl-C ends it"
            .formatted(open.directory(), options.host(), server.port());
    return new Service("grpc", options.host(), server.port(), List.of(line), server);
  }

  private Service flight(Store open, FlightOptions options) {
    FlightSqlServer server = FlightSqlServer.start(open, options);
    List<String> lines = new ArrayList<>();
    lines.add(
        "answering SQL from %s at %s:%d over Arrow Flight; Ctrl-C ends it"
            .formatted(open.directory(), options.host(), server.port()));
    lines.addAll(flight.lines(options, server.port()));
    return new Service("flight", options.host(), server.port(), lines, server);
  }

  private boolean served(Deque<Service> running) {
    if (json) {
      ObjectNode line = Json.object();
      for (Service service : running) {
        line.putObject(service.name()).put("host", service.host()).put("port", service.port());
      }
      console.out().println(CanonicalJson.compact(line));
      console.out().flush();
    }
    running.forEach(service -> service.lines().forEach(console::note));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
