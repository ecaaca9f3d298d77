package dev.assay.engine.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CallLogTest {
  @Test
  void failuresAreSaidOnceASecondAndRefusalsNever() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    long begun = System.nanoTime();
    try {
      CallLog log = new CallLog();
      log.refused(Status.NOT_FOUND.withDescription("refused"), new RuntimeException());
      for (int call = 0; call < 1000; call++) {
        log.refused(Status.INTERNAL.withDescription("disk full"), new RuntimeException());
      }
    } finally {
      System.setErr(before);
    }
    long seconds = (System.nanoTime() - begun) / 1_000_000_000;
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .hasSizeBetween(1, (int) seconds + 1)
        .allMatch(line -> line.contains("a call failed: disk full"));
  }
}
