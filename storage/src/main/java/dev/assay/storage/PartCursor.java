package dev.assay.storage;

import dev.assay.storage.PartReader.Numbers;
import dev.assay.storage.PartReader.TrialRow;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Walks over the trials of several parts of a study by number. A part is opened when the walk comes
 * to its first number and closed after its last, so that those which follow each other take the
 * memory of one. Not safe to share between threads.
 */
final class PartCursor implements AutoCloseable {
  /** The number after the last. */
  static final long NONE = Long.MAX_VALUE;

  private final PartReader reader;
  private final long from;

  /** Parts that are not open yet, by their first number. */
  private final Deque<Numbers> ahead = new ArrayDeque<>();

  /** Those that are, by their next. */
  private final PriorityQueue<OpenPart> open =
      new PriorityQueue<>(Comparator.comparingLong(part -> part.row.number()));

  private static final class OpenPart {
    private final Path part;
    private final PartRows<TrialRow> rows;
    private TrialRow row;

    OpenPart(Path part, PartRows<TrialRow> rows, TrialRow first) {
      this.part = part;
      this.rows = rows;
      this.row = first;
    }
  }

  /**
   * @param parts as {@link PartReader#numbers} gives them
   * @param from the first number that is wanted
   */
  PartCursor(PartReader reader, List<Numbers> parts, long from) {
    this.reader = reader;
    this.from = from;
    parts.stream()
        .filter(part -> part.last() >= from)
        .sorted(Comparator.comparingLong(Numbers::first))
        .forEach(ahead::add);
  }

  /**
   * The number of the next trial up to {@code limit}; a greater one, or {@link #NONE}, where there
   * is none.
   *
   * @throws NoSuchFileException where a part is gone
   */
  long number(long limit) throws NoSuchFileException {
    for (Numbers part = ahead.peek();
        part != null && part.first() <= Math.min(limit, number());
        part = ahead.peek()) {
      open(ahead.remove().part());
    }
    return number();
  }

  /** The number of the next trial of the parts that are open. */
  long number() {
    OpenPart part = open.peek();
    return part == null ? NONE : part.row.number();
  }

  private void open(Path part) throws NoSuchFileException {
    if (!Files.exists(part)) {
      throw new NoSuchFileException(part.toString());
    }
    PartRows<TrialRow> rows = reader.trials(part, from);
    try {
      TrialRow first = rows.next();
      if (first != null) {
        open.add(new OpenPart(part, rows, first));
        return;
      }
    } catch (StoreException e) {
      rows.close();
      throw e;
    }
    rows.close();
  }

  /** Steps over the trial that {@link #number()} is of. */
  TrialRow take() {
    OpenPart part = open.peek();
    if (part == null) {
      throw new NoSuchElementException("no part is open");
    }
    TrialRow taken = part.row;
    TrialRow row = part.rows.next();
    if (row != null && row.number() <= taken.number()) {
      throw new StoreException(
          "%s is damaged: trial number %d comes after %d; 'assay verify' says what is wrong"
              .formatted(part.part, row.number(), taken.number()));
    }
    open.remove();
    if (row == null) {
      part.rows.close();
    } else {
      part.row = row;
      open.add(part);
    }
    return taken;
  }

  @Override
  public void close() {
    ahead.clear();
    open.forEach(part -> part.rows.close());
    open.clear();
  }
}
