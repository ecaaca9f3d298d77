CREATE OR REPLACE MACRO assay_root() AS '@root@';
-- A DuckDB session on an Assay store: run this file in any DuckDB from 1.4 on. Only the line above
-- differs between places; `assay jdbc-url` writes it anew after the store was moved or copied.
--
--   JDBC    jdbc:duckdb:;session_init_sql_file=/path/to/store/views.sql
--   Python  con = duckdb.connect(); con.execute(open("/path/to/store/views.sql").read())
--
-- The comments at the end say what each view, column and macro is; a session shows them in
-- duckdb_views(), duckdb_columns() and duckdb_functions().
--
-- A session is a snapshot of the store. This statement brings it up to date, and gives a second
-- connection to the same database (a cursor, in Python) its own:
--
--   SET VARIABLE assay = (FROM assay_manifest);
--
-- Times are UTC. Parameters are taken apart down to eight levels; what is nested deeper is the JSON
-- text of its object.

-- Nothing is fetched from the network: an offline look-up would stall the session.
SET autoinstall_known_extensions = false;
SET autoload_known_extensions = false;

-- JSON text as JSON. Half a surrogate pair, which SQL text cannot hold, is left out.
CREATE OR REPLACE MACRO assay_json(text) AS
  coalesce(
    TRY_CAST(text AS JSON),
    TRY_CAST(
      regexp_replace(
        text,
        '(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}',
        '\1',
        'g')
      AS JSON));

-- What the manifest says now. read_parquet takes no subquery but a variable, so that the lists of
-- files are made here: all parts, all archives, and the parts and value columns of each study. The
-- empty parts come first: they give a store without trials its columns, and all others the types.
CREATE OR REPLACE VIEW assay_manifest AS
WITH document AS (
  SELECT
    from_json(
      CASE
        WHEN assay_json(content) IS NULL
          THEN error(filename || ' is not JSON: it is damaged')::JSON
        WHEN assay_json(content)->>'$.format' IS DISTINCT FROM '1'
          THEN error(
            filename || ' is of format ' || coalesce(assay_json(content)->>'$.format', 'unknown')
            || ', this session knows format 1 only: use the Assay that wrote it')::JSON
        ELSE assay_json(content)
      END,
      '{"snapshot": "BIGINT",
        "studies": [{"study_id": "BIGINT", "name": "VARCHAR", "directions": ["VARCHAR"],
          "user_attrs": "VARCHAR", "system_attrs": "VARCHAR", "trial_files": "VARCHAR",
          "created": "VARCHAR", "duplicates": "BIGINT"}],
        "files": [{"study_id": "BIGINT", "kind": "VARCHAR", "path": "VARCHAR", "rows": "BIGINT"}]}')
      AS manifest
  FROM read_text(assay_root() || '/manifest.json')
),
study AS (SELECT unnest(manifest.studies, recursive := true) FROM document),
part AS (
  SELECT
    study_id,
    list(assay_root() || '/' || path ORDER BY path)
      FILTER (kind IN ('trials', 'delta')) AS parts,
    list(assay_root() || '/' || path ORDER BY path) FILTER (kind = 'files') AS archives,
    sum("rows") FILTER (kind IN ('trials', 'delta'))::BIGINT AS trials
  FROM (SELECT unnest(manifest.files, recursive := true) FROM document)
  GROUP BY study_id
),
known AS (
  SELECT
    study.*,
    coalesce(parts, []) AS parts,
    coalesce(trials, 0) AS trials,
    CASE
      WHEN len(directions) = 1 THEN ['value']
      ELSE list_transform(range(len(directions)), lambda i: 'values_' || i)
    END AS value_columns
  FROM study LEFT JOIN part USING (study_id)
)
SELECT {
  'snapshot': (SELECT manifest.snapshot FROM document),
  'studies': coalesce(
    (SELECT list(told ORDER BY study_id)
      FROM (SELECT * EXCLUDE (parts, value_columns) FROM known) AS told), []),
  'study': coalesce(
    (SELECT map(list(name), list(own))
      FROM (
        SELECT name, {'parts': parts, 'directions': directions, 'duplicates': duplicates,
          'value_columns': value_columns} AS own
        FROM known)), MAP {}),
  'trials': [assay_root() || '/lake/trials/empty.parquet']
    || coalesce((SELECT flatten(list(parts ORDER BY study_id)) FROM part WHERE parts IS NOT NULL), []),
  'files': [assay_root() || '/lake/files/empty.parquet']
    || coalesce(
      (SELECT flatten(list(archives ORDER BY study_id)) FROM part WHERE archives IS NOT NULL), [])
} AS assay;

