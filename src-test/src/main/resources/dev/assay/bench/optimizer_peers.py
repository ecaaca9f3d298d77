"""What Optuna, and Rustuna where it is there, need for the same studies: [FIGURE, SECONDS] a line."""
import json
import os
import tempfile
import time
import warnings

import optuna

try:
    import rustuna
except ImportError:
    rustuna = None

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(parameters, objectives):
    def evaluate(trial):
        x = [trial.suggest_float("x%d" % i, -5, 5) for i in range(parameters)][:5]
        first = sum((v - 1) ** 2 for v in x)
        return first if objectives == 1 else (first, sum((v + 1) ** 2 for v in x))

    return evaluate


def say(figure, begun, times=1):
    print(json.dumps([figure, (time.perf_counter() - begun) / times]), flush=True)


def study(figure, library, sampler, parameters, objectives=1, trials=1000, storage=None):
    begun = time.perf_counter()
    created = library.create_study(
        directions=["minimize"] * objectives, sampler=sampler, **({"storage": storage} if storage else {}))
    created.optimize(objective(parameters, objectives), n_trials=trials)
    say(figure, begun)


def asks(figure, sampler, parameters, trials, count):
    created = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    created.optimize(objective(parameters, 1), n_trials=trials)
    created.sampler = sampler
    one = objective(parameters, 1)
    for warm in (True, False):
        begun = time.perf_counter()
        for _ in range(1 if warm else count):
            trial = created.ask()
            created.tell(trial, one(trial))
    say(figure, begun, count)


s = optuna.samplers
# What Python makes and loads once is made here.
optuna.create_study(sampler=s.TPESampler(seed=1)).optimize(objective(5, 1), n_trials=30)
if rustuna:
    r = rustuna.samplers
    study("TPE, 40 x 1,000 (Rustuna)", rustuna, r.TPESampler(seed=1), 40)
    study("TPE, 40 x 1,000, two (Rustuna)", rustuna, r.TPESampler(seed=1), 40, 2)
    study("CMA-ES, 40 x 100,000 (Rustuna)", rustuna, r.CmaEsSampler(seed=1), 40, 1, 100_000)
    study("NSGA-II, 40 x 100,000, two (Rustuna)", rustuna, r.NSGAIISampler(seed=1), 40, 2, 100_000)
study("random, 5 x 1,000", optuna, s.RandomSampler(seed=1), 5)
study("TPE, 5 x 1,000", optuna, s.TPESampler(seed=1), 5)
study("TPE, 40 x 1,000", optuna, s.TPESampler(seed=1), 40)
asks("TPE ask, 20 after 1,000", s.TPESampler(seed=1), 20, 1_000, 20)
asks("TPE ask, 20 after 10,000", s.TPESampler(seed=1), 20, 10_000, 5)
try:
    asks("GP ask, 5 after 1,000", s.GPSampler(seed=1), 5, 1_000, 3)
except ImportError:
    pass  # It needs torch and scipy.
with tempfile.TemporaryDirectory() as folder:
    for name, sampler in ("random", s.RandomSampler(seed=1)), ("TPE", s.TPESampler(seed=1)):
        url = "sqlite:///" + os.path.join(folder, name + ".db")
        study(name + ", 5 x 1,000, stored", optuna, sampler, 5, 1, 1000, url)
