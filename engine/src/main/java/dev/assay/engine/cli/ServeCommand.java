package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Views;
import dev.assay.engine.grpc.OptunaServer;
import dev.assay.engine.grpc.OptunaServerOptions;
import dev.assay.storage.Durability;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
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
      "Studies are durable, and a trial that waits is given to one worker only. Ctrl-C ends it when the",
      "calls under way have ended; clients may go on when it is started again."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:ended, by Ctrl-C", "1:the store or the port could not be opened"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay serve --grpc 13000",
      "  assay serve --grpc 13000 --trial-timeout 10m --retries 2",
      "  assay serve --grpc 0.0.0.0:13000 --token-file token --tls-cert cert.pem --tls-key key.pem"
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();
  @Mixin private OptunaOptions optuna = new OptunaOptions();
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

  @Override
  public Integer call() {
    if (!optuna.isAsked()) {
      throw new UsageException("nothing to serve; give --grpc 13000 for Optuna's clients");
    }
    OptunaServerOptions options = optuna.options(access.token(console), access.identity());
    Durability chosen = Chosen.of("--durability", durability, Durability.class);
    StoreOptions use =
        chosen == null ? StoreOptions.DEFAULT : StoreOptions.DEFAULT.withDurability(chosen);
    try (Store open = Store.open(store.directory(console), use)) {
      Views.publish(open.directory());
      try (OptunaServer server = OptunaServer.start(open, options)) {
        Signals.during(() -> served(open.directory(), server, options), stopped::countDown);
      }
    }
    return ExitCode.OK;
  }

  private boolean served(Path directory, OptunaServer server, OptunaServerOptions options) {
    if (json) {
      ObjectNode line = Json.object();
      line.putObject("grpc").put("host", options.host()).put("port", server.port());
      console.out().println(CanonicalJson.compact(line));
      console.out().flush();
    }
    console.note(
        "serving %s to Optuna at %s:%d; Ctrl-C ends it"
            .formatted(directory, options.host(), server.port()));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
