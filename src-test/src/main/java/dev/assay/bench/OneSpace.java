package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One set of 40 parameters at a time. */
@State(Scope.Thread)
public class OneSpace {
  private static final int SETS = 64;
  private static final int PARAMETERS = 40;

  private final RandomGenerator random = new SplittableRandom(1);
  private final ObjectNode[] params = new ObjectNode[SETS];
  private final double[][] values = new double[SETS][];
  private SearchSpace mixed = of("1");
  private SearchSpace stepped = of("1");
  private int next;

  /** Declares the spaces, and draws the sets that are turned back and forth. */
  @Setup
  public void declare() throws IOException {
    mixed =
        of(
            """
            {"type": "float", "low": 0.1, "high": 2.5, "step": 0.005}""",
            """
            {"type": "float", "low": -5, "high": 10}""",
            """
            {"type": "float", "low": 1e-5, "high": 1, "log": true}""",
            """
            {"type": "int", "low": 1, "high": 200}""",
            """
            {"type": "categorical", "choices": ["a", "b", "c", 4, 5.5]}""");
    stepped =
        of(
            """
            {"type": "float", "low": 0.1, "high": 2.5, "step": 0.005}""");
    for (int i = 0; i < SETS; i++) {
      params[i] = mixed.draw(random);
      values[i] = mixed.values(params[i]);
    }
  }

  /** A space of 40 parameters that are declared in turn like these. */
  private static SearchSpace of(String... definitions) {
    ObjectNode declared = Json.object();
    try {
      for (int i = 0; i < PARAMETERS; i++) {
        declared.set("p" + i, Json.parse(definitions[i % definitions.length]));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
    return SearchSpace.of(declared);
  }

  private int step() {
    next = (next + 1) % SETS;
    return next;
  }

  /** 40 parameters of five types, by chance. */
  @Benchmark
  public ObjectNode draw() {
    return mixed.draw(random);
  }

  /** 40 parameters with a step, by chance. */
  @Benchmark
  public ObjectNode drawSteps() {
    return stepped.draw(random);
  }

  /** What the objective gets, from numbers. */
  @Benchmark
  public ObjectNode params() {
    return mixed.params(values[step()]);
  }

  /** Numbers, from what an objective got. */
  @Benchmark
  public double[] values() {
    return mixed.values(params[step()]);
  }
}
