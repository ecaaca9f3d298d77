package dev.assay.engine.sampler;

import java.util.random.RandomGenerator;

/**
 * One request for parameters.
 *
 * @param number the number that the trial is going to have
 * @param retry how many proposals for this number were already turned down, from 0
 * @param random the trial's own stream of random numbers; a sampler asks it for {@code nextLong}
 *     alone, directly or through {@link Draws}, since what the JDK derives from it may change
 */
public record Ask(long number, int retry, RandomGenerator random) {}
