package dev.assay.engine.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C, SIGTERM and SIGHUP, which stop a run first, and the process at once when they come again.
 * A shutdown hook cannot do the second. The JDK's signals are reached by reflection because the
 * compiler warns of them and there is no way to say that we know.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final List<Restoring> before = new ArrayList<>();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Runnable stop;

  private record Restoring(Object signal, Object handler) {}

  private Signals(Runnable stop) {
    this.stop = stop;
  }

  /** Does {@code work}; the first signal meanwhile runs {@code stop}. */
  static <T> T during(Supplier<T> work, Runnable stop) {
    Signals signals = new Signals(stop);
    NAMES.forEach(signals::handle);
    try {
      return work.get();
    } finally {
      signals.restore();
    }
  }

  private void handle(String name) {
    try {
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> answer(proxy, method, arguments));
      Object signal =
          Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
      before.add(new Restoring(signal, install(signal, handler)));
    } catch (ReflectiveOperationException e) {
      // A JVM without these signals (-Xrs, or another system) leaves them their usual meaning.
      LOG.debug("signal {} is not handled", name, e);
    }
  }

  private Object answer(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      case "toString" -> "Signals";
      default -> {
        received();
        yield 0;
      }
    };
  }

  private void received() {
    if (stopped.compareAndSet(false, true)) {
      stop.run();
    } else {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
  }

  private static Object install(Object signal, Object handler) throws ReflectiveOperationException {
    Method handle =
        signal
            .getClass()
            .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"));
    return handle.invoke(null, signal, handler);
  }

  private void restore() {
    for (Restoring restoring : before) {
      try {
        install(restoring.signal(), restoring.handler());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a signal's former handler cannot be put back", e);
      }
    }
  }
}
