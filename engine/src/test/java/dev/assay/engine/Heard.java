package dev.assay.engine;

import dev.assay.storage.FrozenTrial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps what it hears of a run. */
final class Heard implements RunListener {
  final List<FrozenTrial> trials = Collections.synchronizedList(new ArrayList<>());
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());

  @Override
  public void finished(FrozenTrial trial, long duplicates) {
    trials.add(trial);
  }

  @Override
  public void note(String message) {
    notes.add(message);
  }
}
