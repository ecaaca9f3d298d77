package dev.assay.storage.optuna;

import dev.assay.storage.json.CanonicalJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What identifies the content of a study: SHA-256 over its name, directions and attributes and over
 * everything of its trials but their ids and heartbeats. A copy in another database has the same.
 */
final class StudyFingerprint {
  private final MessageDigest digest;

  StudyFingerprint(OptunaStudy study) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    add(study.row().name());
    study.directions().forEach(direction -> add(direction.name()));
    add(CanonicalJson.compact(study.userAttrs()));
    add(CanonicalJson.compact(study.systemAttrs()));
    add(study.unreadable().toString());
  }

  /** The fingerprint of a study as it is now; all of it is read. */
  static String of(OptunaDatabase database, OptunaStudy study) throws SQLException {
    StudyFingerprint fingerprint = new StudyFingerprint(study);
    try (OptunaTrials trials = database.trials(study.row().id())) {
      for (OptunaTrial trial = trials.next(); trial != null; trial = trials.next()) {
        fingerprint.add(trial);
      }
    }
    return fingerprint.hex();
  }

  void add(OptunaTrial trial) {
    add(String.valueOf(trial.number()));
    add(trial.state());
    add(trial.start());
    add(trial.complete());
    add(trial.values().toString());
    trial.params().forEach(param -> add(param.toString()));
    add(trial.steps().toString());
    trial.userAttrs().forEach(this::add);
    add("system");
    trial.systemAttrs().forEach(this::add);
    add(trial.unreadable().toString());
  }

  private void add(OptunaTrial.Attr attr) {
    add(attr.key());
    add(attr.json());
  }

  private void add(@Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, text == null ? -1 : bytes.length));
    digest.update(bytes);
  }

  /** Asked once, at the end. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
