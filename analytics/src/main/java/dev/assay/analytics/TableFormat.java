package dev.assay.analytics;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The files in which a study is a table. */
public enum TableFormat {
  /** As {@link ResultFormat#CSV}. */
  CSV {
    @Override
    void write(Analytics session, String sql, Path file) throws IOException {
      query(session, sql, ResultFormat.CSV, file);
    }
  },
  /** An Arrow IPC file. */
  ARROW {
    @Override
    void write(Analytics session, String sql, Path file) throws IOException {
      query(session, sql, ResultFormat.FEATHER, file);
    }
  },
  /** An Arrow IPC stream. */
  ARROWS {
    @Override
    void write(Analytics session, String sql, Path file) throws IOException {
      query(session, sql, ResultFormat.ARROW, file);
    }
  },
  /** One Parquet file, compressed with ZSTD. */
  PARQUET {
    @Override
    void write(Analytics session, String sql, Path file) throws IOException {
      session.writeParquet(SqlScript.of(sql), file);
    }
  };

  /** Writes what {@code sql} gives into a new file. */
  abstract void write(Analytics session, String sql, Path file) throws IOException;

  private static void query(Analytics session, String sql, ResultFormat format, Path file)
      throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
      session.query(sql, format, out);
    }
  }
}
