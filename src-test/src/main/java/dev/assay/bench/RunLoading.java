package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading a run's trial files. */
@State(Scope.Benchmark)
public class RunLoading {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private final Signatures signatures =
      new Signatures(Signatures.DEFAULT_KEY_LIMIT, Signatures.DEFAULT_SIGNATURE_LIMIT);

  /** All trials by their key. */
  @Benchmark
  public Map<String, JsonNode> load() throws IOException {
    return RunFiles.load(Path.of(run), signatures);
  }
}
