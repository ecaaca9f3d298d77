package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Names of all parameter sets of a run, with caches of the default size. */
@State(Scope.Benchmark)
public class ParameterNames {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private final Signatures signatures =
      new Signatures(Signatures.DEFAULT_KEY_LIMIT, Signatures.DEFAULT_SIGNATURE_LIMIT);
  private List<ObjectNode> parameters = List.of();

  /** Reads the run's parameters. */
  @Setup
  public void read() throws IOException {
    parameters = RunFiles.parameters(Path.of(run));
  }

  /** Trial keys. */
  @Benchmark
  public void trialKeys(Blackhole sink) {
    parameters.forEach(set -> sink.consume(signatures.trialKey(set)));
  }

  /** Parameter signatures. */
  @Benchmark
  public void signatures(Blackhole sink) {
    parameters.forEach(set -> sink.consume(signatures.parameterSignature(set)));
  }
}
