package dev.assay.storage.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BiConsumer;

/** SHA-256 of what is written. Each thread has its own, for the one text that it has in hand. */
final class Sha256 {
  private static final int TYPICAL_LENGTH = 2048;

  /** A thread keeps no larger buffer than this. */
  private static final int MAX_KEPT_LENGTH = 64 * 1024;

  private static final HexFormat HEX = HexFormat.of();
  private static final ThreadLocal<Sha256> OF_THREAD = ThreadLocal.withInitial(Sha256::new);

  private final MessageDigest digest;
  private final AsciiBuffer text = new AsciiBuffer(TYPICAL_LENGTH);

  private Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The digest, in lower-case hexadecimal, of a set in the form that {@code form} writes. */
  static String of(ObjectNode parameters, BiConsumer<ObjectNode, AsciiBuffer> form) {
    Sha256 own = OF_THREAD.get();
    own.text.clear();
    form.accept(parameters, own.text);
    own.digest.update(own.text.array(), 0, own.text.length());
    if (own.text.array().length > MAX_KEPT_LENGTH) {
      OF_THREAD.remove();
    }
    return HEX.formatHex(own.digest.digest());
  }
}
