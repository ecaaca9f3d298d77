package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes trials of one study to a Parquet file, in the order in which they are added. Memory is
 * bounded: a row group holds 64 MB of records, or one that is larger, and a number of rows that
 * falls with the number of columns. Not safe to share between threads.
 */
final class TrialPart implements AutoCloseable {
  private static final long GROUP_BYTES = 64L << 20;
  private static final long GROUP_CELLS = 8_000_000;
  private static final long MAX_GROUP_ROWS = 120_000;
  private static final int DICTIONARY_BYTES = 128 * 1024;
  private static final int STATISTICS_BYTES = 128;

  private final ParquetPart part;
  private final long studyId;
  private final MessageType schema;
  private final List<ColumnMap.Column> promoted;
  private final long groupRows;
  private long groupBytes;
  private RecordConsumer row;
  private int field;

  /**
   * @param rows how many trials there will be, at most: the size of the bloom filter
   */
  TrialPart(Path file, long studyId, List<ColumnMap.Column> promoted, long rows)
      throws IOException {
    this.studyId = studyId;
    this.promoted = promoted;
    schema = TrialSchema.of(promoted);
    groupRows = Math.min(MAX_GROUP_ROWS, GROUP_CELLS / schema.getFieldCount());
    part =
        new ParquetPart(
            file, schema, properties(Math.max(1, Math.min(rows, groupRows))), ZstdPages.plain());
    row = part.row();
  }

  private static ParquetProperties properties(long distinctSignatures) {
    ParquetProperties.Builder properties =
        ParquetProperties.builder()
            .withDictionaryPageSize(DICTIONARY_BYTES)
            .withStatisticsTruncateLength(STATISTICS_BYTES)
            .withMinRowCountForPageSizeCheck(10)
            .withBloomFilterEnabled("signature", true)
            .withBloomFilterNDV("signature", distinctSignatures);
    // Parquet leaves a bloom filter out where a dictionary holds all values.
    for (String column : TrialSchema.UNIQUE_COLUMNS) {
      properties.withDictionaryEncoding(column, false);
    }
    for (String column : TrialSchema.JSON_COLUMNS) {
      properties.withDictionaryEncoding(column, false).withStatisticsEnabled(column, false);
    }
    return properties.build();
  }

  /**
   * @param record the trial's JSON, as the live database has it
   */
  void add(FrozenTrial trial, String record) throws IOException {
    if (groupBytes + record.length() > GROUP_BYTES || part.rowsInGroup() >= groupRows) {
      part.endGroup();
      groupBytes = 0;
    }
    row = part.row();
    field = 0;
    row.startMessage();
    identity(trial);
    outcome(trial);
    origin(trial);
    documents(trial, record);
    for (ColumnMap.Column column : promoted) {
      JsonNode value = column.key().in(trial);
      if (value != null) {
        start();
        column.type().write(value, row);
        end();
      }
      field++;
    }
    part.endRow();
    groupBytes += record.length();
  }

  private void identity(FrozenTrial trial) {
    number(studyId);
    number(trial.id());
    number(trial.number());
    text(trial.state().name());
  }

  private void outcome(FrozenTrial trial) {
    real(trial.value());
    values(trial.values());
    time(trial.start());
    time(trial.complete());
    real(trial.durationSeconds());
    start();
    row.addInteger(trial.attempts());
    end();
    field++;
    text(trial.error());
  }

  private void origin(FrozenTrial trial) {
    text(trial.worker());
    text(trial.trialKey());
    text(trial.signature());
    text(trial.trialFile());
    JsonNode legacyId = trial.legacyTrialId();
    text(legacyId == null || legacyId.isNull() ? null : plain(legacyId));
    Boolean constraintsOk = trial.constraintsOk();
    if (constraintsOk != null) {
      start();
      row.addBoolean(constraintsOk);
      end();
    }
    field++;
  }

  private void documents(FrozenTrial trial, String record) {
    json(trial.params());
    json(trial.metrics());
    json(trial.userAttrs());
    json(trial.systemAttrs());
    text(CanonicalJson.compact(steps(trial.intermediateValues())));
    text(record);
  }

  private void json(JsonNode document) {
    start();
    // Not as a String: of large documents that would be two copies more.
    row.addBinary(Binary.fromConstantByteBuffer(CanonicalJson.sortedBytes(document)));
    end();
    field++;
  }

  private static ObjectNode steps(SortedMap<Long, Double> intermediateValues) {
    ObjectNode steps = JsonNodeFactory.instance.objectNode();
    intermediateValues.forEach((step, value) -> steps.put(step.toString(), value));
    return steps;
  }

  private static String plain(JsonNode value) {
    return value.isTextual() ? value.textValue() : CanonicalJson.sorted(value);
  }

  private void number(long value) {
    start();
    row.addLong(value);
    end();
    field++;
  }

  private void real(@Nullable Double value) {
    if (value != null) {
      start();
      row.addDouble(value);
      end();
    }
    field++;
  }

  private void text(@Nullable String value) {
    if (value != null) {
      start();
      row.addBinary(Binary.fromString(value));
      end();
    }
    field++;
  }

  private void time(@Nullable Instant instant) {
    Long micros = TrialJson.toMicros(instant);
    if (micros != null) {
      start();
      row.addLong(micros);
      end();
    }
    field++;
  }

  private void values(List<Double> values) {
    if (!values.isEmpty()) {
      start();
      row.startGroup();
      row.startField("list", 0);
      for (double value : values) {
        row.startGroup();
        row.startField("element", 0);
        row.addDouble(value);
        row.endField("element", 0);
        row.endGroup();
      }
      row.endField("list", 0);
      row.endGroup();
      end();
    }
    field++;
  }

  private void start() {
    row.startField(schema.getFieldName(field), field);
  }

  private void end() {
    row.endField(schema.getFieldName(field), field);
  }

  /** Ends the file, on disk. */
  Written finish(Map<String, String> metadata) throws IOException {
    return part.finish(metadata);
  }

  @Override
  public void close() {
    part.close();
  }
}
