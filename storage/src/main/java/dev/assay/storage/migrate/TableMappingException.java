package dev.assay.storage.migrate;

/**
 * A table's columns do not give what was asked of them; the message lists the columns and says what
 * to ask instead. Nothing of the table was taken.
 */
public final class TableMappingException extends RuntimeException {
  TableMappingException(String message) {
    super(message);
  }
}
