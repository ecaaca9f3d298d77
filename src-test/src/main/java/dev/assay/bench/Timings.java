package dev.assay.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long the same work took, each time, beside the processors' time of this process, which says
 * what it would have taken on a machine that has nothing else to do.
 *
 * @param millis by the clock
 * @param cpuMillis of all threads
 */
record Timings(List<Double> millis, List<Double> cpuMillis) {
  /** What is measured. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  static Timings of(int rounds, Work work) throws IOException {
    Timings timings = new Timings(new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < rounds; round++) {
      double cpu = ProcessCost.ownSeconds();
      long begin = System.nanoTime();
      work.run();
      timings.millis.add((System.nanoTime() - begin) / 1e6);
      timings.cpuMillis.add((ProcessCost.ownSeconds() - cpu) * 1e3);
    }
    return timings;
  }

  /** A figure of each, the peer beside that by the clock. */
  void tell(
      String benchmark, String name, String mode, @Nullable Double peer, Consumer<Figure> figures) {
    figures.accept(Figure.of(benchmark, name, mode, "ms", millis, peer));
    figures.accept(Figure.of(benchmark, name, mode, "CPU-ms", cpuMillis, null));
  }
}
