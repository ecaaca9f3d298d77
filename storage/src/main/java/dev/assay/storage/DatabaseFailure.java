package dev.assay.storage;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteException;

/** Says what SQLite's errors mean for the store, and what to do. */
final class DatabaseFailure {
  // Primary result codes, the low byte of the extended ones.
  private static final int BUSY = 5;
  private static final int READ_ONLY = 8;
  private static final int IO_ERROR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int NOT_A_DATABASE = 26;

  private DatabaseFailure() {}

  static StoreException of(Path file, SQLException e) {
    return new StoreException(file + ": " + reason(e), e);
  }

  static String reason(SQLException e) {
    return switch (e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0) {
      case BUSY ->
          "database is locked: it stayed busy for %d s; end the process that holds it and try again"
              .formatted(TimeUnit.MILLISECONDS.toSeconds(LiveDatabase.BUSY_TIMEOUT_MS));
      case FULL ->
          "the disk is full (%s); nothing of this step was stored, free some space and try again"
              .formatted(e.getMessage());
      case IO_ERROR ->
          "the disk failed (%s); nothing of this step was stored, check the disk and its space"
              .formatted(e.getMessage());
      case READ_ONLY ->
          "it cannot be written (%s); check the permissions of the file and its directory"
              .formatted(e.getMessage());
      case CORRUPT, NOT_A_DATABASE ->
          "it is damaged (%s); put back a copy of it, with its -wal file, or let 'assay repair' make it anew"
              .formatted(e.getMessage());
      default -> String.valueOf(e.getMessage());
    };
  }
}
