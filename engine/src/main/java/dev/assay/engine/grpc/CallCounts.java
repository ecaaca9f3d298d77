package dev.assay.engine.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls by their outcome, and times them by call and outcome where there is a registry:
 * the timer {@code assay.optuna.calls} with the tags {@code call} and {@code status}. Safe to share
 * between threads.
 */
final class CallCounts implements ServerInterceptor {
  private record Outcome(MethodDescriptor<?, ?> method, Status.Code code) {}

  private final @Nullable MeterRegistry registry;
  private final Map<Status.Code, LongAdder> byCode = new ConcurrentHashMap<>();
  private final Map<Outcome, Timer> timers = new ConcurrentHashMap<>();

  /**
   * @param registry null for none
   */
  CallCounts(@Nullable MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public <T, R> ServerCall.Listener<T> interceptCall(
      ServerCall<T, R> call, Metadata headers, ServerCallHandler<T, R> next) {
    long began = System.nanoTime();
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            count(call.getMethodDescriptor(), status.getCode(), System.nanoTime() - began);
            super.close(status, trailers);
          }
        },
        headers);
  }

  private void count(MethodDescriptor<?, ?> method, Status.Code code, long nanos) {
    byCode.computeIfAbsent(code, key -> new LongAdder()).increment();
    if (registry != null) {
      timers
          .computeIfAbsent(new Outcome(method, code), outcome -> timer(registry, outcome))
          .record(Duration.ofNanos(nanos));
    }
  }

  private static Timer timer(MeterRegistry registry, Outcome outcome) {
    return Timer.builder("assay.optuna.calls")
        .tag("call", String.valueOf(outcome.method().getBareMethodName()))
        .tag("status", outcome.code().name())
        .register(registry);
  }

  /** How many calls have ended, by their outcome. */
  Map<String, Long> ended() {
    Map<String, Long> counts = new TreeMap<>();
    byCode.forEach((code, count) -> counts.put(code.name(), count.sum()));
    return counts;
  }
}
