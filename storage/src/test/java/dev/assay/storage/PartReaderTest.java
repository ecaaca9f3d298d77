package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.PartReader.Column;
import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.PartReader.Footer;
import dev.assay.storage.PartReader.Numbers;
import dev.assay.storage.PartReader.TrialRow;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartReaderTest {
  @TempDir Path directory;
  private final PartReader reader = new PartReader();

  @AfterEach
  void close() {
    reader.close();
  }

  private static FrozenTrial trial(long number) {
    return FrozenTrial.builder()
        .id(1000 + number)
        .number(number)
        .state(TrialState.COMPLETE)
        .value(number / 4.0)
        .params(Json.object().put("x", (int) number).put("é😀", "é😀\u0000"))
        .signature("s" + number)
        .build();
  }

  private Path trials(String name, long... numbers) throws IOException {
    Path file = directory.resolve(name);
    try (TrialPart part = new TrialPart(file, 1, List.of(), numbers.length)) {
      for (long number : numbers) {
        part.add(trial(number), Records.write(trial(number)));
      }
      part.finish(Map.of("assay.kind", "trials", "name", "it's 'é'"));
    }
    return file;
  }

  private Path files(String name, byte[]... contents) throws IOException {
    Path file = directory.resolve(name);
    try (ArchivePart part = new ArchivePart(file, 1)) {
      for (int i = 0; i < contents.length; i++) {
        String trialFile = i % 2 == 0 ? null : "trial_001.json";
        part.add("d/file " + i, trialFile, sha256(contents[i]), contents[i]);
      }
      part.finish(Map.of("assay.kind", "files"));
    }
    return file;
  }

  private static String sha256(byte[] content) {
    return HexFormat.of().formatHex(PartOutput.sha256().digest(content));
  }

  private static <T> List<T> drain(PartRows<T> rows) {
    List<T> all = new ArrayList<>();
    try (rows) {
      for (T next = rows.next(); next != null; next = rows.next()) {
        all.add(next);
      }
    }
    return all;
  }

  private static void damage(Path file, long from, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] noise = new byte[bytes];
      new Random(1).nextBytes(noise);
      channel.write(ByteBuffer.wrap(noise), from);
    }
  }

  @Test
  void trialsComeBackInOrderAsTheyWereWritten() throws Exception {
    Path part = trials("a.parquet", 0, 1, 2, 5, 9);

    List<TrialRow> rows = drain(reader.trials(part, 2));

    assertThat(rows).extracting(TrialRow::id).containsExactly(1002L, 1005L, 1009L);
    for (TrialRow row : rows) {
      assertThat(row.trial()).isEqualTo(trial(row.number()));
    }
  }

  @Test
  void manyRowsKeepTheirOrderAndTwoAnswersMayBeReadAtOnce() throws Exception {
    long[] numbers = new Random(7).longs(20_000, 0, 1 << 20).sorted().distinct().toArray();
    Path part = trials("a.parquet", numbers);

    List<Long> some = new ArrayList<>();
    try (PartRows<TrialRow> one = reader.trials(part, 0);
        PartRows<TrialRow> other = reader.trials(part, 0)) {
      for (TrialRow next = one.next(); next != null; next = one.next()) {
        some.add(next.number());
        assertThat(other.next()).isEqualTo(next);
      }
    }

    assertThat(some).containsExactlyElementsOf(Arrays.stream(numbers).boxed().toList());
  }

  @Test
  void filesComeBackByteForByte() throws Exception {
    byte[] large = new byte[60 << 20];
    new Random(3).nextBytes(large);
    byte[][] contents = {{}, {0, -1, 13, 10}, "{}".getBytes(StandardCharsets.UTF_8), large};
    Path part = files("f.parquet", contents);

    List<FileRow> rows = drain(reader.files(part));

    assertThat(rows)
        .extracting(FileRow::path)
        .containsExactly("d/file 0", "d/file 1", "d/file 2", "d/file 3");
    assertThat(rows)
        .extracting(FileRow::trialFile)
        .containsExactly(null, "trial_001.json", null, "trial_001.json");
    assertThat(drain(reader.contents(part, 0, 3)))
        .containsExactly(Arrays.stream(contents).map(ByteBuffer::wrap).toArray(ByteBuffer[]::new));
    assertThat(drain(reader.contents(part, 1, 1))).containsExactly(ByteBuffer.wrap(contents[1]));
    for (int i = 0; i < contents.length; i++) {
      assertThat(rows.get(i).size()).isEqualTo(contents[i].length);
      assertThat(rows.get(i).sha256()).isEqualTo(sha256(contents[i]));
    }
  }

  @Test
  void findsATrialByItsNumber() throws Exception {
    List<Path> parts = List.of(trials("a.parquet", 0, 1, 4), trials("b.parquet", 2, 3, 5));

    for (long number = 0; number <= 5; number++) {
      TrialRow found = requireNonNull(reader.find(parts, number));
      assertThat(found.trial()).isEqualTo(trial(number));
    }
    assertThat(reader.find(parts, 6)).isNull();
    assertThat(reader.find(List.of(), 0)).isNull();
  }

  @Test
  void tellsWhichNumbersAPartSpans() throws Exception {
    Path a = trials("a.parquet", 0, 1, 4);
    Path b = trials("b.parquet", 2, 3, 500);
    Path empty = trials("empty.parquet");

    assertThat(reader.numbers(List.of(a, b, empty)))
        .containsExactlyInAnyOrder(new Numbers(a, 0, 4), new Numbers(b, 2, 500));
  }

  @Test
  void tellsWhatTheFooterSays() throws Exception {
    Footer footer = reader.footer(files("f.parquet", new byte[1], new byte[2]));

    assertThat(footer.rows()).isEqualTo(2);
    assertThat(footer.metadata()).containsEntry("assay.kind", "files");
    assertThat(footer.columns())
        .containsExactly(
            new Column("study_id", "BIGINT"),
            new Column("path", "VARCHAR"),
            new Column("trial_file", "VARCHAR"),
            new Column("size", "BIGINT"),
            new Column("sha256", "VARCHAR"),
            new Column("piece", "INTEGER"),
            new Column("pieces", "INTEGER"),
            new Column("content", "BLOB"));
    assertThat(reader.footer(trials("a.parquet", 1)).metadata()).containsEntry("name", "it's 'é'");
  }

  @Test
  void readsFilesWhoseNamesLookLikePatternsAndSql() throws Exception {
    Files.createDirectories(directory.resolve("we[i]rd *' {x} study=9"));
    Path part = trials("we[i]rd *' {x} study=9/a?.parquet", 3);
    trials("we[i]rd *' {x} study=9/ab.parquet", 4);

    assertThat(drain(reader.trials(part, 0))).extracting(TrialRow::number).containsExactly(3L);
    assertThat(reader.numbers(List.of(part))).containsExactly(new Numbers(part, 3, 3));
    assertThat(reader.footer(part).rows()).isEqualTo(1);
  }

  @Test
  void namesThePartThatIsMissing() throws Exception {
    Path part = trials("a.parquet", 1);
    Path gone = directory.resolve("gone.parquet");

    assertThatThrownBy(() -> reader.find(List.of(part, gone), 1))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(gone + " is missing");
    assertThatThrownBy(() -> reader.files(gone)).hasMessageContaining(gone + " is missing");
  }

  @Test
  void namesThePartThatIsDamaged() throws Exception {
    Path part = trials("a.parquet", 1);
    Path noFooter = trials("b.parquet", 2);
    damage(noFooter, Files.size(noFooter) - 8, 8);
    Path noPages = trials("c.parquet", 3);
    damage(noPages, 4, 500);
    Path nothing = Files.createFile(directory.resolve("d.parquet"));

    for (Path broken : List.of(noFooter, nothing)) {
      assertThatThrownBy(() -> reader.numbers(List.of(part, broken)))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("cannot read " + broken);
      assertThatThrownBy(() -> reader.footer(broken))
          .hasMessageStartingWith("cannot read " + broken);
    }
    assertThatThrownBy(() -> drain(reader.trials(noPages, 0)))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("cannot read " + noPages);
    assertThat(drain(reader.trials(part, 0))).hasSize(1);
  }

  @Test
  void closingEndsWhatIsBeingRead() throws Exception {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    PartRows<TrialRow> rows = reader.trials(trials("a.parquet", 1, 2, 3), 0);
    assertThat(rows.next()).isNotNull();

    reader.close();

    assertThatThrownBy(rows::next).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> reader.numbers(List.of(directory.resolve("a.parquet"))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    rows.close();
    assertThat(Handles.below(directory)).isEmpty();
    assertThat(before).containsAll(Thread.getAllStackTraces().keySet());
  }
}
