package dev.assay.storage;

/** A study was asked for that is not in the store, or was deleted. */
public final class NoSuchStudyException extends StoreException {
  NoSuchStudyException(String message) {
    super(message);
  }
}
