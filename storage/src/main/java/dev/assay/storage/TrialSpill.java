package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Trials of an import that have no ids yet, in a file that the operating system deletes with the
 * process: a run may have more of them than fit into memory. Not safe to share between threads.
 */
final class TrialSpill implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final FileChannel channel;
  private final DataOutputStream out;
  private final Map<TrialState, Long> unfinished = new EnumMap<>(TrialState.class);
  private int count;

  TrialSpill(Path directory) throws IOException {
    channel = Disk.scratch(directory);
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
  }

  void add(FrozenTrial trial) throws IOException {
    byte[] json = CanonicalJson.compactBytes(TrialJson.toJson(trial));
    out.writeInt(json.length);
    out.write(json);
    count++;
    if (!trial.state().isFinished()) {
      unfinished.merge(trial.state(), 1L, Long::sum);
    }
  }

  /** How many have not finished, by their states. */
  Map<TrialState, Long> unfinished() {
    return unfinished;
  }

  int count() {
    return count;
  }

  /** The trials as they are in the store: ids from {@code firstId}, numbers from 0. */
  TrialRows from(long firstId) {
    return reader -> {
      out.flush();
      channel.position(0);
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
      for (int number = 0; number < count; number++) {
        byte[] json = new byte[in.readInt()];
        in.readFully(json);
        ObjectNode node = (ObjectNode) Json.parse(json);
        node.put("trial_id", firstId + number);
        node.put("number", (long) number);
        reader.accept(TrialJson.fromJson(node), CanonicalJson.compact(node));
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
