package dev.assay.storage;

/**
 * A study was not grown, because it is not what the caller took it for: another has grown it, or
 * has added trials of its own. Nothing was stored, and the store itself works.
 */
public final class StudyChangedException extends StoreException {
  StudyChangedException(String message) {
    super(message);
  }
}