SET VARIABLE assay = (FROM assay_manifest);

-- A list of the snapshot, and a word on what to do in a connection that has none.
CREATE OR REPLACE MACRO assay_known(list) AS
  CASE
    WHEN list IS NULL
      THEN [error('this connection has no snapshot: SET VARIABLE assay = (FROM assay_manifest)')]
    ELSE list
  END;

-- The parts of all studies. DuckDB takes the rows of the first file for a measure of the others: with the
-- empty one in front it would join a few studies to all trials the wrong way round.
CREATE OR REPLACE MACRO assay_all_parts() AS
  assay_known(getvariable('assay').trials[2:] || getvariable('assay').trials[1:1]);

CREATE OR REPLACE VIEW studies AS
SELECT
  study_id,
  name AS study_name,
  directions,
  trials,
  duplicates,
  assay_json(system_attrs)->>'$.source' AS source,
  assay_json(system_attrs)->>'$.source_kind' AS source_kind,
  assay_json(system_attrs)->>'$.parent' AS parent,
  trial_files,
  created::TIMESTAMP AS created,
  assay_json(user_attrs) AS user_attrs,
  assay_json(system_attrs) AS system_attrs
FROM (SELECT unnest(getvariable('assay').studies, max_depth := 2));

CREATE OR REPLACE VIEW runs AS FROM studies;

CREATE OR REPLACE VIEW trials AS
SELECT
  study_id,
  study.name AS study_name,
  trial_id,
  number,
  state,
  "value",
  "values",
  datetime_start AT TIME ZONE 'UTC' AS datetime_start,
  datetime_complete AT TIME ZONE 'UTC' AS datetime_complete,
  duration_seconds,
  attempts,
  error,
  worker,
  trial_key,
  signature,
  trial_file,
  legacy_trial_id,
  constraints_ok,
  assay_json(params) AS params,
  assay_json(metrics) AS metrics,
  assay_json(user_attrs) AS user_attrs,
  assay_json(system_attrs) AS system_attrs,
  assay_json(intermediate_values) AS intermediate_values,
  record
FROM read_parquet(assay_all_parts())
JOIN (SELECT unnest(getvariable('assay').studies) AS study) ON study.study_id = study_id;

-- Whether a JSON text is an object with something inside.
CREATE OR REPLACE MACRO assay_inner(json) AS json[1] = '{' AND json <> '{}';

-- The number that a JSON text is; NULL for everything else.
CREATE OR REPLACE MACRO assay_number(json) AS
  CASE WHEN json[1] NOT IN ('"', 't', 'f', 'n', '{', '[') THEN TRY_CAST(json AS DOUBLE) END;

-- Each level is made once: what a query asks of study or trial still reaches the files, and the
-- levels below are not made again for each one above.
CREATE OR REPLACE VIEW params AS
WITH level1 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    unnest(json_keys(params)) AS name, unnest(json_extract(params, '$.*'))::VARCHAR AS json
  FROM trials
),
level2 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level1 WHERE assay_inner(json)
),
level3 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level2 WHERE assay_inner(json)
),
level4 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level3 WHERE assay_inner(json)
),
level5 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level4 WHERE assay_inner(json)
),
level6 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level5 WHERE assay_inner(json)
),
level7 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level6 WHERE assay_inner(json)
),
level8 AS MATERIALIZED (
  SELECT study_id, study_name, trial_id, number,
    name || '.' || unnest(json_keys(json)) AS name, unnest(json_extract(json, '$.*'))::VARCHAR AS json
  FROM level7 WHERE assay_inner(json)
),
leaf AS (
  FROM level1 WHERE NOT assay_inner(json)
  UNION ALL FROM level2 WHERE NOT assay_inner(json)
  UNION ALL FROM level3 WHERE NOT assay_inner(json)
  UNION ALL FROM level4 WHERE NOT assay_inner(json)
  UNION ALL FROM level5 WHERE NOT assay_inner(json)
  UNION ALL FROM level6 WHERE NOT assay_inner(json)
  UNION ALL FROM level7 WHERE NOT assay_inner(json)
  UNION ALL FROM level8
)
SELECT study_id, study_name, trial_id, number, name,
  json::JSON->>'$' AS "value", assay_number(json) AS value_double
