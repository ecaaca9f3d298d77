package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.ValidationStage;
import dev.assay.storage.DeletedStudy;
import dev.assay.storage.PrintableText;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay delete}. */
@Command(
    name = "delete",
    header = "Deletes a run for good: its trials, its parts and its files.",
    description = {
      "Asks first; --yes answers, and is needed where there is no terminal. A run with trials that",
      "are being evaluated is not deleted. Its validation goes with it. Queries that are at work end",
      "with the files they have: the parts leave the disk ten minutes later. The sources of a migrated",
      "run are not touched."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay delete backtest",
      "  assay delete run_20260115 --yes --json --store results"
    })
final class DeleteCommand implements Callable<Integer> {
  private static final Set<String> AGREED = Set.of("y", "yes");

  @Parameters(
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--yes", description = "Deletes it without asking.")
  private boolean yes;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  DeleteCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord study = opened.study(run);
      Store writable = opened.writable();
      StudyRecord validation = ValidationStage.find(writable, study);
      if (!yes && !agreed(study, validation, writable)) {
        console.note("nothing was deleted");
        return ExitCode.FAILURE;
      }
      DeletedStudy again = validation == null ? null : writable.deleteStudy(validation.id());
      DeletedStudy deleted = writable.deleteStudy(study.id());
      if (json) {
        ObjectNode node = json(deleted);
        if (again != null) {
          node.set("validation", json(again));
        }
        console.out().println(CanonicalJson.compact(node));
      } else {
        console.show(again == null ? List.of(line(deleted)) : List.of(line(deleted), line(again)));
      }
      return ExitCode.OK;
    }
  }

  private boolean agreed(StudyRecord study, @Nullable StudyRecord validation, Store writable) {
    String what =
        "'%s' with %d trials%s, of %s"
            .formatted(
                study.name(),
                writable.counts(study.id()).finished(),
                validation == null
                    ? ""
                    : " and its validation with " + writable.counts(validation.id()).finished(),
                writable.directory());
    if (!console.isInteractive()) {
      throw new UsageException("deleting %s cannot be undone; give --yes to do it".formatted(what));
    }
    console.err().print("Delete " + PrintableText.of(what) + "? It cannot be undone. [y/N] ");
    console.err().flush();
    String answer = answer();
    return answer != null && AGREED.contains(answer.strip().toLowerCase(Locale.ROOT));
  }

  /** The line that the user types; null where there is none. */
  private @Nullable String answer() {
    try {
      return new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8))
          .readLine();
    } catch (IOException e) {
      throw new CommandException("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private static String line(DeletedStudy deleted) {
    return "deleted '%s': %d trials, %d parts, %d bytes"
        .formatted(deleted.name(), deleted.trials(), deleted.parts(), deleted.bytes());
  }

  private static ObjectNode json(DeletedStudy deleted) {
    return Json.object()
        .put("study", deleted.name())
        .put("study_id", deleted.id())
        .put("trials", deleted.trials())
        .put("parts", deleted.parts())
        .put("bytes", deleted.bytes());
  }
}
