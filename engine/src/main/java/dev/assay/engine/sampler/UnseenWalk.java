package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Visits every combination of a finite search space exactly once, in a scattered order from a
 * random start: for a run whose draws keep hitting combinations that are taken. It strides through
 * the combinations by a random step that shares no factor with their number, and so needs no memory
 * of where it has been. Safe to share between threads.
 */
public final class UnseenWalk {
  private final SearchSpace space;
  private final BigInteger size;
  private final BigInteger step;
  private BigInteger position;
  private BigInteger left;

  private UnseenWalk(SearchSpace space, BigInteger size, BigInteger step, BigInteger start) {
    this.space = space;
    this.size = size;
    this.step = step;
    this.position = start;
    this.left = size;
  }

  /**
   * A walk over {@code space}; null where a parameter is continuous, so that combinations do not
   * run out.
   *
   * @param random decides on the start and the step
   */
  public static @Nullable UnseenWalk over(SearchSpace space, RandomGenerator random) {
    BigInteger size = space.size();
    if (size == null) {
      return null;
    }
    BigInteger start = below(size, random);
    BigInteger step = below(size, random);
    while (!step.gcd(size).equals(BigInteger.ONE)) {
      step = step.add(BigInteger.ONE);
    }
    return new UnseenWalk(space, size, step, start);
  }

  /** The next combination; null when all have been visited. */
  public @Nullable ObjectNode next() {
    BigInteger index = advance();
    return index == null ? null : space.combination(index);
  }

  private synchronized @Nullable BigInteger advance() {
    if (left.signum() == 0) {
      return null;
    }
    left = left.subtract(BigInteger.ONE);
    BigInteger index = position;
    position = position.add(step).mod(size);
    return index;
  }

  /** A number below {@code bound}, nearly even: 64 bits more than it has are folded into it. */
  private static BigInteger below(BigInteger bound, RandomGenerator random) {
    BigInteger drawn = BigInteger.ZERO;
    for (int bits = 0; bits < bound.bitLength() + 64; bits += 63) {
      drawn = drawn.shiftLeft(63).or(BigInteger.valueOf(random.nextLong() >>> 1));
    }
    return drawn.mod(bound);
  }
}
