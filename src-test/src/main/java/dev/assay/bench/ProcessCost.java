package dev.assay.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a process that has ended took, as Linux tells it.
 *
 * @param cpuSeconds of the process and of those that it has waited for, in steps of 10 ms
 * @param megabytes the most memory that it was seen to have in hand
 */
record ProcessCost(double cpuSeconds, double megabytes) {
  private static final double TICKS_A_SECOND = 100;

  /** Runs a command to its end, without its output; it must succeed. */
  static ProcessCost of(List<String> command) throws IOException {
    double before = childrenSeconds();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    double most = 0;
    try {
      while (!process.waitFor(2, TimeUnit.MILLISECONDS)) {
        most = Math.max(most, BenchStore.peakMegabytes(process.pid()));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("%s ended with %d".formatted(command, process.exitValue()));
    }
    return new ProcessCost(childrenSeconds() - before, most);
  }

  /** What this process took so far. */
  static double ownSeconds() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  /** What the processes took that this one has started and that have ended. */
  private static double childrenSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // The name of the program, in brackets, may hold spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_A_SECOND;
  }
}
