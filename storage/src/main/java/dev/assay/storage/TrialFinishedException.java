package dev.assay.storage;

/** A trial was to be changed that has finished, or that a worker of the store evaluates. */
public final class TrialFinishedException extends StoreException {
  TrialFinishedException(String message) {
    super(message);
  }
}
