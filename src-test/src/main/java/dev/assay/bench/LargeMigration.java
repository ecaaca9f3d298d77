package dev.assay.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code assay migrate} of a run of 4 GB ({@link LargeRun}), as a whole process with the launcher's
 * own options, and once more. The real run that it is made of is below the directory that the
 * system property {@code assay.legacy} names.
 */
final class LargeMigration implements Suite {
  private static final Path LAUNCHER = Path.of("engine/bin/assay");
  private static final int POLL_MS = 20;

  @Override
  public String name() {
    return "large-migration";
  }

  @Override
  public String description() {
    return "a run of 4 GB with logs and caches, migrated twice: time, memory, size";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path legacy = Path.of(System.getProperty("assay.legacy", "../shared/legacy"));
    if (!Files.isDirectory(legacy)) {
      throw new IOException("%s is missing; -Dassay.legacy=DIR names it".formatted(legacy));
    }
    if (!Files.isExecutable(LAUNCHER)) {
      throw new IOException("%s is missing; run this in the project's root".formatted(LAUNCHER));
    }
    try (LargeRun run = LargeRun.create(legacy)) {
      Path store = run.directory().resolveSibling("store");
      double source = bytes(run.directory());
      measure("first", run.directory(), store, figures);
      figures.accept(figure("source", "MB", source / 1e6));
      figures.accept(figure("source / lake", "times", source / bytes(store.resolve("lake"))));
      measure("second", run.directory(), store, figures);
    }
  }

  private void measure(String what, Path run, Path store, Consumer<Figure> figures)
      throws IOException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(
                LAUNCHER.toString(), "migrate", run.toString(), "--store", store.toString())
            .redirectOutput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    double peak = 0;
    try {
      while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
        peak = Math.max(peak, BenchStore.peakMegabytes(process.pid()));
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw new IOException("interrupted", e);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException("assay migrate ended with " + process.exitValue());
    }
    figures.accept(figure(what + " migration", "s", seconds));
    figures.accept(figure(what + " migration: memory", "MB", peak));
  }

  private static double bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private Figure figure(String figure, String unit, double value) {
    return new Figure(name(), figure, "cold", unit, value, value, value, 1, null);
  }
}
