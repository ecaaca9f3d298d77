CREATE OR REPLACE MACRO assay_root() AS '@root@';
-- A DuckDB session on an Assay store: run this file in any DuckDB from 1.4 on. Only the line above
-- differs between places; `assay jdbc-url` writes it anew after the store was moved or copied.
--
--   JDBC    jdbc:duckdb:;session_init_sql_file=/path/to/store/views.sql
--   Python  con = duckdb.connect(); con.execute(open("/path/to/store/views.sql").read())
--
--   studies (runs)       a row a study: study_id, study_name, directions, attributes, source, trials
--   trials               a row a trial of any study: the fixed columns
--   params               a row a parameter: name (dotted path), value as text, value_double
--   metrics              a row a metric, the same columns
--   intermediate_values  a row a reported step
--   files                a row an archived file, content included
--   trials_of('study')   one study in the form of Optuna's trials_dataframe, typed columns
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
          "created": "VARCHAR"}],
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
  'studies': coalesce((SELECT list(known ORDER BY study_id) FROM known), []),
  'study': coalesce((SELECT map(list(name), list(known)) FROM known), MAP {}),
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

CREATE OR REPLACE VIEW studies AS
SELECT
  study_id,
  name AS study_name,
  directions,
  trials,
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
FROM read_parquet(assay_known(getvariable('assay').trials))
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

-- Reads this study's files only. `values_<i>` stand for up to 16 objectives.
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
  FROM read_parquet(
    CASE
      WHEN assay_known(getvariable('assay').trials) IS NOT NULL
        AND getvariable('assay').study[study_name] IS NULL
        THEN [error('there is no study ''' || study_name || '''; SELECT study_name FROM studies lists them')]
      ELSE getvariable('assay').trials[1:1] || getvariable('assay').study[study_name].parts
    END,
    union_by_name := true)
)
ORDER BY number;
