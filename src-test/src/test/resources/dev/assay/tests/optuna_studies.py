"""Fills a database and a journal with Optuna itself, or the database of a URL, and says in JSON what
Optuna reads from them."""

import datetime
import json
import sys

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, distribution_to_json
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
NAMES = ["every/kind 'x'", "one", "empty"]
LOG = FloatDistribution(1e-5, 1e-1, log=True)
DOUBLED = CategoricalDistribution((1, 1.0, True, None, "a"))


def every_kind(trial):
    trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    trial.suggest_float("q", 0, 1, step=0.1)
    trial.suggest_int("n", 1, 100, log=True)
    trial.suggest_int("k", 0, 10, step=5)
    trial.suggest_categorical("c", [None, True, "x", 1.5, 7])
    trial.suggest_categorical("mid.dle", ["\u00e9", "\u2028"])
    trial.set_user_attr("note", {"a": [1, 2, {"b": None}], "inf": float("inf")})
    trial.storage.set_trial_system_attr(
        trial._trial_id, "constraints", [-1.0, 0.0 if trial.number % 2 else 2.0]
    )
    if trial.number == 3:
        raise ValueError("boom")
    return trial.number * 0.5, -1.0 * trial.number


def one(trial):
    x = trial.suggest_float("x", -5, 5)
    for step, value in enumerate([x, float("nan"), float("inf"), float("-inf"), -0.5]):
        trial.report(value, step * 10)
    if trial.number == 1:
        raise optuna.TrialPruned()
    return x


def fill(storage):
    sampler = optuna.samplers.RandomSampler(seed=1)
    study = optuna.create_study(
        study_name=NAMES[0], storage=storage, directions=["minimize", "maximize"], sampler=sampler
    )
    study.set_user_attr("big", 2**70)
    study.set_user_attr("nan", float("nan"))
    study.enqueue_trial({"lr": 0.01, "q": 0.5, "n": 3, "k": 5, "c": "x", "mid.dle": "\u00e9"})
    study.optimize(every_kind, n_trials=6, catch=(ValueError,))
    study.enqueue_trial({"lr": 0.02}, user_attrs={"w": 1})
    study.ask().suggest_float("lr", 1e-5, 1e-1, log=True)
    study.enqueue_trial({"lr": 0.03})
    infinite = [float("inf"), float("-inf")]
    study.add_trial(create_trial(values=infinite, params={"lr": 0.05}, distributions={"lr": LOG}))
    study.add_trial(
        create_trial(state=TrialState.WAITING, params={"d": True}, distributions={"d": DOUBLED})
    )
    study = optuna.create_study(
        study_name=NAMES[1], storage=storage, direction="maximize", sampler=sampler
    )
    study.optimize(one, n_trials=4)
    optuna.create_study(study_name=NAMES[2], storage=storage)
    gone = optuna.create_study(study_name="gone", storage=storage)
    gone.add_trial(create_trial(value=1.0))
    optuna.delete_study(study_name="gone", storage=storage)


def time(moment):
    return None if moment is None else moment.replace(tzinfo=datetime.timezone.utc).isoformat()


def described(study):
    return {
        "directions": [direction.name for direction in study.directions],
        "user_attrs": study.user_attrs,
        "trials": [
            {
                "number": trial.number,
                "state": trial.state.name,
                "values": trial.values or [],
                "params": trial.params,
                "distributions": {
                    name: json.loads(distribution_to_json(distribution))
                    for name, distribution in trial.distributions.items()
                },
                "user_attrs": trial.user_attrs,
                "system_attrs": trial.system_attrs,
                "steps": {str(step): value for step, value in trial.intermediate_values.items()},
                "start": time(trial.datetime_start),
                "complete": time(trial.datetime_complete),
            }
            for trial in study.get_trials()
        ],
    }


def main(directory, url=None):
    storages = (
        {"server": url}
        if url
        else {
            "database": f"sqlite:///{directory}/studies.db",
            "journal": JournalStorage(JournalFileBackend(f"{directory}/studies.log")),
        }
    )
    for kind, storage in storages.items():
        fill(storage)
        studies = {
            name: described(optuna.load_study(study_name=name, storage=storage)) for name in NAMES
        }
        with open(f"{directory}/{kind}.json", "w") as out:
            json.dump(studies, out)


main(*sys.argv[1:])
