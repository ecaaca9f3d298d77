package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wall clock that jumps changes the times that are told, and nothing else. */
class ClockJumpTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration TEN_YEARS = Duration.ofDays(3653);
  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final int TRIALS = 24;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  /** Shows what it is told to. */
  private static final class WallClock extends Clock {
    private Instant now = NOW;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("nobody needs it");
    }

    @Override
    public synchronized Instant instant() {
      return now;
    }

    synchronized void jump(Duration by) {
      now = now.plus(by);
    }

    synchronized void set(Instant time) {
      now = time;
    }
  }

  private static Store open(Path path, Clock wall) {
    StoreOptions options = new StoreOptions(Duration.ofHours(1), 10_000);
    return Store.open(path, StoreDirectory.open(path), options, new Clocks(wall, System::nanoTime));
  }

  private static StudyRecord study(Store store) {
    return store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static Claim claim(Store store, int key) {
    return store.claim(study(store).id(), StoreProcess.params(key), Json.object(), null);
  }

  private static Claim.Lease acquire(Store store, int key) {
    return ((Claim.Acquired) claim(store, key)).lease();
  }

  private static void finish(Store store, Claim.Lease lease, int key) {
    store.finish(
        lease,
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(StoreProcess.value(key))
            .durationSeconds(0.25)
            .build());
  }

  /** Some trials sealed, some shown, some hot; before each step the clock says another time. */
  private static void work(Store store, WallClock wall, Instant... times) {
    for (int key = 0; key < TRIALS; key++) {
      wall.set(times[2 * key % times.length]);
      Claim.Lease lease = acquire(store, key);
      wall.set(times[(2 * key + 1) % times.length]);
      finish(store, lease, key);
      if (key == TRIALS / 3) {
        store.seal(lease.studyId());
      } else if (key == 2 * TRIALS / 3) {
        store.refresh();
      }
    }
    store.flush();
  }

  /** What the store has come to: all trials, the summary, and the files of the run, as text. */
  private static List<String> outcome(Store store) throws Exception {
    StudyRecord study = study(store);
    List<String> lines = new ArrayList<>();
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials.forEach(trial -> lines.add(CanonicalJson.compact(TrialJson.toJson(trial))));
    }
    lines.add(store.summary(study.id(), 100).toString());
    lines.add(String.valueOf(store.bestTrial(study.id())));
    for (Path file : StudyImportTest.filesBelow(store.runDirectory(study))) {
      lines.add(file.getFileName() + Files.readString(file));
    }
    return lines;
  }

  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceAll("-?\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+(Z|\\+00:00)?", "TIME"))
        .map(line -> line.replaceAll("\"(start|complete)_us\":-?\\d+", "TIME"))
        .toList();
  }

  @Test
  void resultsAreTheSameWhateverTheWallClockDoes() throws Exception {
    List<String> expected;
    WallClock steady = new WallClock();
    try (Store store = open(directory.resolve("steady"), steady)) {
      work(store, steady, NOW);
      expected = outcome(store);
    }
    WallClock wall = new WallClock();
    try (Store store = open(directory.resolve("jumping"), wall)) {
      work(
          store,
          wall,
          NOW,
          NOW.plus(TEN_YEARS),
          NOW.minus(TEN_YEARS),
          NOW.minusMillis(1),
          Instant.parse("2026-03-29T00:59:59.999999Z"),
          Instant.parse("2026-03-29T01:00:00Z"),
          Instant.parse("1969-12-31T23:59:59.999999Z"));
      List<String> found = outcome(store);

      assertThat(found).isNotEqualTo(expected);
      assertThat(withoutTimes(found)).isEqualTo(withoutTimes(expected));
      assertThat(store.summary(study(store).id(), 0).lastUpdate()).isEqualTo(NOW.plus(TEN_YEARS));
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  /** 01:30 in New York comes twice that night, and 02:30 does not come in the spring. */
  @Test
  void zoneAndSummerTimeOfTheMachineChangeNothing() throws Exception {
    Path utc = directory.resolve("UTC");
    List<StoreProcess> processes = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    for (String zone : List.of("America/New_York", "Asia/Kolkata")) {
      Path other = directory.resolve("store" + others.size());
      others.add(other);
      processes.add(StoreProcess.run(InZone.class, directory, other, zone));
    }
    InZone.main(new String[] {utc.toString(), "UTC"});
    for (StoreProcess process : processes) {
      process.join();
    }
    List<String> expected = whole(utc);
    for (Path other : others) {
      assertThat(whole(other)).isEqualTo(expected);
    }
  }

  /** Works on a store as a machine of that zone does. */
  static final class InZone {
    public static void main(String[] arguments) {
      TimeZone before = TimeZone.getDefault();
      // Before any of our classes is there.
      TimeZone.setDefault(TimeZone.getTimeZone(arguments[1]));
      WallClock wall = new WallClock();
      try (Store store = open(Path.of(arguments[0]), wall)) {
        work(
            store,
            wall,
            Instant.parse("2026-11-01T05:30:00.000001Z"),
            Instant.parse("2026-11-01T06:30:00.000001Z"),
            Instant.parse("2026-03-08T06:59:59Z"),
            Instant.parse("2026-03-08T07:30:00Z"));
      } finally {
        TimeZone.setDefault(before);
      }
    }
  }

  private static List<String> whole(Path path) throws Exception {
    List<String> lines;
    try (Store store = Store.openExisting(path)) {
      lines = outcome(store);
    }
    lines.add(timesInTheLake(path));
    return lines;
  }

  private static String timesInTheLake(Path path) throws Exception {
    try (LakeFixture fixture = new LakeFixture(path)) {
      return fixture
          .query(
              "SELECT number, epoch_us(datetime_start), epoch_us(datetime_complete) "
                  + "FROM read_parquet(FILES, union_by_name = true) ORDER BY 1",
              "trials",
              "delta")
          .toString();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void noLeaseRunsOutAndNoFileGoesWhenTheClockJumps(long direction) throws Exception {
    Path path = directory.resolve("store");
    WallClock wall = new WallClock();
    try (Store owner = open(path, wall);
        Store observer = open(path, wall)) {
      long study = study(owner).id();
      finish(owner, acquire(owner, 0), 0);
      owner.refresh();
      List<Path> shown = StudyImportTest.filesBelow(path.resolve("lake/deltas"));
      owner.seal(study);
      Claim.Lease running = acquire(owner, 1);
      assertThat(claim(observer, 1)).isInstanceOf(Claim.Duplicate.class);

      wall.jump(TEN_YEARS.multipliedBy(direction));
      observer.beat();

      assertThat(claim(observer, 1)).isInstanceOf(Claim.Duplicate.class);
      assertThat(observer.failAbandoned(study)).isZero();
      observer.refresh();
      finish(owner, acquire(owner, 2), 2);
      owner.refresh();
      assertThat(shown).hasSize(1).allSatisfy(file -> assertThat(file).exists());
      finish(owner, running, 1);
      assertThat(observer.counts(study).complete()).isEqualTo(3);
    }
  }

  @Test
  void graceEndsByTheMonotonicClocksOfThoseWhoHadTheStoreOpen() throws Exception {
    Path path = directory.resolve("store");
    Path file;
    AtomicLong first = new AtomicLong(Long.MAX_VALUE - 1);
    WallClock wall = new WallClock();
    try (LakeFixture fixture = fixture(path, wall, first)) {
      file = dropped(fixture);
      wall.jump(TEN_YEARS);
      first.addAndGet(Duration.ofMinutes(6).toNanos());
    }
    AtomicLong second = new AtomicLong(-7);
    wall.jump(TEN_YEARS.multipliedBy(-2));
    try (LakeFixture fixture = fixture(path, wall, second)) {
      second.addAndGet(Duration.ofMinutes(4).toNanos() - 1_000);
      fixture.lake.refresh();
      assertThat(file).exists();
      second.addAndGet(1_000);
      fixture.lake.refresh();
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void timeThatTwoHaveWaitedAtOnceCountsOnce() throws Exception {
    Path path = directory.resolve("store");
    Path file;
    AtomicLong nanoTime = new AtomicLong();
    WallClock wall = new WallClock();
    try (LakeFixture one = fixture(path, wall, nanoTime)) {
      file = dropped(one);
      try (LakeFixture other = fixture(path, wall, nanoTime)) {
        nanoTime.addAndGet(Duration.ofMinutes(4).toNanos());
        other.lake.refresh();
      }
      nanoTime.addAndGet(Duration.ofMinutes(2).toNanos());
    }
    try (LakeFixture later = fixture(path, wall, nanoTime)) {
      later.lake.refresh();
      assertThat(file).exists();
    }
  }

  private static LakeFixture fixture(Path path, Clock wall, AtomicLong nanoTime) {
    StoreDirectory.open(path).close();
    return new LakeFixture(path, GRACE, new Clocks(wall, nanoTime::get));
  }

  /** A file that a seal has taken out of the manifest. */
  private static Path dropped(LakeFixture fixture) throws Exception {
    long study = fixture.createStudy("s");
    fixture.insertComplete(study, 1);
    fixture.lake.refresh();
    Path file = fixture.files("delta").get(0);
    fixture.seal(study);
    return file;
  }
}
