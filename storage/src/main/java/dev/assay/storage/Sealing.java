package dev.assay.storage;

/** Seals, now or soon, a study's trials that ended up to a change: their files are written. */
interface Sealing {
  void seal(long studyId, long lastChange);
}
