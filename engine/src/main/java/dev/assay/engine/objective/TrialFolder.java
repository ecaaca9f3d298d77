package dev.assay.engine.objective;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.ObjectiveException;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The temporary folder of one attempt at a trial; closing deletes it with all that is in it. */
record TrialFolder(Path path) implements AutoCloseable {
  /** The largest result file that is read. */
  static final long MAX_RESULT_BYTES = 64L << 20;

  private static final int SHOWN = 60;

  static TrialFolder create() throws ObjectiveException {
    try {
      return new TrialFolder(Files.createTempDirectory("assay-trial-"));
    } catch (IOException problem) {
      throw new ObjectiveException("cannot make a temporary folder: " + problem, problem);
    }
  }

  Path paramsFile() {
    return path.resolve("params.json");
  }

  Path resultFile() {
    return path.resolve("result.json");
  }

  void writeParams(ObjectNode params) throws ObjectiveException {
    try {
      Files.write(paramsFile(), CanonicalJson.indentedBytes(params));
    } catch (IOException problem) {
      throw new ObjectiveException("cannot write %s: %s".formatted(paramsFile(), problem), problem);
    }
  }

  /** What the command wrote to the result file; null where there is no file, or an empty one. */
  @Nullable ObjectNode result() throws ObjectiveException {
    try {
      if (!Files.exists(resultFile()) || Files.size(resultFile()) == 0) {
        return null;
      }
      long size = Files.size(resultFile());
      if (size > MAX_RESULT_BYTES) {
        throw new ObjectiveException(
            "the command's {result_file} has %d bytes, expected %d at most"
                .formatted(size, MAX_RESULT_BYTES));
      }
      byte[] bytes = Files.readAllBytes(resultFile());
      if (Json.parse(bytes) instanceof ObjectNode object) {
        return object;
      }
      String start = new String(bytes, 0, Math.min(bytes.length, SHOWN), StandardCharsets.UTF_8);
      throw new ObjectiveException(
          "the command's {result_file} holds %s, expected a JSON object"
              .formatted(start.replaceAll("\\s+", " ").strip()));
    } catch (JsonProcessingException notJson) {
      throw new ObjectiveException(
          "the command's {result_file} is not JSON: " + notJson.getMessage(), notJson);
    } catch (IOException problem) {
      throw new ObjectiveException("cannot read the {result_file}: " + problem, problem);
    }
  }

  @Override
  public void close() {
    try {
      Files.walkFileTree(path, new Deletion());
    } catch (IOException stillUsed) {
      // A background process may still write there; the system clears its temporary folder.
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
