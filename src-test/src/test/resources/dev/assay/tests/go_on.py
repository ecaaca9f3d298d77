"""Opens exported studies, says what their trials are, and goes on with each by TPE.

go_on.py STORAGE RECORDS STUDY...: STORAGE is a database's URL or the path of a journal; RECORDS has
each study's records, a JSON line a trial.
"""

import json
import math
import sys

import optuna
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)
where, records, *names = sys.argv[1:]
storage = where if "://" in where else optuna.storages.JournalStorage(JournalFileBackend(where))


def flat(group, prefix=""):
    for name, value in group.items():
        if isinstance(value, dict) and value:
            yield from flat(value, prefix + name + ".")
        else:
            yield prefix + name, json.dumps(value) if isinstance(value, (list, dict)) else value


def equal(found, expected):
    compact = json.dumps(json.loads(expected), separators=(",", ":")) if isinstance(
        expected, str) and expected[:1] in "[{" else expected
    return found == compact or (isinstance(found, float) and math.isnan(found))


for name in names:
    study = optuna.load_study(
        study_name=name, storage=storage,
        sampler=optuna.samplers.TPESampler(n_startup_trials=5, multivariate=True, seed=1))
    with open(f"{records}/{name}.jsonl") as lines:
        expected = [json.loads(line) for line in lines]
    trials = study.trials
    assert len(trials) == len(expected), (len(trials), len(expected))
    for trial, record in zip(trials, expected):
        assert trial.number == record["number"]
        assert trial.state.name == record["state"], trial
        if trial.state.name == "COMPLETE":
            assert trial.values == record["values"], trial
        params = dict(flat(record["params"]))
        assert trial.params.keys() == params.keys(), trial
        for key, value in params.items():
            assert equal(trial.params[key], value), (key, trial.params[key], value)
            distribution = trial.distributions[key]
            assert distribution._contains(distribution.to_internal_repr(trial.params[key]))
        attrs = record.get("user_attrs", {})
        assert json.dumps(trial.user_attrs, sort_keys=True) == json.dumps(attrs, sort_keys=True)
    space = optuna.search_space.intersection_search_space(study.trials)
    for i in range(3):
        trial = study.ask(space)
        study.tell(trial, 1000.0 + i)
    best = study.best_trial.number if study.direction.name == "MAXIMIZE" else len(trials) + 2
    assert best == len(trials) + 2, best
    print(name, len(trials), len(space))
