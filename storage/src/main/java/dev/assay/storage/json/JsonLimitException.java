package dev.assay.storage.json;

/** JSON that is nested deeper, or has a longer number, than {@link Json} reads. */
public final class JsonLimitException extends MalformedJsonException {
  private JsonLimitException(MalformedJsonException found) {
    super(found.getMessage(), found.getLocation());
  }

  /**
   * @param offset where in the text the limit is passed, in UTF-16 units from 0
   */
  static JsonLimitException at(CharSequence text, int offset, String message) {
    return new JsonLimitException(MalformedJsonException.at(text, offset, message));
  }
}
