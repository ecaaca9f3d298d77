package dev.assay.storage;

import java.util.Locale;

/**
 * What becomes of the JSON files of a study's trials in {@code runs/}. Its {@code best_trial.json}
 * and {@code run_meta.json} are written in any case, at most once a second.
 */
public enum TrialFiles {
  /** Each trial has its file, for good. */
  KEEP,

  /**
   * A trial's file and its log are in {@code runs/} until the trial is sealed into a part, and in
   * the archive from then on; {@link ReadableStore#restore} brings them back byte for byte.
   */
  COMPACTED,

  /**
   * No trial has a file; {@link ReadableStore#restore} makes them. Where the live database is lost,
   * trials that no part of the lake holds yet are lost with it.
   */
  NONE;

  /** As study files, the manifest and the live database write it: {@code keep}, for example. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException where it is none of them
   */
  public static TrialFiles ofText(String text) {
    for (TrialFiles each : values()) {
      if (each.text().equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "trial_files is '%s', expected keep, compacted or none".formatted(text));
  }
}
