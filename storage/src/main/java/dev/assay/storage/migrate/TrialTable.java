package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A file with a trial in each row or line. Not safe to share between threads. */
interface TrialTable extends AutoCloseable {
  /** What the file is, as the report calls it. */
  String kind();

  /** What it is read as: with the same meaning and the same bytes its trials are the same. */
  String meaning();

  /** One for each value of a trial. */
  List<Direction> directions();

  /** Puts down in the study's attributes what the file was read as. */
  void describe(ObjectNode systemAttrs);

  /** What a reader of the report should know before any row is read. */
  List<Finding> notes();

  /**
   * Reads all trials, in the file's order. Called once.
   *
   * @param progress hears now and then how many bytes were read
   * @throws UnreadableDocumentException where the file is no such table
   */
  TableContent read(Consumer<FrozenTrial> trials, LongConsumer progress)
      throws IOException, UnreadableDocumentException;

  @Override
  void close();
}
