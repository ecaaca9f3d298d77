package dev.assay.storage.optuna;

/** The operations of a journal, by {@code op_code}. */
final class JournalCode {
  static final int CREATE_STUDY = 0;
  static final int DELETE_STUDY = 1;
  static final int SET_STUDY_USER_ATTR = 2;
  static final int SET_STUDY_SYSTEM_ATTR = 3;
  static final int CREATE_TRIAL = 4;
  static final int SET_TRIAL_PARAM = 5;
  static final int SET_TRIAL_STATE_VALUES = 6;
  static final int SET_TRIAL_INTERMEDIATE_VALUE = 7;
  static final int SET_TRIAL_USER_ATTR = 8;
  static final int SET_TRIAL_SYSTEM_ATTR = 9;
  static final int DISCARD_TRIALS = 10;

  private JournalCode() {}
}
