package dev.assay.bench;

import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A store of made-up trials, spread evenly over its studies. Each study is one import, so that the
 * store's own writer writes its part, its guard and its summary; a thread for each processor takes
 * one study at a time. The same trials for the same figures, on any machine; the trials' ids go by
 * which study ended first.
 *
 * @param trials in all studies together
 * @param parameters of each trial
 */
record GeneratedStore(long trials, int parameters, int studies, long seed) {
  /** How far it is. */
  record Progress(int studies, long trials) {}

  GeneratedStore {
    requireAtLeast("trials", 0, trials);
    requireAtLeast("params", 1, parameters);
    requireAtLeast("studies", 1, studies);
  }

  private static void requireAtLeast(String what, int least, long found) {
    if (found < least) {
      throw new IllegalArgumentException(
          "--%s is %d, expected %d or more".formatted(what, found, least));
    }
  }

  /**
   * Writes the store.
   *
   * @param directory not there yet
   * @param progress told after each study, one thread at a time
   * @throws IOException where it cannot be written; what is there then is a store of fewer studies
   */
  void write(Path directory, Consumer<Progress> progress) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (Store store = Store.open(directory)) {
      Work work = new Work(store, progress);
      List<Future<?>> studies = new ArrayList<>();
      for (int i = 0; i < this.studies; i++) {
        studies.add(pool.submit(work::nextStudy));
      }
      try {
        for (Future<?> each : studies) {
          each.get();
        }
      } finally {
        pool.shutdownNow();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** How many trials a study has. */
  private long trialsOf(int study) {
    return trials / studies + (study < trials % studies ? 1 : 0);
  }

  private final class Work {
    private final Store store;
    private final Consumer<Progress> progress;
    private int begun;
    private Progress done = new Progress(0, 0);

    Work(Store store, Consumer<Progress> progress) {
      this.store = store;
      this.progress = progress;
    }

    private void nextStudy() {
      Begun next = begin();
      try (StudyImport study = next.into) {
        for (long number = 0; number < trialsOf(next.index); number++) {
          study.addTrial(next.study.trial(number));
        }
        study.commit();
      }
      ended(trialsOf(next.index));
    }

    /** In the order of the studies: so go their ids. */
    private synchronized Begun begin() {
      GeneratedStudy study = new GeneratedStudy(seed, begun, parameters);
      return new Begun(begun++, study, store.beginImport(study.settings()));
    }

    private synchronized void ended(long trials) {
      done = new Progress(done.studies + 1, done.trials + trials);
      progress.accept(done);
    }
  }

  private record Begun(int index, GeneratedStudy study, StudyImport into) {}
}
