"""Works on a study together with the store's own workers; a line "number x1 x2" for each trial evaluated.

Arguments: port, how many trials wait, trials in all. Evaluates what waits and says "queued" when as many wait
again; when others have evaluated those, works on until the study has all its trials.
"""

import sys
import time

import optuna
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
port, waiting, wanted = map(int, sys.argv[1:])
storage = optuna.storages.GrpcStorageProxy(host="localhost", port=port)
study = optuna.load_study(study_name="both", storage=storage, sampler=optuna.samplers.RandomSampler(seed=3))


def objective(trial):
    x1, x2 = trial.suggest_float("x1", -5, 10), trial.suggest_float("x2", 0, 15)
    trial.report(x1, 1)
    print(trial.number, x1, x2, flush=True)
    return x1 + x2


study.optimize(objective, n_trials=waiting)
for i in range(waiting):
    study.enqueue_trial({"x1": -(i + 1) / 8, "x2": 2.0})
print("queued", flush=True)
while study.get_trials(states=[TrialState.WAITING]):
    time.sleep(0.01)
while len(study.get_trials(deepcopy=False)) < wanted:
    study.optimize(objective, n_trials=1)
