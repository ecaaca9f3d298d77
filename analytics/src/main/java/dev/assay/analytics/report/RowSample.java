package dev.assay.analytics.report;

import dev.assay.storage.FrozenTrial;
import java.util.ArrayList;
import java.util.List;

/**
 * Every trial of a run while there is room for them, then every second, fourth, eighth and so on:
 * an even sample that is the same each time. Only trials that it keeps are read in full. Used by
 * one thread.
 */
final class RowSample {
  private final Columns columns;
  private final long room;
  private List<TrialRow> rows = new ArrayList<>();
  private List<Long> places = new ArrayList<>();
  private long weight;
  private long seen;
  private long stride = 1;

  /**
   * @param room about how many characters of the page the rows may take
   */
  RowSample(Columns columns, long room) {
    this.columns = columns;
    this.room = room;
  }

  void add(FrozenTrial trial) {
    long place = seen++;
    if (place % stride != 0) {
      return;
    }
    TrialRow row = TrialRow.of(trial, columns);
    rows.add(row);
    places.add(place);
    weight += row.weight();
    while (weight > room && rows.size() > 1) {
      thin();
    }
  }

  private void thin() {
    stride *= 2;
    List<TrialRow> kept = new ArrayList<>();
    List<Long> keptPlaces = new ArrayList<>();
    weight = 0;
    for (int i = 0; i < rows.size(); i++) {
      if (places.get(i) % stride == 0) {
        kept.add(rows.get(i));
        keptPlaces.add(places.get(i));
        weight += rows.get(i).weight();
      }
    }
    rows = kept;
    places = keptPlaces;
  }

  List<TrialRow> rows() {
    return rows;
  }

  /** Of how many trials one is kept. */
  long stride() {
    return stride;
  }
}
