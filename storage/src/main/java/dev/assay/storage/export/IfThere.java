package dev.assay.storage.export;

/** What becomes of a file that is at the target already. */
public enum IfThere {
  /** It stays, and the export ends with an error. */
  REFUSE,
  /** The new one takes its place as one step. */
  REPLACE
}
