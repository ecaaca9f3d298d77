package dev.assay.storage;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Numbers from 0, most of which follow one another: about a bit for each. Not thread-safe. */
final class NumberSet {
  private static final int BLOCK_BITS = 16;

  private final Map<Long, BitSet> blocks = new TreeMap<>();
  private long size;

  private static int bit(long number) {
    return (int) (number & ((1 << BLOCK_BITS) - 1));
  }

  /** Adds the number; false where it was there. */
  boolean add(long number) {
    BitSet block = blocks.computeIfAbsent(number >> BLOCK_BITS, key -> new BitSet());
    if (block.get(bit(number))) {
      return false;
    }
    block.set(bit(number));
    size++;
    return true;
  }

  /** Takes the number out; false where it was not there. */
  boolean remove(long number) {
    BitSet block = blocks.get(number >> BLOCK_BITS);
    if (block == null || !block.get(bit(number))) {
      return false;
    }
    block.clear(bit(number));
    size--;
    return true;
  }

  boolean contains(long number) {
    BitSet block = blocks.get(number >> BLOCK_BITS);
    return block != null && block.get(bit(number));
  }

  long size() {
    return size;
  }

  /** The least number from 0 that is not there. */
  long firstMissing() {
    long first = 0;
    for (Map.Entry<Long, BitSet> block : blocks.entrySet()) {
      long start = block.getKey() << BLOCK_BITS;
      if (start != first) {
        return first;
      }
      first = start + block.getValue().nextClearBit(0);
    }
    return first;
  }

  /**
   * The numbers from 0 to {@code end} - 1 that are not there, such as {@code 2, 5 to 7}.
   *
   * @param most how many such ranges are written out, at least one
   */
  String missing(long end, int most) {
    StringBuilder text = new StringBuilder();
    int ranges = 0;
    for (long number = 0; number < end; number++) {
      if (!contains(number)) {
        long first = number;
        while (number + 1 < end && !contains(number + 1)) {
          number++;
        }
        if (++ranges > most) {
          return text.append(" and others").toString();
        }
        text.append(ranges == 1 ? "" : ", ").append(first);
        text.append(number == first ? "" : " to " + number);
      }
    }
    return text.toString();
  }

  /** The least number that is there; -1 where none is. */
  long first() {
    for (Map.Entry<Long, BitSet> block : blocks.entrySet()) {
      if (!block.getValue().isEmpty()) {
        return (block.getKey() << BLOCK_BITS) + block.getValue().nextSetBit(0);
      }
    }
    return -1;
  }

  /** The greatest number that is there; -1 where none is. */
  long greatest() {
    long greatest = -1;
    for (Map.Entry<Long, BitSet> block : blocks.entrySet()) {
      if (!block.getValue().isEmpty()) {
        greatest = (block.getKey() << BLOCK_BITS) + block.getValue().length() - 1;
      }
    }
    return greatest;
  }

  /** Adds all of the other's numbers; false where one of them was there. */
  boolean addAll(NumberSet other) {
    boolean disjoint = true;
    for (Map.Entry<Long, BitSet> more : other.blocks.entrySet()) {
      BitSet block = blocks.computeIfAbsent(more.getKey(), key -> new BitSet());
      disjoint &= !block.intersects(more.getValue());
      size -= block.cardinality();
      block.or(more.getValue());
      size += block.cardinality();
    }
    return disjoint;
  }
}
