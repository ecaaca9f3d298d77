package dev.assay.engine.sampler;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers that belong to one trial: they follow from the study's seed and the trial's number
 * alone, so they do not depend on how many workers there are or which of them runs it, and are the
 * same on every JDK as long as only {@code nextLong} is asked for.
 */
public final class TrialRandom {
  private static final long FOR_SAMPLER = 0x53414d504c45L;
  private static final long FOR_OBJECTIVE = 0x4f424a4543544956L;
  private static final long FOR_POINTS = 0x504f494e5453L;

  private TrialRandom() {}

  /**
   * The stream from which trial {@code number} is sampled; not safe to share between threads.
   *
   * @param retry how many proposals for this number were already turned down, from 0
   */
  public static RandomGenerator stream(long studySeed, long number, int retry) {
    return new SplittableRandom(mixed(mixed(mixed(studySeed, FOR_SAMPLER), number), retry));
  }

  /** The seed that trial {@code number} hands to its objective, apart from the sampler's stream. */
  public static long seed(long studySeed, long number) {
    return mixed(mixed(studySeed, FOR_OBJECTIVE), number);
  }

  /** A key for each dimension of a sequence of points, by which it is scrambled. */
  static long[] keys(int dimensions, long studySeed) {
    long[] keys = new long[dimensions];
    long forPoints = mixed(studySeed, FOR_POINTS);
    for (int i = 0; i < dimensions; i++) {
      keys[i] = mixed(forPoints, i);
    }
    return keys;
  }

  /** Folds {@code value} into {@code state} so that close values end far apart. */
  static long mixed(long state, long value) {
    // The multipliers are those of Stafford's variant 13 of the MurmurHash3 finalizer; the odd
    // constant in front is 2^64 divided by the golden ratio, which keeps zeros apart.
    long z = (state ^ (value + 0x9e3779b97f4a7c15L)) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
