package dev.assay.engine.sampler;

/** A sampler cannot be had, or not for this search space. The message says what to use instead. */
public final class SamplerException extends RuntimeException {
  SamplerException(String message) {
    super(message);
  }
}
