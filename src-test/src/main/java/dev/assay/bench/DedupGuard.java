package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The guard of an open store, with a new study for each call. The store is not closed: that would
 * end each of the thousands of trials that were claimed, with a file for each.
 */
@State(Scope.Benchmark)
public class DedupGuard {
  private static final List<Direction> DIRECTIONS = List.of(Direction.MAXIMIZE);

  /** The run's directory; stores are made beside it, and go with it. */
  @Param("")
  public String run = "";

  private List<ObjectNode> parameters = List.of();
  private List<String> signatures = List.of();
  private @Nullable Store store;
  private @Nullable StudyRecord study;
  private int studies;

  /** Reads the run's parameters and opens an empty store. */
  @Setup
  public void open() throws IOException {
    parameters = RunFiles.parameters(Path.of(run));
    Signatures uncached = new Signatures(0, 0);
    signatures = parameters.stream().map(uncached::parameterSignature).toList();
    store = Store.open(Files.createTempDirectory(Path.of(run).resolve("..").normalize(), "store"));
  }

  /** Begins another study. */
  @Setup(Level.Invocation)
  public void beginStudy() {
    studies++;
    study = store().openStudy("study " + studies, DIRECTIONS, Json.object(), Json.object());
  }

  private Store store() {
    if (store == null) {
      throw new IllegalStateException("the store is not open");
    }
    return store;
  }

  /** Each set is claimed on its own: looked up, added, and its trial begun. */
  @Benchmark
  public void claimEach(Blackhole sink) {
    long id = study == null ? -1 : study.id();
    for (ObjectNode set : parameters) {
      sink.consume(store().claim(id, set, Json.object(), null));
    }
  }

  /** All signatures are added as one import, which is on disk and visible afterwards. */
  @Benchmark
  public StudyRecord addAll() {
    String name = "import " + studies;
    try (StudyImport batch = store().beginImport(name, DIRECTIONS, Json.object(), Json.object())) {
      batch.addSignatures(signatures);
      return batch.commit();
    }
  }
}
