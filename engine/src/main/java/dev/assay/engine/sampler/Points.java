package dev.assay.engine.sampler;

/**
 * An endless sequence of points in the unit cube, any prefix of which covers it more evenly than
 * chance would. Not safe to share between threads.
 */
sealed interface Points permits SobolPoints, HaltonPoints {
  /**
   * The point at a place of the sequence.
   *
   * @param index from 0; the cost does not depend on it
   * @return a coordinate from 0 to below 1 for each dimension, an array of the caller's own
   */
  double[] at(int index);
}
