package dev.assay.engine.cli;

import dev.assay.analytics.Views;
import dev.assay.storage.Store;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.migrate.LegacyWatch;
import dev.assay.storage.migrate.Sizes;
import dev.assay.storage.migrate.WatchBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay watch}. */
@Command(
    name = "watch",
    header = "Takes run directories in while the legacy system is still writing them.",
    description = {
      "Each PATH is a run, or a folder of runs, in which new ones may appear. What holds still comes",
      "into the store in batches, a line each. Of a file that changes later the newest bytes are kept;",
      "a trial stays as it was taken first, and the line says so. The sources are never written to.",
      "Watching goes on where it was left, and ends with Ctrl-C."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended, by Ctrl-C as well",
      "1:the store could not be written, or a run was left alone",
      "130:Ctrl-C with --once or --until-idle"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay watch results/hparam_search",
      "  assay watch results/hparam_search --until-idle 30m",
      "  assay watch results/hparam_search --once --json"
    })
final class WatchCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "PATH", description = "A run, or a folder of runs.")
  private List<Path> paths = List.of();

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "2s",
      description =
          "How often to look; 2s by default. A folder that rests is looked at less often.")
  private String every = "";

  @Option(
      names = "--batch",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long at least lies between two batches of a run; 10s by default.")
  private String batch = "";

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      defaultValue = "10m",
      description =
          "When nobody has written a file for so long it is taken as it is, whole or not; 10m by default.")
  private String settle = "";

  @ArgGroup private @Nullable End end;

  @Option(names = "--json", description = "A JSON line a batch on standard output.")
  private boolean json;

  private final Console console;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean leftAlone;

  /** When to end by itself. */
  static final class End {
    @Option(
        names = "--until-idle",
        paramLabel = "TIME",
        description = "Ends when nothing has changed for so long.")
    private @Nullable String untilIdle;

    @Option(names = "--once", description = "Takes in what holds still now, and ends.")
    @SuppressWarnings("UnusedVariable") // That the group is there says it.
    private boolean once;
  }

  WatchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    paths.forEach(SourceArgument::requireThere);
    Duration pause = TimeSpan.parse("--every", every);
    Duration between = TimeSpan.parse("--batch", batch);
    Duration rest = TimeSpan.parse("--settle", settle);
    Duration idle = Duration.ZERO;
    if (end != null && end.untilIdle != null) {
      idle = TimeSpan.parse("--until-idle", end.untilIdle);
    }
    boolean endsByItself = end != null;
    Duration longest = idle;
    try (Store target = Store.open(store.directory(console))) {
      Views.publish(target.directory());
      LegacyWatch watch = new LegacyWatch(target, paths, between, rest);
      Signals.during(
          () -> {
            watch(watch, pause, longest, endsByItself);
            return true;
          },
          stopped::countDown);
    }
    if (endsByItself && stopped.getCount() == 0) {
      return ExitCode.INTERRUPTED;
    }
    return leftAlone ? ExitCode.FAILURE : ExitCode.OK;
  }

  /**
   * @param longest how long nothing may change; zero for one look
   */
  private void watch(LegacyWatch watch, Duration pause, Duration longest, boolean endsByItself) {
    report(watch.look());
    console.note(
        "watching %s%s"
            .formatted(Sizes.count(watch.runs(), "run"), endsByItself ? "" : "; Ctrl-C ends it"));
    while (!isStopped(pause) && !(endsByItself && watch.idle().compareTo(longest) >= 0)) {
      report(watch.look());
    }
    report(watch.finish());
  }

  /** Waits for so long, or until the user wants no more. */
  private boolean isStopped(Duration pause) {
    try {
      return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void report(List<WatchBatch> batches) {
    for (WatchBatch batch : batches) {
      leftAlone |= batch.refusal() != null;
      if (json) {
        console.out().println(CanonicalJson.compact(batch.toJson()));
        console.out().flush();
      }
      batch.lines().forEach(console::note);
    }
  }
}
