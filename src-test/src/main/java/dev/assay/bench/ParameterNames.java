package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Names of all parameter sets of a run, with caches of the default size, and the limit of it. */
@State(Scope.Benchmark)
public class ParameterNames {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private final Signatures signatures =
      new Signatures(Signatures.DEFAULT_KEY_LIMIT, Signatures.DEFAULT_SIGNATURE_LIMIT);
  private List<ObjectNode> parameters = List.of();
  private List<ObjectNode> equal = List.of();
  private List<byte[]> texts = List.of();

  /** Reads the run's parameters. */
  @Setup
  public void read() throws IOException {
    parameters = RunFiles.parameters(Path.of(run));
    equal = RunFiles.parameters(Path.of(run));
    texts =
        parameters.stream()
            .map(set -> CanonicalJson.sorted(set).getBytes(StandardCharsets.US_ASCII))
            .toList();
  }

  /** Trial keys; those of the first call are remembered for the others. */
  @Benchmark
  public void trialKeys(Blackhole sink) {
    parameters.forEach(set -> sink.consume(signatures.trialKey(set)));
  }

  /** Trial keys, none of which is remembered. */
  @Benchmark
  public void newTrialKeys(Blackhole sink) {
    signatures.clear();
    trialKeys(sink);
  }

  /** Trial keys of sets that are equal to those that have been seen, and not the same objects. */
  @Benchmark
  public void equalTrialKeys(Blackhole sink) {
    if (signatures.keyStatistics().size() == 0) {
      trialKeys(sink);
    }
    equal.forEach(set -> sink.consume(signatures.trialKey(set)));
  }

  /** Parameter signatures, none of which is remembered. */
  @Benchmark
  public void newSignatures(Blackhole sink) {
    signatures.clear();
    signatures(sink);
  }

  /** What the hashing takes of it: SHA-256 of texts that are there already. */
  @Benchmark
  public void digests(Blackhole sink) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    texts.forEach(text -> sink.consume(digest.digest(text)));
  }

  /** Parameter signatures; those of the first call are remembered for the others. */
  @Benchmark
  public void signatures(Blackhole sink) {
    parameters.forEach(set -> sink.consume(signatures.parameterSignature(set)));
  }
}
