package dev.assay.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small files that were made to grow without end are refused by name, in a heap that could not hold
 * what they become, and the rest of the store goes on.
 */
@Timeout(120)
class ExpansionTest {
  private static final int GIGABYTE = 1 << 30;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private static StudyRecord study(Store store, String name) {
    return store.openStudy(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static void finish(Store store, StudyRecord study, int key, String log) {
    Claim claim = store.claim(study.id(), StoreProcess.params(key), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(key)
            .userAttrs(Json.object().put("log", log))
            .build());
  }

  /** So many bytes, all zero, in a few kilobytes. */
  private static byte[] zstdOfZeros(long size) throws IOException {
    byte[] piece = new byte[64 << 20];
    byte[] frame = Zstd.compress(piece, 19);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long left = size; left > 0; left -= piece.length) {
      out.write(frame);
    }
    return out.toByteArray();
  }

  @Test
  void spooledRecordThatGrowsWithoutEndIsNamed() throws Exception {
    Path path = directory.resolve("store");
    try (Store store = Store.open(path)) {
      StudyRecord study = study(store, "s");
      finish(store, study, 0, "x".repeat(Spool.INLINE_BYTES));
      finish(store, study, 1, "");
      Path file = StudyImportTest.filesBelow(path.resolve(Spool.NAME)).get(0);
      byte[] good = Files.readAllBytes(file);
      byte[] bomb = zstdOfZeros(10L * GIGABYTE);
      assertThat(bomb.length).isLessThan(2 << 20);
      Files.write(file, bomb);

      assertThatThrownBy(() -> store.trial(study.id(), 0))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(file.getFileName().toString());
      assertThat(store.trial(study.id(), 1)).isNotNull();
      assertThat(store.verify().faults())
          .anySatisfy(fault -> assertThat(fault.message()).contains(file.getFileName().toString()));

      Files.write(file, good);
      assertThat(store.trial(study.id(), 0)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1L << 40, Long.MIN_VALUE, Integer.MAX_VALUE})
  void lengthThatNoRecordHasIsRefused(long bytes) throws Exception {
    Path path = directory.resolve("store");
    Files.createDirectories(path.resolve(Spool.NAME));
    Files.write(Spool.fileOf(path, "1-a.json.zst"), Zstd.compress(new byte[100]));

    assertThatThrownBy(() -> new HotRecord(null, "1-a.json.zst", bytes).text(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1-a.json.zst is damaged: it does not hold " + bytes);
  }

  /** Puts a file in the place of a store's only part of a kind; size and checksum are right. */
  private static Path replacePart(Path store, Kind kind, Path file) throws Exception {
    Part part = onlyPart(store, kind);
    Path target = part.file(store);
    Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
    byte[] digest = PartOutput.sha256().digest(Files.readAllBytes(target));
    try (Connection live = DriverManager.getConnection("jdbc:sqlite:" + store.resolve("live.db"));
        Statement statement = live.createStatement()) {
      statement.execute(
          "UPDATE parts SET bytes = %d, sha256 = '%s' WHERE part_id = %d"
              .formatted(Files.size(target), HexFormat.of().formatHex(digest), part.id()));
    }
    return target;
  }

  private static Part onlyPart(Path store, Kind kind) {
    try (LiveDatabase live = LiveDatabase.open(store.resolve("live.db"))) {
      return live.query(sql -> Parts.list(sql, "kind = ? AND status = 'committed'", kind.text()))
          .get(0);
    }
  }

  private static void duckdb(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A store with one sealed study of two trials. */
  private Path sealed(String name) {
    Path path = directory.resolve(name);
    try (Store store = Store.open(path)) {
      StudyRecord study = study(store, "s");
      finish(store, study, 0, "");
      finish(store, study, 1, "");
      store.seal(study.id());
    }
    return path;
  }

  /** A store with one imported study that has an archive. */
  private Path archived(String name) {
    Path path = directory.resolve(name);
    try (Store store = Store.open(path);
        StudyImport run =
            store.beginImport("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      run.addFile("config.txt", null, "a run".getBytes(UTF_8));
      run.commit();
    }
    return path;
  }

  /** Reads the trials of the only study of each store and says what it gets. */
  static final class Reader {
    public static void main(String[] arguments) {
      for (String directory : arguments) {
        try (ReadableStore store = Store.openReadOnly(Path.of(directory));
            Stream<FrozenTrial> trials = store.trials(1)) {
          System.out.println(directory + ": " + trials.count() + " trials");
        } catch (StoreException e) {
          System.out.println(directory + ": " + e.getMessage());
        }
      }
    }
  }

  /** Restores the only study of each store, into a directory beside it, and says what it gets. */
  static final class Restorer {
    public static void main(String[] arguments) {
      for (String directory : arguments) {
        try (ReadableStore store = Store.openReadOnly(Path.of(directory))) {
          System.out.println(
              store.restore(1, Path.of(directory + "-target"), path -> true).toJson());
        }
      }
    }
  }

  private String inSmallHeap(Class<?> program, Object... arguments) throws Exception {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(ChildJvm.command(List.of("-Xmx96m"), program, arguments))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    String printed = Files.readString(output);
    assertThat(exit).as(printed).isZero();
    return printed;
  }

  @Test
  void trialsThatADictionaryRepeatsAreRefusedBeforeTheyFillTheHeap() throws Exception {
    Path store = sealed("store");
    Path bomb = directory.resolve("bomb.parquet");
    duckdb(
        ("COPY (SELECT 1::BIGINT AS study_id, i AS trial_id, i AS number, "
                + "'{\"trial_id\":1,\"error\":\"' || repeat('x', 500000) || '\"}' AS record "
                + "FROM range(2048) r(i)) TO '%s' (FORMAT parquet, COMPRESSION zstd)")
            .formatted(bomb));
    assertThat(Files.size(bomb)).isLessThan(1 << 20);
    Path part = replacePart(store, Kind.TRIALS, bomb);

    assertThat(inSmallHeap(Reader.class, store))
        .contains("cannot read " + part)
        .contains("may come to");
  }

  private static final MessageType TRIALS =
      MessageTypeParser.parseMessageType(
          "message m { required int64 trial_id; required int64 number; required binary record"
              + " (UTF8); }");

  /** One trial whose record is on a page that says of itself how long it is. */
  private static void writePage(Path file, byte[] compressed, int claimedBytes) throws IOException {
    ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (ParquetFileWriter writer =
        new ParquetFileWriter(
            new PartOutput(file),
            TRIALS,
            ParquetFileWriter.Mode.CREATE,
            Long.MAX_VALUE,
            0,
            null,
            ParquetProperties.builder().build())) {
      writer.start();
      writer.startBlock(1);
      for (var column : TRIALS.getColumns()) {
        boolean isRecord = column.getPath()[0].equals("record");
        writer.startColumn(column, 1, CompressionCodecName.ZSTD);
        writer.writeDataPage(
            1,
            isRecord ? claimedBytes : 8,
            BytesInput.from(isRecord ? compressed : Zstd.compress(number.array())),
            Statistics.createStats(column.getPrimitiveType()),
            1,
            Encoding.RLE,
            Encoding.RLE,
            Encoding.PLAIN);
        writer.endColumn();
      }
      writer.endBlock();
      writer.end(Map.of());
    }
  }

  @Test
  void pagesThatSayOrHoldAHugeSizeAreRefused() throws Exception {
    Path asLong = sealed("as-long-as-it-says");
    Path bomb = directory.resolve("bomb.parquet");
    int size = GIGABYTE + (GIGABYTE >> 1);
    writePage(bomb, zstdOfZeros(size), size);
    Path one = replacePart(asLong, Kind.TRIALS, bomb);
    Path shorter = sealed("shorter-than-it-says");
    writePage(bomb, Zstd.compress("....{}".getBytes(UTF_8)), Integer.MAX_VALUE);
    Path two = replacePart(shorter, Kind.TRIALS, bomb);
    Path longer = sealed("longer-than-it-says");
    writePage(bomb, zstdOfZeros(2L * GIGABYTE), 100);
    Path three = replacePart(longer, Kind.TRIALS, bomb);

    assertThat(inSmallHeap(Reader.class, asLong, shorter, longer))
        .contains("cannot read " + one, "cannot read " + two, "cannot read " + three);
  }

  @Test
  void archivedFilesThatAreLongerThanTheySayOrThanTheHeapAreRefused() throws Exception {
    List<Path> stores = new ArrayList<>();
    Path bomb = directory.resolve("bomb.parquet");
    for (long size : new long[] {1, 100L << 20, -1}) {
      Path store = archived("says" + size);
      duckdb(
          ("COPY (SELECT 1::BIGINT AS study_id, 'file' || i AS path, NULL::VARCHAR AS trial_file,"
                  + " %d::BIGINT AS size, repeat('0', 64) AS sha256, 0 AS piece, 1 AS pieces,"
                  + " repeat('x', 500000)::BLOB AS content FROM range(1024) r(i)) TO '%s' (FORMAT"
                  + " parquet, COMPRESSION zstd)")
              .formatted(size, bomb));
      assertThat(Files.size(bomb)).isLessThan(1 << 20);
      replacePart(store, Kind.FILES, bomb);
      stores.add(store);
    }

    String[] reports = inSmallHeap(Restorer.class, stores.toArray()).split("\n", -1);

    for (int i = 0; i < stores.size(); i++) {
      assertThat(reports[i]).contains("\"archived\":0").contains("lake/files/study=1/part-");
      assertThat(StudyImportTest.filesBelow(Path.of(stores.get(i) + "-target")))
          .extracting(file -> file.getFileName().toString())
          .containsOnly("run_meta.json");
    }
  }
}
