package dev.assay.bench;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs methods with JMH, in JVMs of their own.
 *
 * @param log where JMH writes what it does
 */
record Jmh(Path log) {
  private static final int COLD_FORKS = 5;
  private static final int WARM_UPS = 100;
  private static final int WARM_SAMPLES = 15;

  /** One call in each of several fresh JVMs, in milliseconds. */
  Statistics cold(Class<?> type, String method, Path run) throws RunnerException {
    return only(
        options(type, method, run)
            .mode(Mode.SingleShotTime)
            .forks(COLD_FORKS)
            .warmupIterations(0)
            .measurementIterations(1));
  }

  /** Calls after as many that do not count, in one JVM, in milliseconds. */
  Statistics warm(Class<?> type, String method, Path run) throws RunnerException {
    return only(
        options(type, method, run)
            .mode(Mode.SingleShotTime)
            .forks(1)
            .warmupIterations(WARM_UPS)
            .measurementIterations(WARM_SAMPLES));
  }

  /** One call in each of {@code forks} fresh JVMs, in milliseconds. */
  Statistics cold(Class<?> type, String method, int forks) throws RunnerException {
    return only(
        options(type, method)
            .mode(Mode.SingleShotTime)
            .forks(forks)
            .warmupIterations(0)
            .measurementIterations(1));
  }

  /** Calls after {@code warmUps} that do not count, in one JVM, in milliseconds. */
  Statistics warm(Class<?> type, String method, int warmUps, Map<String, String> parameters)
      throws RunnerException {
    ChainedOptionsBuilder options = options(type, method);
    parameters.forEach(options::param);
    return only(
        options
            .mode(Mode.SingleShotTime)
            .forks(1)
            .warmupIterations(warmUps)
            .measurementIterations(WARM_SAMPLES));
  }

  /** The mean of a call in each of several seconds after a warm-up, in microseconds. */
  Statistics average(Class<?> type, String method, Path run) throws RunnerException {
    return average(options(type, method, run));
  }

  /** The same for methods that need no run. */
  Statistics average(Class<?> type, String method) throws RunnerException {
    return average(options(type, method));
  }

  private static Statistics average(ChainedOptionsBuilder options) throws RunnerException {
    return only(
        options
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.MICROSECONDS)
            .forks(1)
            .warmupTime(TimeValue.seconds(1))
            .warmupIterations(3)
            .measurementTime(TimeValue.seconds(1))
            .measurementIterations(5));
  }

  private ChainedOptionsBuilder options(Class<?> type, String method, Path run) {
    return options(type, method).param("run", run.toString());
  }

  private ChainedOptionsBuilder options(Class<?> type, String method) {
    return new OptionsBuilder()
        .include("^" + type.getName().replace(".", "\\.") + "\\." + method + "$")
        .timeUnit(TimeUnit.MILLISECONDS)
        .shouldFailOnError(true)
        .output(log.toString());
  }

  private static Statistics only(ChainedOptionsBuilder options) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    return results.iterator().next().getPrimaryResult().getStatistics();
  }
}
