package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-07-01 12:00:00, 2026-07-01T10:00:00Z",
    "2026-07-01T12:00:00.123456789, 2026-07-01T10:00:00.123456789Z",
    "2026-07-01, 2026-06-30T22:00:00Z",
    "2026-07-01 12:00:00.5Z, 2026-07-01T12:00:00.500Z",
    "2026-07-01 12:00:00+00:00, 2026-07-01T12:00:00Z",
    "2026-07-01 12:00:00-0330, 2026-07-01T15:30:00Z",
    "2026-07-01 12:00:00 UTC, 2026-07-01T12:00:00Z",
    "2026-07-01_12-30-00, 2026-07-01T10:30:00Z",
    "1700000000, 2023-11-14T22:13:20Z",
    "1700000000.25, 2023-11-14T22:13:20.250Z",
    "1700000000250, 2023-11-14T22:13:20.250Z",
    "1700000000250000, 2023-11-14T22:13:20.250Z",
    "1700000000250000000, 2023-11-14T22:13:20.250Z",
    "2026-13-01,",
    "soon,",
    "nan,"
  })
  void aTimeIsReadInItsZoneOrElseInThatOfTheTable(String text, @Nullable String expected) {
    assertThat(String.valueOf(TableTime.instant(text, ZoneId.of("Europe/Berlin"))))
        .isEqualTo(String.valueOf(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1.5",
    "0 days 00:00:01.500000, 1.5",
    "2 days 01:00:00, 176400.0",
    "1 day, 86400.0",
    "00:01:30, 90.0",
    "a while,"
  })
  void aDurationIsReadInSeconds(String text, @Nullable Double expected) {
    assertThat(TableTime.seconds(text)).isEqualTo(expected);
  }
}
