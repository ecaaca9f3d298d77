package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One name at a time, over and over through a run's parameter sets. */
@State(Scope.Thread)
public class OneName {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private final Signatures cached =
      new Signatures(Signatures.DEFAULT_KEY_LIMIT, Signatures.DEFAULT_SIGNATURE_LIMIT);
  private final Signatures uncached = new Signatures(0, 0);
  private List<ObjectNode> parameters = List.of();
  private List<String> lines = List.of();
  private int next;

  /** Reads the run's parameters. */
  @Setup
  public void read() throws IOException {
    parameters = RunFiles.parameters(Path.of(run));
    lines = parameters.stream().map(CanonicalJson::compact).toList();
  }

  private int step() {
    next = next + 1 == parameters.size() ? 0 : next + 1;
    return next;
  }

  /** A trial key, from the cache. */
  @Benchmark
  public String trialKey() {
    return cached.trialKey(parameters.get(step()));
  }

  /** A trial key, computed. */
  @Benchmark
  public String trialKeyUncached() {
    return uncached.trialKey(parameters.get(step()));
  }

  /** A signature, from the cache. */
  @Benchmark
  public String signature() {
    return cached.parameterSignature(parameters.get(step()));
  }

  /** A signature, computed. */
  @Benchmark
  public String signatureUncached() {
    return uncached.parameterSignature(parameters.get(step()));
  }

  /** One set of parameters, parsed from its line. */
  @Benchmark
  public JsonNode parse() throws IOException {
    return Json.parse(lines.get(step()));
  }
}
