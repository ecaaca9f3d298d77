package dev.assay.storage;

import dev.assay.storage.PartCheck.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Which parts of one study and kind are merged into one, in plain numbers. A part of {@value
 * #SMALL} bytes or more is left alone for good.
 *
 * <ul>
 *   <li>After each seal, {@value #FAN_IN} parts of one tier become one: below 32 KB, and from there
 *       below 512 KB. A study that is sealed when idle or at the end of each short run is left with
 *       at most 30 parts of these sizes, each trial is written again at most twice, and no merge
 *       takes more than 8 MB. Larger parts come from long runs, whose upkeep shall not write
 *       everything twice.
 *   <li>When it is asked for, all small parts become one, or several of about {@value #TARGET}
 *       bytes.
 * </ul>
 *
 * <p>Sizes are those of the compressed files. The content of merged archive parts is bounded as
 * well: an archive is 100 times smaller than what it holds, at times.
 */
final class MergePolicy {
  static final int FAN_IN = 16;
  static final long SMALL = 8 << 20;
  static final long TARGET = 64 << 20;

  /** The tiers of automatic merges end below these sizes. */
  private static final long[] TIERS = {32 << 10, 512 << 10};

  private MergePolicy() {}

  /** One of the ways to choose. */
  @FunctionalInterface
  interface Choice {
    /**
     * @param parts in the order of their ids, of one study and kind
     * @return the first that are to become one; empty where none are
     */
    List<Entry> of(List<Entry> parts);
  }

  /** What is merged after a seal. */
  static List<Entry> due(List<Entry> parts) {
    long from = 0;
    for (long tier : TIERS) {
      List<Entry> same = new ArrayList<>();
      for (Entry part : parts) {
        if (part.bytes() >= from && part.bytes() < tier && same.size() < FAN_IN) {
          same.add(part);
        }
      }
      if (same.size() == FAN_IN) {
        return same;
      }
      from = tier;
    }
    return List.of();
  }

  /** What is merged when it is asked for. */
  static List<Entry> all(List<Entry> parts) {
    List<Entry> group = new ArrayList<>();
    long bytes = 0;
    for (Entry part : parts) {
      if (part.bytes() < SMALL && bytes < TARGET) {
        group.add(part);
        bytes += part.bytes();
      }
    }
    return group.size() > 1 ? group : List.of();
  }

  /**
   * Which archive parts are merged when it is asked for: the smallest, as far as their content
   * comes to no more than {@code most} bytes.
   *
   * @param contents in bytes, by part id; parts that it does not have are left alone
   */
  static List<Entry> within(List<Entry> parts, Map<Long, Long> contents, long most) {
    List<Entry> group = new ArrayList<>();
    long bytes = 0;
    for (Entry part : bySize(parts, contents)) {
      bytes += contents.getOrDefault(part.part().id(), most);
      if (bytes <= most) {
        group.add(part);
      }
    }
    return group.size() > 1 ? group : List.of();
  }

  private static List<Entry> bySize(List<Entry> parts, Map<Long, Long> contents) {
    return parts.stream()
        .filter(part -> part.bytes() < SMALL && contents.containsKey(part.part().id()))
        .sorted(Comparator.comparing(part -> contents.getOrDefault(part.part().id(), 0L)))
        .toList();
  }
}
