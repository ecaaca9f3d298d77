package dev.assay.engine.objective;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process of a command, from its start to its end. Its output goes to the trial's log as it
 * comes; its input is empty.
 *
 * <p>A process that runs out of time, whose trial is given up, or whose thread is interrupted, is
 * ended with everything that it started: asked first, and killed when it is still there after
 * {@link #GRACE}. What a process leaves running in the background when it ends by itself is left
 * alone.
 */
final class CommandProcess {
  /** How long processes have to end after they were asked to. */
  static final Duration GRACE = Duration.ofSeconds(5);

  /** How long output is awaited that something in the background may still write. */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(10);
  private static final int CHUNK = 64 << 10;

  private final Process process;
  private final TrialLog log;
  private final CommandReports reports;
  private final OutputLines out;
  private final OutputLines err;

  /**
   * How a process ended.
   *
   * @param exitCode its exit code; 128 and a signal's number where a signal ended it; null where it
   *     ran out of time
   * @param out what it wrote to its standard output
   * @param err what it wrote to its standard error
   */
  record Ending(@Nullable Integer exitCode, OutputLines out, OutputLines err) {}

  private CommandProcess(Process process, TrialLog log, CommandReports reports) {
    this.process = process;
    this.log = log;
    this.reports = reports;
    this.out = new OutputLines(reports::take);
    this.err = new OutputLines(object -> false);
  }

  /**
   * Runs a command to its end.
   *
   * @param environment added to this process's own
   * @param timeout null for none
   * @param reports gets the intermediate values, and says when the process need not go on
   * @throws IOException when the process cannot be started
   * @throws InterruptedException when the thread is interrupted; the process has been ended then
   */
  static Ending run(
      List<String> words,
      Path directory,
      Map<String, String> environment,
      @Nullable Duration timeout,
      TrialLog log,
      CommandReports reports)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().putAll(environment);
    return new CommandProcess(builder.start(), log, reports).await(timeout);
  }

  private Ending await(@Nullable Duration timeout) throws InterruptedException {
    Thread outThread = follow(process.getInputStream(), out);
    Thread errThread = follow(process.getErrorStream(), err);
    // Not the reading thread, for output is read until the end, nor this one, which waits.
    Thread ending = new Thread(this::end, "assay-command-end");
    try {
      closeInput();
      reports.whenOver(ending::start);
      boolean ended = true;
      if (timeout == null) {
        process.waitFor();
      } else {
        ended = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
      }
      if (!ended) {
        end();
      }
      long lastOutput = System.nanoTime() + LAST_OUTPUT.toNanos();
      joinUntil(lastOutput, outThread);
      joinUntil(lastOutput, errThread);
      ending.join();
      return new Ending(ended ? process.exitValue() : null, out, err);
    } catch (InterruptedException stop) {
      end();
      throw stop;
    }
  }

  private static void joinUntil(long deadline, Thread thread) throws InterruptedException {
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
  }

  private void closeInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException alreadyGone) {
      // A process that has ended already has no input to close.
    }
  }

  private Thread follow(InputStream stream, OutputLines lines) {
    Thread thread = new Thread(() -> copy(stream, lines), "assay-command-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void copy(InputStream stream, OutputLines lines) {
    byte[] chunk = new byte[CHUNK];
    try (stream) {
      for (int length = stream.read(chunk); length >= 0; length = stream.read(chunk)) {
        log.write(chunk, length);
        lines.write(chunk, length);
      }
    } catch (IOException ended) {
      // The stream of a process that was killed may break off; what came is kept.
    } finally {
      lines.end();
    }
  }

  private void end() {
    List<ProcessHandle> processes = tree(List.of(process.toHandle()));
    processes.forEach(ProcessHandle::destroy);
    if (!gone(processes)) {
      List<ProcessHandle> stubborn = tree(processes);
      stubborn.forEach(ProcessHandle::destroyForcibly);
      gone(stubborn);
    }
  }

  /** The processes and all that descend from them. */
  private static List<ProcessHandle> tree(List<ProcessHandle> processes) {
    return processes.stream()
        .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
        .distinct()
        .toList();
  }

  /** Waits for all to end, {@link #GRACE} at most; a second interrupt means no more waiting. */
  private static boolean gone(List<ProcessHandle> processes) {
    List<ProcessHandle> left = new ArrayList<>(processes);
    long deadline = System.nanoTime() + GRACE.toNanos();
    while (left.removeIf(handle -> !handle.isAlive()) || !left.isEmpty()) {
      if (left.isEmpty()) {
        return true;
      }
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      try {
        Thread.sleep(POLL.toMillis());
      } catch (InterruptedException again) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
