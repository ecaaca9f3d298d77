-- Trials that clients fill step by step, as long as they have not finished: the live database's tables
-- for LiveTrials. A store that has none of them gets them when it is opened.

-- A trial that is WAITING, which makes it one of the queue, or RUNNING without a worker of this store.
CREATE TABLE live_trials (
  trial_id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  trial_file TEXT NOT NULL,
  start_us INTEGER,
  complete_us INTEGER,
  -- A JSON array.
  "values" TEXT NOT NULL,
  -- The signature of its parameters, where its client has asked for them and was given them.
  signature TEXT,
  -- That of its creation, or of its last change of state or signature.
  change_sequence INTEGER NOT NULL,
  UNIQUE (study_id, number)
);
CREATE INDEX live_trials_state ON live_trials (study_id, state);
CREATE INDEX live_trials_changes ON live_trials (change_sequence);

-- What clients have set, the newest of each key. kind: param | step | user | system.
CREATE TABLE live_steps (
  change_sequence INTEGER PRIMARY KEY,
  trial_id INTEGER NOT NULL REFERENCES live_trials ON DELETE CASCADE,
  kind TEXT NOT NULL,
  -- A name, or the number of a step.
  key TEXT NOT NULL,
  -- Of a param the internal value, of a step the value: a text where SQLite has no such number.
  number,
  -- Of a param the distribution, of an attribute the value: JSON. Where it is long, the file in spool/
  -- that holds it, compressed, and its length in bytes.
  json TEXT,
  spool TEXT,
  spool_bytes INTEGER,
  UNIQUE (trial_id, kind, key)
);
CREATE INDEX live_steps_spool ON live_steps (spool) WHERE spool IS NOT NULL;

-- What went from live_trials lately, for those that follow the changes; a study as a whole has no
-- trial_id.
CREATE TABLE live_ends (
  change_sequence INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL,
  trial_id INTEGER
);

-- The first distribution of each parameter that a client has set in a study: others have to be
-- compatible. Rows never change.
CREATE TABLE live_distributions (
  study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  name TEXT NOT NULL,
  distribution TEXT NOT NULL,
  PRIMARY KEY (study_id, name)
) WITHOUT ROWID;
