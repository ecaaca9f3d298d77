package dev.assay.storage;

/** A trial was asked for that is not in the store. */
public final class NoSuchTrialException extends StoreException {
  NoSuchTrialException(String message) {
    super(message);
  }
}
