package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
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
  private final ColumnSurvey survey = new ColumnSurvey();

  TrialSpill(Path directory) throws IOException {
    channel = Disk.scratch(directory);
    out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
  }

  void add(FrozenTrial trial) throws IOException {
    survey.add(trial);
    ObjectNode node = TrialJson.toJson(trial);
    node.remove(List.of("trial_id", "number"));
    byte[] json = CanonicalJson.compactBytes(node);
    out.writeInt(json.length);
    out.write(json);
    if (!trial.state().isFinished()) {
      unfinished.merge(trial.state(), 1L, Long::sum);
    }
  }

  /** How many have not finished, by their states. */
  Map<TrialState, Long> unfinished() {
    return unfinished;
  }

  long count() {
    return survey.rows();
  }

  /** What columns their values make. */
  ColumnSurvey survey() {
    return survey;
  }

  /** The trials as they are in the store: ids from {@code firstId}, numbers from 0. */
  TrialRows from(long firstId) {
    return reader -> {
      out.flush();
      channel.position(0);
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
      for (long number = 0; number < count(); number++) {
        byte[] json = new byte[in.readInt()];
        in.readFully(json);
        // The members of an object come after its first brace.
        String record =
            "{\"trial_id\":"
                + (firstId + number)
                + ",\"number\":"
                + number
                + ","
                + new String(json, 1, json.length - 1, StandardCharsets.US_ASCII);
        try {
          reader.accept(Records.open(record), record);
        } catch (SQLException e) {
          throw new IOException(e.getMessage(), e);
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
