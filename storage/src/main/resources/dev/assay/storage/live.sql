-- The live database, format 1. Times are microseconds since 1970 in UTC. Numbers that may be NaN or
-- negative zero are kept as JSON text, because SQLite turns them into NULL and 0.0.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
-- Trial ids below reserved_trial_ids may be used: store.json has set them aside.
INSERT INTO meta VALUES
  ('next_trial_id', 0), ('reserved_trial_ids', 0), ('snapshot', 0), ('change_sequence', 0);

CREATE TABLE studies (
  study_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  directions TEXT NOT NULL,
  user_attrs TEXT NOT NULL,
  system_attrs TEXT NOT NULL,
  -- What becomes of the JSON files of its trials: keep, compacted, none (TrialFiles).
  trial_files TEXT NOT NULL DEFAULT 'keep',
  created_us INTEGER NOT NULL,
  next_number INTEGER NOT NULL DEFAULT 0,
  -- By which the next trial's file is named, from 0 as next_number; ahead of it where the trials of a
  -- legacy run have such names already.
  next_file INTEGER NOT NULL DEFAULT 0,
  -- Claims that found their parameters taken.
  duplicates INTEGER NOT NULL DEFAULT 0
);

-- What each study's finished trials come to, hot and sealed; no row while it has none.
CREATE TABLE summaries (
  study_id INTEGER PRIMARY KEY REFERENCES studies ON DELETE CASCADE,
  complete INTEGER NOT NULL,
  pruned INTEGER NOT NULL,
  fail INTEGER NOT NULL,
  -- Of these, what no trial file of a legacy run holds.
  outside INTEGER NOT NULL,
  -- All but those that were interrupted: what a trial limit counts.
  finished INTEGER NOT NULL,
  -- As the legacy system's summary counts.
  skipped INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  valid INTEGER NOT NULL,
  -- Valid trials without a score version.
  unversioned INTEGER NOT NULL,
  -- Trials that took time and were not skipped.
  timed INTEGER NOT NULL,
  -- The exact sum of all durations, in decimal digits; or NaN, Infinity, -Infinity.
  duration_seconds TEXT NOT NULL,
  last_complete_us INTEGER,
  -- The best COMPLETE trial by objective value, the first of equals; null with several objectives.
  best_trial_id INTEGER,
  best_value REAL,
  -- How many rows top_trials has, and the place of the last of them where it takes no more.
  top_trials INTEGER NOT NULL,
  last_loss REAL,
  last_file TEXT,
  last_number INTEGER
);

-- The best 100 valid trials of each study. loss: the score, negated where it is maximized.
-- trial_file: empty where it has none. document: what a summary shows, as JSON; null where that is
-- large: it is in the trial's record.
CREATE TABLE top_trials (
  trial_id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  loss REAL NOT NULL,
  trial_file TEXT NOT NULL,
  number INTEGER NOT NULL,
  document TEXT
);
CREATE INDEX top_trials_place ON top_trials (study_id, loss, trial_file, number);

-- How many valid trials of a study have which score version, a JSON text.
CREATE TABLE score_versions (
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  version TEXT NOT NULL,
  trials INTEGER NOT NULL,
  PRIMARY KEY (study_id, version)
) WITHOUT ROWID;

-- The record of each study's best trial, which may be sealed; a file in spool/ stays as long as the
-- trial is the best.
CREATE TABLE best_trials (
  study_id INTEGER PRIMARY KEY REFERENCES studies ON DELETE CASCADE,
  record TEXT,
  spool TEXT,
  spool_bytes INTEGER
);

-- A process that has the store open. Its beat is a counter: an observer that has seen it stand still
-- for the lease's time, on the observer's own clock, may take over its running trials.
CREATE TABLE workers (
  worker_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  beat INTEGER NOT NULL DEFAULT 0
);

-- Trials in flight, and finished ones that no sealed part holds yet.
CREATE TABLE trials (
  trial_id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  worker_id INTEGER,
  signature TEXT,
  -- The name of its JSON file, unique in the study.
  trial_file TEXT NOT NULL,
  -- The whole trial as canonical JSON (TrialJson); where it is long, the file in spool/ that holds it,
  -- compressed, and its length in bytes.
  record TEXT,
  spool TEXT,
  spool_bytes INTEGER,
  change_sequence INTEGER NOT NULL,
  -- The delta part that shows this row to readers, and the part that has reserved it for its seal.
  delta_id INTEGER,
  part_id INTEGER,
  UNIQUE (study_id, number)
);
CREATE INDEX trials_running ON trials (study_id, worker_id) WHERE state = 'RUNNING';
CREATE INDEX trials_part ON trials (part_id) WHERE part_id IS NOT NULL;
-- Finished trials that readers do not see yet.
CREATE INDEX trials_unseen ON trials (study_id, part_id)
  WHERE delta_id IS NULL AND state IN ('COMPLETE', 'PRUNED', 'FAIL');
CREATE INDEX trials_delta ON trials (delta_id) WHERE delta_id IS NOT NULL;
CREATE INDEX trials_spool ON trials (spool) WHERE spool IS NOT NULL;

-- The dedup guard. A row without a trial is a signature known from elsewhere without an outcome: an
-- expired claim, which the next asker takes. An import inserts its rows before its study,
-- and a deletion deletes them after it.
CREATE TABLE signatures (
  study_id INTEGER NOT NULL,
  signature TEXT NOT NULL,
  trial_id INTEGER,
  state TEXT,
  "values" TEXT,
  PRIMARY KEY (study_id, signature)
) WITHOUT ROWID;

-- Files of the lake. kind: delta | trials | files. status: reserved (being written), committed
-- (readers see it), dropped (no manifest from dropped_snapshot on names it; the file waits for its
-- grace period).
CREATE TABLE parts (
  part_id INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  path TEXT NOT NULL,
  worker_id INTEGER,
  rows INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  snapshot INTEGER,
  dropped_snapshot INTEGER,
  -- For how long at least a dropped part has been in no published manifest: what processes that have
  -- closed the store have seen of it.
  unnamed_us INTEGER
);

-- Which column a promoted key has in the parts of a study.
CREATE TABLE columns (
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  section TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (study_id, section, key)
) WITHOUT ROWID;
