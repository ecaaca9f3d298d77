package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What TPE makes of a history as it grows: its trials divided into good and bad ones, and for each
 * block of parameters how either spread. It follows from the history alone, not from when it was
 * read.
 */
final class TpeModel {
  private static final byte UNUSED = 0;
  private static final byte GOOD = 1;
  private static final byte BAD = 2;
  private static final double GOOD_PART = 0.1;
  private static final int MOST_GOOD = 25;

  private final History history;
  private final TpeSettings settings;
  private final Places places;
  private final RankedTrials ranked;
  private final Partition partition;
  private List<int[]> blocked = List.of();
  private List<TpeBlock> blocks = List.of();
  private byte[] sides = new byte[64];
  private int[] good = new int[0];
  private int rows;
  private int ended;

  TpeModel(History history, TpeSettings settings) {
    this.history = history;
    this.settings = settings;
    this.places = new Places(history.space().parameters());
    this.ranked = new RankedTrials(history);
    TpeSettings.Joint joint = settings.joint();
    if (joint == TpeSettings.Joint.AUTOMATIC) {
      joint = history.objectives() == 1 ? TpeSettings.Joint.SHARED : TpeSettings.Joint.NONE;
    }
    this.partition = new Partition(places, joint);
  }

  boolean isOf(History other) {
    return history == other;
  }

  /** How many trials it rests on. */
  int observed() {
    return ranked.size();
  }

  /** Values for all parameters. */
  double[] propose(RandomGenerator random) {
    double[] values = new double[places.parameters()];
    for (int p = 0; p < values.length; p++) {
      values[p] = history.space().parameters().get(p).low();
    }
    blocks.forEach(block -> block.propose(values, random));
    return values;
  }

  /** Takes in what is new in the history. */
  void update() {
    if (rows == history.size() && ended == history.finished()) {
      return;
    }
    places.read(history);
    if (history.size() > sides.length) {
      sides = Arrays.copyOf(sides, 2 * history.size());
    }
    Changes changes = new Changes();
    readEnded(changes);
    readRunning(changes);
    divide(changes);
    changes.addBad();
    List<int[]> parts = partition.blocks();
    if (sameParts(parts)) {
      blocks.forEach(changes::apply);
    } else {
      rebuild(parts);
    }
  }

  private void readEnded(Changes changes) {
    for (; ended < history.finished(); ended++) {
      int row = history.finished(ended);
      if (history.state(row) == TrialState.FAIL) {
        if (sides[row] == BAD) {
          sides[row] = UNUSED;
          changes.noLongerBad.add(row);
        }
        continue;
      }
      ranked.add(row);
      partition.add(row);
      if (sides[row] == UNUSED) {
        changes.undecided.add(row);
      }
    }
  }

  private void readRunning(Changes changes) {
    for (; rows < history.size(); rows++) {
      if (settings.constantLiar() && history.state(rows) == TrialState.RUNNING) {
        changes.undecided.add(rows);
      }
    }
  }

  /** Finds the good ones among all that have ended. */
  private void divide(Changes changes) {
    int part = (int) Math.ceil(GOOD_PART * ranked.size());
    int[] best = ranked.best(history.objectives() == 1 ? Math.min(MOST_GOOD, part) : part);
    for (int row : good) {
      if (Arrays.binarySearch(best, row) < 0) {
        sides[row] = BAD;
        changes.noLongerGood.add(row);
        changes.newlyBad.add(row);
      }
    }
    for (int row : best) {
      if (sides[row] == BAD) {
        changes.noLongerBad.add(row);
      }
      if (sides[row] != GOOD) {
        sides[row] = GOOD;
        changes.newlyGood.add(row);
      }
    }
    good = best;
  }

  private boolean sameParts(List<int[]> parts) {
    boolean same = parts.size() == blocked.size();
    for (int i = 0; same && i < parts.size(); i++) {
      same = Arrays.equals(parts.get(i), blocked.get(i));
    }
    return same;
  }

  private void rebuild(List<int[]> parts) {
    blocked = parts;
    blocks = new ArrayList<>(parts.size());
    IntList bad = new IntList();
    for (int row = 0; row < rows; row++) {
      if (sides[row] == BAD) {
        bad.add(row);
      }
    }
    IntList none = new IntList();
    for (int[] part : parts) {
      TpeBlock block = new TpeBlock(part, places, settings);
      block.good().change(good, good.length, none.values(), 0);
      block.bad().change(bad.values(), bad.size(), none.values(), 0);
      blocks.add(block);
    }
  }

  /** What one reading of the history changes. */
  private final class Changes {
    final IntList undecided = new IntList();
    final IntList newlyGood = new IntList();
    final IntList newlyBad = new IntList();
    final IntList noLongerGood = new IntList();
    final IntList noLongerBad = new IntList();

    void addBad() {
      for (int i = 0; i < undecided.size(); i++) {
        int row = undecided.values()[i];
        if (sides[row] == UNUSED) {
          sides[row] = BAD;
          newlyBad.add(row);
        }
      }
    }

    void apply(TpeBlock block) {
      block
          .good()
          .change(newlyGood.values(), newlyGood.size(), noLongerGood.values(), noLongerGood.size());
      block
          .bad()
          .change(newlyBad.values(), newlyBad.size(), noLongerBad.values(), noLongerBad.size());
    }
  }
}
