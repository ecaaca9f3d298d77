package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialLogTest {
  private static final int LIMIT = 100;
  private static final int TAIL = 20;

  @TempDir Path folder;

  private String logged(String text, SplittableRandom pieces) throws IOException {
    Path file = folder.resolve("deep").resolve("trial.log");
    try (TrialLog log = TrialLog.create(file, LIMIT, TAIL)) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(pieces.nextInt(1, 60), bytes.length - at);
        byte[] piece = new byte[length + 7];
        System.arraycopy(bytes, at, piece, 0, length);
        log.write(piece, length);
        at += length;
      }
    }
    return Files.readString(file);
  }

  @Test
  void theStartAndTheEndAreKept() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int length = 0; length < 300; length++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append((char) ('a' + i % 26));
      }
      int left = length - LIMIT - TAIL;
      String expected =
          left <= 0
              ? text.toString()
              : text.substring(0, LIMIT)
                  + "\n[%d bytes left out: a log holds 120]\n".formatted(left)
                  + text.substring(length - TAIL);
      assertThat(logged(text.toString(), random)).as("length %d", length).isEqualTo(expected);
    }
  }

  @Test
  void aLineOfOurOwnStandsByItself() throws IOException {
    Path file = folder.resolve("trial.log");
    TrialLog log = TrialLog.create(file);
    log.line("first");
    log.write(new byte[] {'x'}, 1);
    log.line("second");
    log.close();
    log.line("after the end");
    assertThat(file).hasContent("first\nx\nsecond\n");
  }
}
