package dev.assay.storage.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** Text that is not JSON. The message is one line and begins with line and column, from 1. */
class MalformedJsonException extends JsonProcessingException {
  MalformedJsonException(String message, JsonLocation location) {
    super(message, location);
  }

  /**
   * @param offset where in the text the error is, in UTF-16 units from 0
   */
  static MalformedJsonException at(CharSequence text, int offset, String message) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < offset; i++) {
      boolean newLine = text.charAt(i) == '\n';
      line += newLine ? 1 : 0;
      column = newLine ? 1 : column + 1;
    }
    return new MalformedJsonException(
        "line %d, column %d: %s".formatted(line, column, message),
        new JsonLocation(null, offset, line, column));
  }

  /** Without the location that Jackson would put on a second line. */
  @Override
  public String getMessage() {
    return getOriginalMessage();
  }
}
