package dev.assay.engine.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WireTimeTest {
  private static final WireTime LOCAL = new WireTime(ZoneId.of("Asia/Kolkata"), WireTimes.LOCAL);
  private static final WireTime ISO = new WireTime(ZoneId.of("Asia/Kolkata"), WireTimes.ISO);

  @ParameterizedTest
  @CsvSource({
    "2026-11-23 08:15:00.000250, 2026-11-23T02:45:00.000250Z",
    "2026-11-23 08:15:00.5, 2026-11-23T02:45:00.5Z",
    "2026-11-23T08:15:00, 2026-11-23T02:45:00Z",
    "2026-11-23T08:15:00.000250+00:00, 2026-11-23T08:15:00.000250Z",
    "2026-11-23T08:15:00Z, 2026-11-23T08:15:00Z",
    "2026-11-23 08:15:00.123456789-03:30, 2026-11-23T11:45:00.123456Z",
  })
  void bothFormsAreUnderstood(String text, Instant moment) {
    assertThat(LOCAL.moment("datetime_start", text)).isEqualTo(moment);
  }

  @Test
  void theChosenFormIsWritten() {
    Instant moment = Instant.parse("2026-11-23T02:45:00.000250Z");
    assertThat(LOCAL.text(moment)).isEqualTo("2026-11-23 08:15:00.000250");
    assertThat(ISO.text(moment)).isEqualTo("2026-11-23T02:45:00.000250+00:00");
    assertThat(LOCAL.text(null)).isEmpty();
    assertThat(LOCAL.moment("datetime_start", "")).isNull();
  }

  @Test
  void yearsThatPythonDoesNotHaveAreLeftOut() {
    assertThat(LOCAL.text(Instant.parse("9999-12-31T23:00:00Z"))).isEmpty();
    assertThat(LOCAL.text(Instant.parse("0000-06-01T00:00:00Z"))).isEmpty();
    assertThat(LOCAL.text(Instant.parse("0001-06-01T00:00:00Z"))).startsWith("0001-06-01 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"now", "2026-02-30 08:15:00.000000", "2026-11-23", "1763885700"})
  void whatIsNoTimeIsRefused(String text) {
    assertThatThrownBy(() -> LOCAL.moment("datetime_complete", text))
        .isInstanceOf(InvalidCallException.class)
        .hasMessageStartingWith("datetime_complete is '" + text + "', expected a time such as ");
  }
}
