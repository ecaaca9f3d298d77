package dev.assay.engine.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which parameters are modelled together, from the trials in which they took part. */
final class Partition {
  private final Places places;
  private final TpeSettings.Joint joint;
  private final long[] trials;
  private final int[] counts;
  private int size;

  Partition(Places places, TpeSettings.Joint joint) {
    this.places = places;
    this.joint = joint;
    this.trials = new long[places.parameters()];
    this.counts = new int[places.parameters()];
  }

  /** Takes in a completed or pruned trial. */
  void add(int row) {
    size++;
    // The sum of scrambled rows stands for the set of trials.
    long scrambled = TrialRandom.seed(0, row);
    for (int p = 0; p < counts.length; p++) {
      double place = places.at(row, p);
      if (!Double.isNaN(place)) {
        trials[p] += scrambled;
        counts[p]++;
      }
    }
  }

  /** The parameters of each block, in the order of the first of them. */
  List<int[]> blocks() {
    Map<Long, int[]> together = new LinkedHashMap<>();
    List<int[]> blocks = new ArrayList<>();
    for (int p = 0; p < counts.length; p++) {
      if (places.axis(p).isSingle()) {
        continue;
      }
      boolean alone =
          joint == TpeSettings.Joint.NONE
              || (counts[p] < size && joint != TpeSettings.Joint.GROUPED);
      if (alone || counts[p] == 0) {
        blocks.add(new int[] {p});
      } else {
        int[] block = together.getOrDefault(trials[p], new int[0]);
        int[] longer = Arrays.copyOf(block, block.length + 1);
        longer[block.length] = p;
        together.put(trials[p], longer);
      }
    }
    blocks.addAll(together.values());
    blocks.sort((a, b) -> Integer.compare(a[0], b[0]));
    return blocks;
  }
}
