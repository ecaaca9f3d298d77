package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.SearchSpace;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Walks all combinations once, in the order of declaration, the last declared parameter varying
 * fastest; then there is nothing left. One of them serves one run.
 */
final class GridSampler implements Sampler {
  private BigInteger next = BigInteger.ZERO;

  private GridSampler() {}

  /**
   * A walk from the first combination.
   *
   * @throws SamplerException when a parameter of {@code space} has a continuous range
   */
  static GridSampler over(SearchSpace space) {
    sizeOf(space);
    return new GridSampler();
  }

  @Override
  public @Nullable ObjectNode suggest(History history, Ask ask) {
    BigInteger index = advance(sizeOf(history.space()));
    return index == null ? null : history.space().combination(index);
  }

  @Override
  public boolean readsHistory() {
    return false;
  }

  private static BigInteger sizeOf(SearchSpace space) {
    BigInteger size = space.size();
    if (size == null) {
      throw new SamplerException(
          "the grid sampler needs a finite number of values, but parameter %s has a continuous range: give it a step, or use --sampler random"
              .formatted(space.continuous()));
    }
    return size;
  }

  private synchronized @Nullable BigInteger advance(BigInteger size) {
    if (next.compareTo(size) >= 0) {
      return null;
    }
    BigInteger index = next;
    next = next.add(BigInteger.ONE);
    return index;
  }
}
