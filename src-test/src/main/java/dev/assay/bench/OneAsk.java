package dev.assay.bench;

import static java.util.Objects.requireNonNull;

import dev.assay.engine.Study;
import dev.assay.engine.Trial;
import dev.assay.engine.sampler.Samplers;
import dev.assay.storage.FrozenTrial;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One proposal and its outcome, in a study that has many trials already. */
@State(Scope.Benchmark)
public class OneAsk {
  /** As in study files. */
  @Param("tpe")
  public String sampler = "";

  /** How many floats the study has. */
  @Param("20")
  public int parameters;

  /** How many finished trials the study has. */
  @Param("1000")
  public int trials;

  private @Nullable Study study;

  /** Fills the study by chance. */
  @Setup
  public void fill() {
    Study.Builder builder = Study.builder(OneStudy.floats(parameters)).seed(1);
    Study random = builder.sampler(Samplers.named("random")).inMemory();
    random.optimize(OneStudy.objective(1), trials, 1);
    study = builder.sampler(Samplers.named(sampler)).inMemory();
    random.trials().forEach(trial -> copy(trial));
  }

  private void copy(FrozenTrial trial) {
    Study into = requireNonNull(study);
    into.enqueue(trial.params());
    Trial asked = requireNonNull(into.ask());
    into.tell(asked, requireNonNull(trial.value()));
  }

  /** Asks for parameters and tells their value. */
  @Benchmark
  public FrozenTrial ask() throws Exception {
    Study asked = requireNonNull(study);
    Trial trial = requireNonNull(asked.ask());
    return asked.tell(trial, OneStudy.objective(1).evaluate(trial));
  }
}
