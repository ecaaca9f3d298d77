package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.PartCheck.Entry;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MergePolicyTest {
  private static Entry part(long id, long bytes) {
    return new Entry(new Part(id, 1, Kind.TRIALS, "part-" + id), 1, bytes, null);
  }

  private static List<Entry> parts(long... bytes) {
    return IntStream.range(0, bytes.length).mapToObj(i -> part(i, bytes[i])).toList();
  }

  private static List<Entry> same(int count, long bytes) {
    return IntStream.range(0, count).mapToObj(i -> part(i, bytes)).toList();
  }

  @Test
  void sixteenPartsOfOneTierAreDueAndFewerAreNot() {
    assertThat(MergePolicy.due(same(15, 10_000))).isEmpty();
    assertThat(MergePolicy.due(same(16, 10_000))).hasSize(16);
    assertThat(MergePolicy.due(same(20, 10_000))).isEqualTo(same(16, 10_000));
    assertThat(MergePolicy.due(same(16, 100_000))).hasSize(16);
    assertThat(MergePolicy.due(same(16, 600_000))).isEmpty();

    List<Entry> mixed = new ArrayList<>(same(15, 10_000));
    mixed.add(part(15, 40_000));
    assertThat(MergePolicy.due(mixed)).isEmpty();
  }

  @Test
  void sealsWithoutEndLeaveFewPartsAndWriteEachTrialAtMostThreeTimes() {
    Random random = new Random(1);
    List<Entry> parts = new ArrayList<>();
    long written = 0;
    long sealed = 0;
    for (int seal = 0; seal < 2_000; seal++) {
      long bytes = random.nextLong(2_000, 62_000);
      sealed += bytes;
      parts.add(part(seal, bytes));
      for (List<Entry> due = MergePolicy.due(parts); !due.isEmpty(); due = MergePolicy.due(parts)) {
        long merged = due.stream().mapToLong(Entry::bytes).sum();
        assertThat(merged).isLessThanOrEqualTo(MergePolicy.SMALL);
        written += merged;
        parts.removeAll(due);
        parts.add(part(seal, merged));
      }
      assertThat(parts.stream().filter(entry -> entry.bytes() < 512 << 10).count())
          .isLessThanOrEqualTo(30);
    }
    assertThat(written).isLessThanOrEqualTo(2 * sealed);
  }

  @Test
  void whatIsAskedForTakesAllSmallPartsAndLeavesOneAlone() {
    long large = MergePolicy.SMALL;
    assertThat(MergePolicy.all(parts(5, large, 7, large * 9, 9)))
        .extracting(entry -> entry.part().id())
        .containsExactly(0L, 2L, 4L);
    assertThat(MergePolicy.all(parts(5, large))).isEmpty();
    assertThat(MergePolicy.all(parts())).isEmpty();
  }

  @Test
  void whatIsAskedForIsWrittenInFilesOfBoundedSize() {
    List<Entry> group = MergePolicy.all(same(100, large()));
    assertThat(group.stream().mapToLong(Entry::bytes).sum())
        .isBetween(MergePolicy.TARGET, MergePolicy.TARGET + MergePolicy.SMALL);
  }

  @Test
  void archivesAreMergedAsFarAsTheirContentIsBounded() {
    List<Entry> parts = parts(10, 10, MergePolicy.SMALL, 10, 10);
    Map<Long, Long> contents = Map.of(0L, 70L, 1L, 20L, 2L, 1L, 3L, 30L);
    assertThat(MergePolicy.within(parts, contents, 100))
        .extracting(entry -> entry.part().id())
        .containsExactly(1L, 3L);
    assertThat(MergePolicy.within(parts, contents, 49)).isEmpty();
    assertThat(MergePolicy.within(parts, contents, 120)).hasSize(3);
  }

  private static long large() {
    return MergePolicy.SMALL - 1;
  }
}