FROM leaf;

CREATE OR REPLACE VIEW metrics AS
SELECT study_id, study_name, trial_id, number, name,
  json::JSON->>'$' AS "value", assay_number(json) AS value_double
FROM (
  SELECT study_id, study_name, trial_id, number,
    unnest(json_keys(metrics)) AS name, unnest(json_extract(metrics, '$.*'))::VARCHAR AS json
  FROM trials
);

CREATE OR REPLACE VIEW intermediate_values AS
SELECT study_id, study_name, trial_id, number, step::BIGINT AS step, assay_number(json) AS "value"
FROM (
  SELECT study_id, study_name, trial_id, number,
    unnest(json_keys(intermediate_values)) AS step,
    unnest(json_extract(intermediate_values, '$.*'))::VARCHAR AS json
  FROM trials
);

-- Where large files of a study resemble each other, a row of the archive is a piece of one; they are
-- put together here. Ask for the content of those by path: all of it at once takes memory for all.
CREATE OR REPLACE VIEW files AS
SELECT study_id, study.name AS study_name, path, trial_file, size, sha256, content
FROM (
  SELECT study_id, path, trial_file, size, sha256, content
  FROM read_parquet(assay_known(getvariable('assay').files)) WHERE pieces = 1
  UNION ALL
  SELECT study_id, path, any_value(trial_file), any_value(size), any_value(sha256),
    list_reduce(list(content ORDER BY piece), lambda whole, next: whole || next)
  FROM read_parquet(assay_known(getvariable('assay').files)) WHERE pieces > 1
  GROUP BY study_id, path
)
JOIN (SELECT unnest(getvariable('assay').studies) AS study) ON study.study_id = study_id;

