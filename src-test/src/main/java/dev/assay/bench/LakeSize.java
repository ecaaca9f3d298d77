package dev.assay.bench;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How small the lake keeps real runs of more than 10 MB, every byte of them, against {@code zstd -3
 * --long=27} over the same files. The runs are in the directory that the system property {@code
 * assay.legacy} names.
 */
final class LakeSize implements Suite {
  private static final long LEAST_BYTES = 10_000_000;
  private static final int LEVEL = 3;
  private static final int WINDOW_LOG = 27;

  @Override
  public String name() {
    return "lake-size";
  }

  @Override
  public String description() {
    return "real runs over 10 MB in the lake, against zstd -3 --long=27";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path legacy = Path.of(System.getProperty("assay.legacy", "../shared/legacy"));
    if (!Files.isDirectory(legacy)) {
      throw new IOException("%s is missing; -Dassay.legacy=DIR names it".formatted(legacy));
    }
    for (Path run : entries(legacy)) {
      List<Path> files = files(run);
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
      }
      if (bytes > LEAST_BYTES) {
        measure(run, figures);
      }
    }
  }

  private void measure(Path run, Consumer<Figure> figures) throws IOException {
    String label = String.valueOf(run.getFileName());
    double source = 0;
    for (Path file : files(run)) {
      source += Files.size(file) / 1e6;
    }
    try (BenchStore bench = new BenchStore()) {
      double empty = bench.bytes("lake") / 1e6;
      long begin = System.nanoTime();
      LegacyMigration.migrate(bench.store(), List.of(run), MigrationListener.NONE);
      double seconds = (System.nanoTime() - begin) / 1e9;
      double lake = bench.bytes("lake") / 1e6 - empty;
      figures.accept(figure(label + ": lake", "MB", lake, compressed(run) / 1e6));
      figures.accept(figure(label + ": source / lake", "times", source / lake, null));
      figures.accept(figure(label + ": import", "MB/s", source / seconds, null));
      figures.accept(figure("memory", "MB", BenchStore.peakMegabytes(), null));
    }
  }

  private Figure figure(String figure, String unit, double value, @Nullable Double peer) {
    return new Figure(name(), figure, "cold", unit, value, value, value, 1, peer);
  }

  /** How many bytes zstd makes of a run's files, one after the other. */
  private static long compressed(Path run) throws IOException {
    long[] bytes = {0};
    OutputStream counted =
        new OutputStream() {
          @Override
          public void write(int b) {
            bytes[0]++;
          }

          @Override
          public void write(byte[] content, int offset, int length) {
            bytes[0] += length;
          }
        };
    try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(counted, LEVEL)) {
      zstd.setLong(WINDOW_LOG);
      for (Path file : files(run)) {
        Files.copy(file, zstd);
      }
    }
    return bytes[0];
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<Path> files(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
