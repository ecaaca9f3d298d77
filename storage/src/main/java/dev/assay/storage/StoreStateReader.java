package dev.assay.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** Collects a {@link StoreState}. */
final class StoreStateReader {
  private static final List<String> PLACES =
      List.of("live.db", "live.db-wal", "lake", Spool.NAME, RunDirectories.NAME);

  private final Path directory;
  private final LiveDatabase live;
  private final Studies studies;
  private final LongPredicate isAlive;

  StoreStateReader(Path directory, LiveDatabase live, Studies studies, LongPredicate isAlive) {
    this.directory = directory;
    this.live = live;
    this.studies = studies;
    this.isAlive = isAlive;
  }

  StoreState read() {
    List<StoreState.Size> sizes = new ArrayList<>();
    for (String place : PLACES) {
      sizes.add(size(place));
    }
    return new StoreState(
        live.pragmas(), live.log(), sizes, studies(), live.query(this::parts), workers());
  }

  private List<StoreState.Study> studies() {
    List<StoreState.Study> counted = new ArrayList<>();
    for (StudyRecord study : studies.all()) {
      StudyCounts counts = studies.findCounts(study.id());
      // Null where it was deleted a moment ago.
      if (counts != null) {
        counted.add(new StoreState.Study(study, counts));
      }
    }
    return counted;
  }

  private List<StoreState.Parts> parts(Statements sql) throws java.sql.SQLException {
    return sql.list(
        "SELECT kind, status, count(*), sum(rows), sum(bytes) FROM parts "
            + "GROUP BY kind, status ORDER BY kind, status",
        row ->
            new StoreState.Parts(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5)));
  }

  private List<StoreState.Worker> workers() {
    return live.query(
        sql ->
            sql.list(
                "SELECT worker_id, name, beat, (SELECT count(*) FROM trials t "
                    + "WHERE t.worker_id = w.worker_id AND t.state = 'RUNNING') "
                    + "FROM workers w ORDER BY worker_id",
                row ->
                    new StoreState.Worker(
                        row.getLong(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        isAlive.test(row.getLong(1)))));
  }

  private StoreState.Size size(String place) {
    Path path = directory.resolve(place);
    long[] total = new long[2];
    if (Files.exists(path)) {
      try {
        Files.walkFileTree(path, new Adder(total));
      } catch (IOException e) {
        throw new StoreException("cannot list %s: %s".formatted(path, e), e);
      }
    }
    return new StoreState.Size(place, total[0], total[1]);
  }

  /** Adds up files; one that goes away meanwhile has no size. */
  private static final class Adder extends SimpleFileVisitor<Path> {
    private final long[] total;

    Adder(long[] total) {
      this.total = total;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      total[0]++;
      total[1] += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