-- The files of one study. The empty one, which comes first, has the columns. The variable is asked
-- once: where there are many studies, that is what a question to one of them waits for.
CREATE OR REPLACE MACRO assay_parts(study_name) AS
  [assay_root() || '/lake/trials/empty.parquet']
  || coalesce(
    getvariable('assay').study[study_name].parts,
    CASE
      WHEN getvariable('assay') IS NULL THEN assay_known(NULL)
      ELSE [error('there is no study ''' || study_name || '''; SELECT study_name FROM studies lists them')]
    END);

-- This macro and those that follow read the files of the one study only. `values_<i>` stand for up
-- to 16 objectives.
CREATE OR REPLACE MACRO trials_of(study_name) AS TABLE
SELECT
  number,
  COLUMNS(lambda c: list_contains(getvariable('assay').study[study_name].value_columns, c)),
  datetime_start AT TIME ZONE 'UTC' AS datetime_start,
  datetime_complete AT TIME ZONE 'UTC' AS datetime_complete,
  coalesce(to_seconds(duration_seconds), datetime_complete - datetime_start) AS duration,
  * EXCLUDE (
    study_id, trial_id, number, state, "value", "values", datetime_start, datetime_complete,
    duration_seconds, attempts, error, worker, trial_key, signature, trial_file, legacy_trial_id,
    constraints_ok, params, metrics, user_attrs, system_attrs, intermediate_values, record,
    values_0, values_1, values_2, values_3, values_4, values_5, values_6, values_7,
    values_8, values_9, values_10, values_11, values_12, values_13, values_14, values_15),
  state,
  trial_id,
  duration_seconds,
  attempts,
  error,
  constraints_ok,
  trial_file,
  legacy_trial_id
FROM (
  SELECT
    *,
    "values"[1] AS values_0, "values"[2] AS values_1, "values"[3] AS values_2,
    "values"[4] AS values_3, "values"[5] AS values_4, "values"[6] AS values_5,
    "values"[7] AS values_6, "values"[8] AS values_7, "values"[9] AS values_8,
    "values"[10] AS values_9, "values"[11] AS values_10, "values"[12] AS values_11,
    "values"[13] AS values_12, "values"[14] AS values_13, "values"[15] AS values_14,
    "values"[16] AS values_15
  FROM read_parquet(assay_parts(study_name), union_by_name := true)
)
ORDER BY number;

-- The columns of all studies under their names, each of the widest type that a file has it in. Only
-- those that are asked for are read.
CREATE OR REPLACE MACRO trials_of_all() AS TABLE
SELECT
  study.name AS study_name,
  trial.number AS number,
  "value",
  "values",
  datetime_start AT TIME ZONE 'UTC' AS datetime_start,
  datetime_complete AT TIME ZONE 'UTC' AS datetime_complete,
  trial.* EXCLUDE (
    study_id, trial_id, number, state, "value", "values", datetime_start, datetime_complete,
    duration_seconds, attempts, error, worker, trial_key, signature, trial_file, legacy_trial_id,
    constraints_ok, params, metrics, user_attrs, system_attrs, intermediate_values, record),
  state,
  trial_id,
  duration_seconds,
  attempts,
  error,
  worker,
  constraints_ok
FROM read_parquet(assay_all_parts(), union_by_name := true) AS trial
JOIN (SELECT unnest(getvariable('assay').studies) AS study) ON study.study_id = trial.study_id;

-- 1 where less is better in an objective, counted from 0, and -1 where more is.
CREATE OR REPLACE MACRO assay_sign(study, objective) AS
  CASE
    WHEN objective < 0 OR getvariable('assay').study[study].directions[objective + 1] IS NULL
      THEN error(
        'study ''' || study || ''' has ' || len(getvariable('assay').study[study].directions)
        || ' objectives, counted from 0, and none with the number ' || objective)::DOUBLE
    WHEN getvariable('assay').study[study].directions[objective + 1] = 'MAXIMIZE' THEN -1.0
    ELSE 1.0
  END;

-- One study's trials for the questions below. The loss is the value with the sign that makes less
-- better; null where the trial may not be the best: it is not COMPLETE, its constraints do not hold,
-- or the value is not finite.
CREATE OR REPLACE MACRO assay_ranked(study, objective) AS TABLE
SELECT
  number,
  trial_id,
  state,
  datetime_complete AT TIME ZONE 'UTC' AS datetime_complete,
  coalesce(duration_seconds, epoch(datetime_complete - datetime_start)) AS seconds,
  worker,
  "values"[objective + 1] AS "value",
  CASE
    WHEN state = 'COMPLETE' AND constraints_ok IS DISTINCT FROM false
      AND isfinite("values"[objective + 1])
      THEN assay_sign(study, objective) * "values"[objective + 1]
  END AS loss
FROM read_parquet(assay_parts(study));

CREATE OR REPLACE MACRO best_so_far(study, objective := 0) AS TABLE
SELECT
  number,
  trial_id,
  datetime_complete,
  "value",
  assay_sign(study, objective) * min(loss) OVER (ORDER BY number) AS best,
  coalesce(loss < coalesce(
    min(loss) OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    'inf'::DOUBLE), false) AS improved
FROM assay_ranked(study, objective)
WHERE state = 'COMPLETE'
ORDER BY number;

CREATE OR REPLACE MACRO top_trials(study, n := 10, objective := 0) AS TABLE
SELECT place, trial.*
FROM trials_of(study) AS trial
JOIN (
  SELECT number, row_number() OVER (ORDER BY loss, number) AS place
  FROM assay_ranked(study, objective)
  WHERE loss IS NOT NULL
  QUALIFY place <= n
) AS best ON best.number = trial.number
ORDER BY place;

CREATE OR REPLACE MACRO top_by(study, column_name, n := 1, objective := 0) AS TABLE
SELECT
  "group",
  row_number() OVER (PARTITION BY "group" ORDER BY loss, number) AS place,
  number,
  trial_id,
  "value"
FROM assay_ranked(study, objective)
JOIN (
  SELECT number, COLUMNS(lambda c: c = column_name) AS "group" FROM trials_of(study)
) USING (number)
WHERE loss IS NOT NULL
QUALIFY place <= n
ORDER BY "group", place;

CREATE OR REPLACE MACRO top_by_study(n := 1, objective := 0) AS TABLE
SELECT
  study_name,
  row_number() OVER (PARTITION BY study_id ORDER BY loss, number) AS place,
  number,
  trial_id,
  "value"
FROM (
  SELECT
    study_id, study.name AS study_name, number, trial_id, "values"[objective + 1] AS "value",
    CASE WHEN study.directions[objective + 1] = 'MAXIMIZE' THEN -1.0 ELSE 1.0 END
      * "values"[objective + 1] AS loss
  FROM read_parquet(assay_all_parts())
  JOIN (SELECT unnest(getvariable('assay').studies) AS study) ON study.study_id = study_id
  WHERE state = 'COMPLETE' AND constraints_ok IS DISTINCT FROM false
    AND isfinite("values"[objective + 1])
)
QUALIFY place <= n
ORDER BY study_name, place;

-- Equal values stay together, so that there may be fewer bins.
CREATE OR REPLACE MACRO bins_of(study, column_name, bins := 10, objective := 0) AS TABLE
WITH point AS MATERIALIZED (
  SELECT x, loss, "value"
  FROM assay_ranked(study, objective)
  JOIN (
    SELECT number, TRY_CAST(COLUMNS(lambda c: c = column_name) AS DOUBLE) AS x FROM trials_of(study)
  ) USING (number)
  WHERE loss IS NOT NULL AND isfinite(x)
),
edge AS (
  SELECT quantile_disc(x, list_transform(range(1, bins), lambda i: i / bins)) AS edges FROM point
)
SELECT
  row_number() OVER (ORDER BY min(x)) AS bin,
  min(x) AS low,
  max(x) AS high,
  count(*) AS trials,
  assay_sign(study, objective) * min(loss) AS best,
  avg("value") AS mean,
  quantile_cont("value", 0.1) AS p10,
  quantile_cont("value", 0.5) AS p50,
  quantile_cont("value", 0.9) AS p90
FROM point, edge
GROUP BY len(list_filter(edges, lambda e: e < x))
ORDER BY bin;

-- How many objectives a study has, where they are no more than the front below compares.
CREATE OR REPLACE MACRO assay_objectives(study) AS
  CASE
    WHEN len(getvariable('assay').study[study].directions) > 16
      THEN error('study ''' || study || ''' has more than 16 objectives: compare "values" of trials')::BIGINT
    ELSE len(getvariable('assay').study[study].directions)
  END;

CREATE OR REPLACE MACRO assay_dominates(one, other) AS
  one.l0 <= other.l0 AND one.l1 <= other.l1 AND one.l2 <= other.l2 AND one.l3 <= other.l3
  AND one.l4 <= other.l4 AND one.l5 <= other.l5 AND one.l6 <= other.l6 AND one.l7 <= other.l7
  AND one.l8 <= other.l8 AND one.l9 <= other.l9 AND one.l10 <= other.l10 AND one.l11 <= other.l11
  AND one.l12 <= other.l12 AND one.l13 <= other.l13 AND one.l14 <= other.l14
  AND one.l15 <= other.l15 AND one <> other;

-- A few trials that are good in all objectives rule most of the others out; those that are left are
-- compared with each other.
CREATE OR REPLACE MACRO pareto_front(study) AS TABLE
WITH candidate AS MATERIALIZED (
  SELECT
    number,
    {'l0': l[1], 'l1': coalesce(l[2], 0), 'l2': coalesce(l[3], 0), 'l3': coalesce(l[4], 0),
     'l4': coalesce(l[5], 0), 'l5': coalesce(l[6], 0), 'l6': coalesce(l[7], 0),
     'l7': coalesce(l[8], 0), 'l8': coalesce(l[9], 0), 'l9': coalesce(l[10], 0),
     'l10': coalesce(l[11], 0), 'l11': coalesce(l[12], 0), 'l12': coalesce(l[13], 0),
     'l13': coalesce(l[14], 0), 'l14': coalesce(l[15], 0), 'l15': coalesce(l[16], 0)} AS loss
  FROM (
    SELECT number,
      list_transform("values", lambda v, i: assay_sign(study, i - 1) * v) AS l
    FROM read_parquet(assay_parts(study))
    WHERE state = 'COMPLETE' AND constraints_ok IS DISTINCT FROM false
      AND len("values") = assay_objectives(study)
      AND NOT list_contains("values", 'nan'::DOUBLE)
  )
),
strong AS MATERIALIZED (
  SELECT loss FROM candidate
  ORDER BY percent_rank() OVER (ORDER BY loss.l0) + percent_rank() OVER (ORDER BY loss.l1)
    + percent_rank() OVER (ORDER BY loss.l2) + percent_rank() OVER (ORDER BY loss.l3)
  LIMIT 16
),
remaining AS MATERIALIZED (
  FROM candidate
  WHERE NOT EXISTS (FROM strong WHERE assay_dominates(strong.loss, candidate.loss))
)
SELECT trial.*
FROM trials_of(study) AS trial
JOIN (
  SELECT number, loss.l0 AS first_loss FROM remaining
  WHERE NOT EXISTS (
    FROM remaining AS other WHERE assay_dominates(other.loss, remaining.loss))
) AS front ON front.number = trial.number
ORDER BY first_loss, trial.number;

CREATE OR REPLACE MACRO duration_percentiles(study) AS TABLE
SELECT
  state,
  count(*) AS trials,
  count(seconds) AS timed,
  sum(seconds) AS total_seconds,
  avg(seconds) AS mean_seconds,
  min(seconds) AS min_seconds,
  quantile_cont(seconds, 0.1) AS p10_seconds,
  quantile_cont(seconds, 0.5) AS p50_seconds,
  quantile_cont(seconds, 0.9) AS p90_seconds,
  quantile_cont(seconds, 0.95) AS p95_seconds,
  quantile_cont(seconds, 0.99) AS p99_seconds,
  max(seconds) AS max_seconds
FROM (
  SELECT state, CASE WHEN isfinite(seconds) THEN seconds END AS seconds
  FROM assay_ranked(study, 0)
)
GROUP BY state
ORDER BY state;

CREATE OR REPLACE MACRO throughput(study, seconds_each := 60) AS TABLE
SELECT
  time_bucket(to_seconds(seconds_each), datetime_complete) AS "time",
  count(*) AS trials,
  count(*) FILTER (state = 'COMPLETE') AS complete,
  count(*) FILTER (state = 'PRUNED') AS pruned,
  count(*) FILTER (state = 'FAIL') AS fail,
  count(DISTINCT worker) AS workers
FROM assay_ranked(study, 0)
WHERE datetime_complete IS NOT NULL
GROUP BY "time"
ORDER BY "time";

-- What the guard refused, and the trials of legacy runs that were skipped as duplicates.
CREATE OR REPLACE MACRO duplicates_saved(study) AS TABLE
SELECT
  trials,
  duplicates,
  CASE WHEN trials + duplicates > 0 THEN duplicates / (trials + duplicates) END AS share,
  mean_seconds,
  duplicates * mean_seconds AS saved_seconds
FROM (
  SELECT
    count(*) FILTER (NOT is_duplicate) AS trials,
    count(*) FILTER (is_duplicate) + getvariable('assay').study[study].duplicates AS duplicates,
    avg(seconds) FILTER (state = 'COMPLETE' AND isfinite(seconds)) AS mean_seconds
  FROM (
    SELECT
      state,
      coalesce(duration_seconds, epoch(datetime_complete - datetime_start)) AS seconds,
      contains(user_attrs, '"skipped"')
        AND coalesce(assay_json(user_attrs)->>'$.skipped' = 'true', false)
        AND coalesce(starts_with(assay_json(user_attrs)->>'$.reason', 'duplicate'), false)
        AS is_duplicate
    FROM read_parquet(assay_parts(study))
    WHERE state IN ('COMPLETE', 'PRUNED', 'FAIL')
  )
);

-- What each is, in the words of Assay's analytics/SQL.md.
COMMENT ON VIEW studies IS 'A row a study.';
COMMENT ON COLUMN studies."study_id" IS 'the study''s id, which is never used again';
COMMENT ON COLUMN studies."study_name" IS 'its name';
COMMENT ON COLUMN studies."directions" IS 'MINIMIZE or MAXIMIZE, one for each objective';
COMMENT ON COLUMN studies."trials" IS 'how many trials a query sees';
COMMENT ON COLUMN studies."duplicates" IS 'claims so far that found their parameters taken; null where the store has not been opened for writing since it counts them';
COMMENT ON COLUMN studies."source" IS 'the file, folder or database that it came from';
COMMENT ON COLUMN studies."source_kind" IS 'what that is, such as study-file or legacy-run';
COMMENT ON COLUMN studies."parent" IS 'the run in whose folder it was';
COMMENT ON COLUMN studies."trial_files" IS 'what becomes of its trials'' JSON files: keep, compacted or none';
COMMENT ON COLUMN studies."created" IS 'when it came into the store';
COMMENT ON COLUMN studies."user_attrs" IS 'the user''s attributes';
COMMENT ON COLUMN studies."system_attrs" IS 'Assay''s and Optuna''s attributes';
COMMENT ON VIEW runs IS 'Another name of studies.';
COMMENT ON VIEW trials IS 'A row a trial of any study, with the same columns for all.';
COMMENT ON COLUMN trials."study_id" IS 'the study, as in the manifest';
COMMENT ON COLUMN trials."study_name" IS 'the study''s name';
COMMENT ON COLUMN trials."trial_id" IS 'unique in the store, never used again';
COMMENT ON COLUMN trials."number" IS 'counts the study''s trials from 0, without holes';
COMMENT ON COLUMN trials."state" IS 'COMPLETE, PRUNED or FAIL; of trials that had not finished where they came from RUNNING or WAITING';
COMMENT ON COLUMN trials."value" IS 'the objective''s value; null where there is none or several objectives';
COMMENT ON COLUMN trials."values" IS 'one for each objective; null where there is none';
COMMENT ON COLUMN trials."datetime_start" IS 'when it began';
COMMENT ON COLUMN trials."datetime_complete" IS 'when it finished';
COMMENT ON COLUMN trials."duration_seconds" IS 'seconds, as reported by whoever ran it';
COMMENT ON COLUMN trials."attempts" IS 'how often it was tried, from 1';
COMMENT ON COLUMN trials."error" IS 'why it failed or was given up';
COMMENT ON COLUMN trials."worker" IS 'who ran it';
COMMENT ON COLUMN trials."trial_key" IS 'SHA-256 of the canonical parameters, in hexadecimal';
COMMENT ON COLUMN trials."signature" IS 'the same with floats rounded to 10 decimals';
COMMENT ON COLUMN trials."trial_file" IS 'the name of its JSON file in the run''s directory';
COMMENT ON COLUMN trials."legacy_trial_id" IS 'the trial_id that a migrated file had';
COMMENT ON COLUMN trials."constraints_ok" IS 'whether its constraints held; null where unknown';
COMMENT ON COLUMN trials."params" IS 'JSON object: the parameters, nested as the study declares them';
COMMENT ON COLUMN trials."metrics" IS 'JSON object: what the objective reported beside its values';
COMMENT ON COLUMN trials."user_attrs" IS 'JSON object: the user''s attributes';
COMMENT ON COLUMN trials."system_attrs" IS 'JSON object: Assay''s and Optuna''s attributes';
COMMENT ON COLUMN trials."intermediate_values" IS 'JSON object: reported value by step, in the order of the steps';
COMMENT ON COLUMN trials."record" IS 'JSON object: the whole trial';
COMMENT ON VIEW params IS 'A row a parameter of a trial. Parameters are taken apart down to eight levels; what is nested deeper is the JSON text of its object.';
COMMENT ON COLUMN params."study_id" IS 'the study, as in studies';
COMMENT ON COLUMN params."study_name" IS 'the study''s name';
COMMENT ON COLUMN params."trial_id" IS 'unique in the store, never used again';
COMMENT ON COLUMN params."number" IS 'counts the study''s trials from 0, without holes';
COMMENT ON COLUMN params."name" IS 'the parameter''s path, with dots between its steps';
COMMENT ON COLUMN params."value" IS 'its value as text; JSON where that is an array or an object';
COMMENT ON COLUMN params."value_double" IS 'its value where that is a number';
COMMENT ON VIEW metrics IS 'A row a metric of a trial.';
COMMENT ON COLUMN metrics."study_id" IS 'the study, as in studies';
COMMENT ON COLUMN metrics."study_name" IS 'the study''s name';
COMMENT ON COLUMN metrics."trial_id" IS 'unique in the store, never used again';
COMMENT ON COLUMN metrics."number" IS 'counts the study''s trials from 0, without holes';
COMMENT ON COLUMN metrics."name" IS 'the metric''s name';
COMMENT ON COLUMN metrics."value" IS 'its value as text; JSON where that is an array or an object';
COMMENT ON COLUMN metrics."value_double" IS 'its value where that is a number';
COMMENT ON VIEW intermediate_values IS 'A row a value that a trial reported at a step.';
COMMENT ON COLUMN intermediate_values."study_id" IS 'the study, as in studies';
COMMENT ON COLUMN intermediate_values."study_name" IS 'the study''s name';
COMMENT ON COLUMN intermediate_values."trial_id" IS 'unique in the store, never used again';
COMMENT ON COLUMN intermediate_values."number" IS 'counts the study''s trials from 0, without holes';
COMMENT ON COLUMN intermediate_values."step" IS 'the step at which it was reported';
COMMENT ON COLUMN intermediate_values."value" IS 'the reported value';
COMMENT ON VIEW files IS 'A row an archived file of a run, content included: ask for the content of those that are needed.';
COMMENT ON COLUMN files."study_id" IS 'the study, as in the manifest';
COMMENT ON COLUMN files."study_name" IS 'the study''s name';
COMMENT ON COLUMN files."path" IS 'relative to the run''s directory, with forward slashes, never outside it';
COMMENT ON COLUMN files."trial_file" IS 'the trial file that it belongs to; null for the run as a whole, and in pieces but the first';
COMMENT ON COLUMN files."size" IS 'of the whole file, in bytes';
COMMENT ON COLUMN files."sha256" IS 'of the whole file, in hexadecimal; null in pieces but the first';
COMMENT ON COLUMN files."content" IS 'the file, or the piece, byte for byte';
COMMENT ON MACRO TABLE trials_of IS 'A study in the form of Optuna''s trials_dataframe: its parameters, metrics and attributes are typed columns.';
COMMENT ON MACRO TABLE trials_of_all IS 'The trials of all studies with the typed columns of each; null where a study lacks one.';
COMMENT ON MACRO TABLE best_so_far IS 'The COMPLETE trials of a study in their order, each with the best value so far.';
COMMENT ON MACRO TABLE top_trials IS 'The best n trials of a study, 10 unless told otherwise, with the columns of trials_of.';
COMMENT ON MACRO TABLE top_by IS 'The best n trials, one unless told otherwise, for each value of a column of trials_of.';
COMMENT ON MACRO TABLE top_by_study IS 'The best n trials of each study, one unless told otherwise.';
COMMENT ON MACRO TABLE bins_of IS 'How values are spread over a number column of trials_of, cut into bins, 10 unless told otherwise, with about as many trials each.';
COMMENT ON MACRO TABLE pareto_front IS 'The trials that no other is better than, at least as good in every objective and better in one, with the columns of trials_of; up to 16 objectives.';
COMMENT ON MACRO TABLE duration_percentiles IS 'How long the trials of a study took, a row for each state.';
COMMENT ON MACRO TABLE throughput IS 'How many trials ended in each minute, or as many seconds as are told.';
COMMENT ON MACRO TABLE duplicates_saved IS 'How many evaluations the guard has spared a study, and about how much time.';
