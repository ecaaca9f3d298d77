package dev.assay.storage.optuna;

import dev.assay.storage.migrate.Finding;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source while it is read. */
interface OpenSource extends AutoCloseable {
  OptunaDatabase database();

  /** By which the content is known unread; null where nothing tells. */
  @Nullable String stamp();

  /** Size of its files; 0 where there are none. */
  long bytes();

  /** What a reader of the report should know of the source as a whole. */
  List<Finding> findings();

  /** Whether what was read until now may be of different moments. */
  boolean isTorn();

  @Override
  void close() throws SQLException;
}
