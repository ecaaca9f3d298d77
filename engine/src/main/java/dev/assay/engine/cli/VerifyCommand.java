package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Store;
import dev.assay.storage.StoreFault;
import dev.assay.storage.StoreVerification;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay verify}. */
@Command(
    name = "verify",
    header = "Reads a whole store and names what in it is damaged.",
    description = {
      "Checks the live database, every file of the lake, each study's trials, counts and guard, and",
      "the trial files in runs/. Others may use the store meanwhile. One line for each fault; the",
      "exit code is 1 where there is one."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  assay verify", "  assay verify --store results --json"})
final class VerifyCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  VerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StoreVerification found = Store.verify(store.directory(console));
    if (json) {
      console.out().println(json(found));
    } else {
      console.show(found.faults().stream().map(VerifyCommand::line).toList());
    }
    String counts =
        "%d studies, %d trials, %d parts checked"
            .formatted(found.studies(), found.trials(), found.parts());
    console.note(
        found.isSound()
            ? "store is sound: " + counts
            : "store is damaged: %d faults; %s".formatted(found.faults().size(), counts));
    return found.isSound() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private static String line(StoreFault fault) {
    String message = fault.message().replaceAll("\\s*\\R\\s*", " ");
    return "%s: %s: %s".formatted(fault.kind().text(), fault.subject(), message);
  }

  private static String json(StoreVerification found) {
    ObjectNode json = Json.object();
    json.put("sound", found.isSound());
    json.put("studies", found.studies());
    json.put("trials", found.trials());
    json.put("parts", found.parts());
    ArrayNode faults = json.putArray("faults");
    for (StoreFault fault : found.faults()) {
      faults
          .addObject()
          .put("kind", fault.kind().text())
          .put("subject", fault.subject())
          .put("message", fault.message());
    }
    return CanonicalJson.compact(json);
  }
}
