package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets the numbers of a live database that is made anew begin where nobody has used one: ids of
 * studies, parts and workers, snapshots and changes. The files of the store have them in their
 * names.
 */
final class RebuiltSequences {
  private static final Pattern PART = Pattern.compile("\\.?part-(\\d{1,18})\\..*");
  private static final Pattern STUDY = Pattern.compile("study=(\\d{1,18})");

  /** A worker's lock, or what it has put into the spool. */
  private static final Pattern WORKER =
      Pattern.compile("worker-(\\d{1,18})\\.lock|(\\d{1,18})-[-0-9a-f]+\\.json\\.zst");

  private final Path store;
  private final RepairSources sources;

  RebuiltSequences(Path store, RepairSources sources) {
    this.store = store;
    this.sources = sources;
  }

  /** Sets the numbers of an empty database; returns an id for a worker that writes to it. */
  long begin(LiveDatabase live) throws IOException {
    long part = greatest(PART, "lake", "quarantine");
    long quarantined =
        Math.max(greatest(STUDY, "quarantine"), greatest(RunDirectories.RUN, "quarantine"));
    long study = Math.max(sources.greatestStudyId(), quarantined);
    long worker = greatest(WORKER, "lake", "spool", "quarantine");
    long change = old(database -> database.meta("change_sequence"));
    long snapshot = sources.snapshot() + 1;
    return live.transaction(
        sql -> {
          atLeast(sql, "studies", Math.max(study, old(database -> database.sequence("studies"))));
          atLeast(sql, "parts", Math.max(part, old(database -> database.sequence("parts"))));
          long id = Math.max(worker, old(database -> database.sequence("workers"))) + 1;
          atLeast(sql, "workers", id);
          sql.update("UPDATE meta SET value = ? WHERE key = 'snapshot'", snapshot);
          sql.update("UPDATE meta SET value = ? WHERE key = 'change_sequence'", change);
          return id;
        });
  }

  private static int atLeast(Statements sql, String table, long value) throws SQLException {
    return sql.update("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table, value);
  }

  private long old(ToLongFunction<OldDatabase> number) {
    OldDatabase old = sources.old();
    return old == null ? 0 : Math.max(0, number.applyAsLong(old));
  }

  /** The greatest number that a file or a directory below these has in its name. */
  private long greatest(Pattern name, String... places) throws IOException {
    long greatest = 0;
    for (String place : List.of(places)) {
      if (Files.isDirectory(store.resolve(place))) {
        try (Stream<Path> below = Files.walk(store.resolve(place))) {
          greatest =
              Math.max(greatest, below.mapToLong(path -> number(name, path)).max().orElse(0));
        }
      }
    }
    return greatest;
  }

  private static long number(Pattern name, Path path) {
    Matcher matcher = name.matcher(path.getFileName().toString());
    if (!matcher.matches()) {
      return 0;
    }
    @Nullable String first = matcher.group(1);
    return Long.parseLong(first != null ? first : matcher.group(2));
  }
}
