package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.space.SpaceNode.Leaf;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All combinations of a space, each once, in an order in which any of them can be had by its place.
 *
 * <p>Parameters that no condition links vary on their own: their counts are multiplied, the last
 * one varying fastest. Of those that conditions link, the first decides which of the others remain
 * for each of its values: the counts of what remains are added up over the values. What remains
 * falls apart in the same way, so that one that depends on another's value is counted under those
 * values alone.
 *
 * <p>A continuous range counts as a number of values that is given. Immutable.
 */
final class Combinations {
  private static final int MAX_PARTS = 50_000;

  /** Parameters that vary together, apart from all others. */
  private sealed interface Part {
    BigInteger count();

    /** Puts the values of the combination at {@code index} into their places. */
    void fill(BigInteger index, @Nullable JsonNode[] values);
  }

  /** One parameter on its own. */
  private record Single(Leaf leaf, BigInteger count) implements Part {
    @Override
    public void fill(BigInteger index, @Nullable JsonNode[] values) {
      values[leaf.place()] = leaf.domain().at(index);
    }
  }

  /** A parameter, and others of which its value decides whether they take part. */
  private record Gate(Leaf leaf, List<Run> runs, BigInteger count) implements Part {
    @Override
    public void fill(BigInteger index, @Nullable JsonNode[] values) {
      BigInteger left = index;
      int i = 0;
      while (left.compareTo(runs.get(i).count()) >= 0) {
        left = left.subtract(runs.get(i++).count());
      }
      Run run = runs.get(i);
      BigInteger[] places = left.divideAndRemainder(run.rest.count);
      values[leaf.place()] = leaf.domain().at(run.first.add(places[0]));
      run.rest.fill(places[1], values);
    }
  }

  /**
   * Neighbouring values of a gate and what remains for each of them.
   *
   * @param first the index of the first of the values
   */
  private record Run(BigInteger first, BigInteger length, Product rest) {
    BigInteger count() {
      return length.multiply(rest.count);
    }
  }

  /** Parts that vary independently of each other. */
  private record Product(List<Part> parts, BigInteger count) {
    void fill(BigInteger index, @Nullable JsonNode[] values) {
      BigInteger left = index;
      for (int i = parts.size() - 1; i > 0; i--) {
        Part part = parts.get(i);
        BigInteger[] places = left.divideAndRemainder(part.count());
        part.fill(places[1], values);
        left = places[0];
      }
      if (!parts.isEmpty()) {
        parts.get(0).fill(left, values);
      }
    }
  }

  private final Product all;

  private Combinations(Product all) {
    this.all = all;
  }

  /**
   * Counts.
   *
   * @param conditions of each leaf, as {@link Conditions#resolved} gives them
   * @param places how many values a continuous range counts as
   * @throws SpaceException where a leaf can never take part, or there are more parts than fit
   */
  static Combinations of(List<Leaf> leaves, List<Condition[]> conditions, int places) {
    Counting counting = new Counting(leaves, conditions, BigInteger.valueOf(places));
    BitSet members = new BitSet();
    members.set(0, leaves.size());
    Combinations combinations = new Combinations(counting.product(members));
    int never = counting.reached.nextClearBit(0);
    if (never < leaves.size()) {
      throw Conditions.neverHold(leaves.get(never));
    }
    return combinations;
  }

  BigInteger count() {
    return all.count;
  }

  /** A value for each leaf; null for those that take no part. */
  @Nullable JsonNode[] at(BigInteger index, int leaves) {
    @Nullable JsonNode[] values = new JsonNode[leaves];
    all.fill(index, values);
    return values;
  }

  /** Takes leaves apart; the same ones once. */
  private static final class Counting {
    private final List<Leaf> leaves;
    private final List<Condition[]> conditions;
    private final BigInteger continuous;
    private final Map<BitSet, Part> parts = new HashMap<>();
    private final BitSet reached = new BitSet();

    Counting(List<Leaf> leaves, List<Condition[]> conditions, BigInteger continuous) {
      this.continuous = continuous;
      this.leaves = leaves;
      this.conditions = conditions;
    }

    /**
     * What is left of the leaves when the value of each other one is decided upon, and lets these
     * take part.
     */
    Product product(BitSet members) {
      List<Part> independent = new ArrayList<>();
      BigInteger count = BigInteger.ONE;
      for (BitSet linked : linked(members)) {
        Part part = parts.get(linked);
        if (part == null) {
          part = part(linked);
          parts.put(linked, part);
        }
        independent.add(part);
        count = count.multiply(part.count());
      }
      return new Product(independent, count);
    }

    private Part part(BitSet linked) {
      if (parts.size() > MAX_PARTS) {
        throw new SpaceException(
            "", "the conditions link too many parameters with each other: expected fewer");
      }
      Leaf leaf = leaves.get(linked.nextSetBit(0));
      reached.set(leaf.place());
      BigInteger values = leaf.domain().count();
      BigInteger length = values == null ? continuous : values;
      if (linked.cardinality() == 1) {
        return new Single(leaf, length);
      }
      List<Run> runs = new ArrayList<>();
      BigInteger count = BigInteger.ZERO;
      BigInteger start = BigInteger.ZERO;
      for (BigInteger end : ends(leaf, linked, length)) {
        Run run = new Run(start, end.subtract(start), product(remaining(leaf, linked, start)));
        runs.add(run);
        count = count.add(run.count());
        start = end;
      }
      return new Gate(leaf, runs, count);
    }

    /** Where the values that conditions name begin and end. */
    private NavigableSet<BigInteger> ends(Leaf gate, BitSet linked, BigInteger count) {
      NavigableSet<BigInteger> ends = new TreeSet<>();
      ends.add(count);
      linked.stream()
          .mapToObj(conditions::get)
          .flatMap(Arrays::stream)
          .filter(condition -> condition.gate().place() == gate.place())
          .flatMap(condition -> condition.indices().stream())
          .forEach(
              index -> {
                ends.add(index);
                ends.add(index.add(BigInteger.ONE));
              });
      ends.remove(BigInteger.ZERO);
      return ends;
    }

    private BitSet remaining(Leaf gate, BitSet linked, BigInteger value) {
      BitSet remaining = new BitSet();
      linked.stream()
          .filter(
              place ->
                  place != gate.place()
                      && Arrays.stream(conditions.get(place))
                          .allMatch(
                              condition ->
                                  condition.gate().place() != gate.place()
                                      || condition.indices().contains(value)))
          .forEach(remaining::set);
      return remaining;
    }

    /** Groups of members that conditions link, in the order of the first of each. */
    private List<BitSet> linked(BitSet members) {
      int[] heads = new int[leaves.size()];
      for (int place = members.nextSetBit(0); place >= 0; place = members.nextSetBit(place + 1)) {
        heads[place] = place;
        for (Condition condition : conditions.get(place)) {
          if (members.get(condition.gate().place())) {
            int one = head(heads, place);
            int other = head(heads, condition.gate().place());
            heads[Math.max(one, other)] = Math.min(one, other);
          }
        }
      }
      Map<Integer, BitSet> linked = new LinkedHashMap<>();
      members.stream()
          .forEach(
              place ->
                  linked.computeIfAbsent(head(heads, place), unused -> new BitSet()).set(place));
      return List.copyOf(linked.values());
    }

    private static int head(int[] heads, int place) {
      int head = place;
      while (heads[head] != head) {
        heads[head] = heads[heads[head]];
        head = heads[head];
      }
      return head;
    }
  }
}
