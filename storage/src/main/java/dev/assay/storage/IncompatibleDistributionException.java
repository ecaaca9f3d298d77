package dev.assay.storage;

/** A parameter was to get a distribution that its study cannot have beside that of other trials. */
public final class IncompatibleDistributionException extends StoreException {
  IncompatibleDistributionException(String message) {
    super(message);
  }
}
