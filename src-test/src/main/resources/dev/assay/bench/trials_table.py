"""trials_dataframe and PED-ANOVA of the one study of a database.

["seconds", CLOCK, CPU] twice, ["row", {COLUMN: VALUE}] a trial, and twice
["importance", CLOCK, CPU, {PARAMETER: SHARE}]: from the database, and with the trials in memory.
"""
import json
import sqlite3
import sys
import time
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
database, name = sys.argv[1:3]


def now():
    return time.perf_counter(), time.process_time()


def since(begin):
    return [after - before for before, after in zip(begin, now())]


with sqlite3.connect(database) as connection:
    # What Assay alone keeps there is nothing that Optuna should have to read.
    connection.execute("DELETE FROM trial_system_attributes")
for _ in range(2):
    begun = now()
    # A study's first call reads the database, and so does that of one that is loaded anew.
    frame = optuna.load_study(study_name=name, storage="sqlite:///" + database).trials_dataframe()
    print(json.dumps(["seconds", *since(begun)]), flush=True)
frame = frame.drop(columns=["duration"])
for column in ("datetime_start", "datetime_complete"):
    frame[column] = [None if at != at else int(at.value // 1000) for at in frame[column]]
for row in frame.to_dict(orient="records"):
    print(json.dumps(["row", {key: None if value != value else value for key, value in row.items()}]))
for in_memory in (False, True):
    begun = now()
    study = optuna.load_study(study_name=name, storage="sqlite:///" + database)
    if in_memory:
        study.trials  # Read here, and kept by the study.
        begun = now()
    shares = optuna.importance.get_param_importances(
        study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    print(json.dumps(["importance", *since(begun), shares]), flush=True)
