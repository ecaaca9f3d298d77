package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What another system keeps of one run's trials, while the run comes in. Not safe to share between
 * threads.
 */
public interface RunLink extends AutoCloseable {
  /** The trial with what the other system knows of it; as it is where that has no such trial. */
  FrozenTrial link(FrozenTrial trial);

  /** The run was committed as its study with all that {@link #link} gave. */
  void committed();

  /** What the run's study says of the link. */
  ObjectNode studyAttrs();

  /** What a reader of the report should know. */
  List<Finding> findings();

  /** What was linked; null where nobody asked for it. */
  @Nullable LinkReport report();

  @Override
  void close();

  /**
   * A run of which the other system has nothing.
   *
   * @param reason why, for the report; null where nobody asked
   */
  record Unlinked(@Nullable String reason) implements RunLink {
    @Override
    public FrozenTrial link(FrozenTrial trial) {
      return trial;
    }

    @Override
    public void committed() {}

    @Override
    public ObjectNode studyAttrs() {
      return Json.object();
    }

    @Override
    public List<Finding> findings() {
      return reason == null
          ? List.of()
          : List.of(new Finding(Finding.Kind.NOTE, "", "not linked: " + reason));
    }

    @Override
    public @Nullable LinkReport report() {
      return reason == null ? null : LinkReport.none(reason);
    }

    @Override
    public void close() {}
  }
}
