package dev.assay.storage.migrate;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells files that somebody is writing from those that hold still. A file's time is compared with
 * this machine's clock, so that an old file need not be watched first; where the clocks differ,
 * what is seen counts. Not safe to share between threads.
 */
final class Stillness {
  /** A file that nobody has written to for so long may be read at the first look. */
  private static final long STILL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final long settleNanos;
  private Map<String, Seen> seen = new HashMap<>();
  private long wallNanos;
  private long now;

  private record Seen(long size, long modified, long since, boolean isAgain) {}

  /**
   * @param settle after so long without a change a file will stay as it is
   */
  Stillness(Duration settle) {
    this.settleNanos = settle.toNanos();
  }

  /**
   * Looks at the folder.
   *
   * @param now nanoseconds on a clock that only goes forward
   * @param wallMillis milliseconds since 1970
   * @return whether a file is new or has changed since the last look
   */
  boolean look(RunListing files, long now, long wallMillis) {
    this.now = now;
    this.wallNanos = TimeUnit.MILLISECONDS.toNanos(wallMillis);
    Map<String, Seen> next = new HashMap<>();
    boolean isMoving = false;
    for (SourceFile file : files.files()) {
      Seen before = seen.get(file.path());
      long since = now;
      boolean isSame = false;
      if (before != null) {
        isSame = before.size() == file.size() && before.modified() == file.modified();
        since = isSame ? before.since() : now;
      }
      isMoving |= !isSame;
      next.put(file.path(), new Seen(file.size(), file.modified(), since, isSame));
    }
    seen = next;
    return isMoving;
  }

  /** Whether nobody seems to be writing the file at this moment. */
  boolean isStill(SourceFile file) {
    Seen last = seen.get(file.path());
    return (last != null && last.isAgain()) || isOlder(file, STILL_NANOS);
  }

  /** Whether nobody has written the file for long. */
  boolean isSettled(SourceFile file) {
    Seen last = seen.get(file.path());
    return (last != null && last.isAgain() && now - last.since() >= settleNanos)
        || isOlder(file, settleNanos);
  }

  private boolean isOlder(SourceFile file, long nanos) {
    return wallNanos - file.modified() >= nanos;
  }
}
