"""Samplers and pruners of Optuna's over a server and over memory, with the same seed. Argument: port.

A line for each: its name, and the best value of both.
"""

import sys
import warnings

import optuna
from optuna import pruners, samplers

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
GRID = {"x": [-4.0, -1.0, 0.5, 3.0], "k": [1, 2, 3], "c": ["a", "b"]}


def objective(trial):
    x, k = trial.suggest_float("x", -5, 5), trial.suggest_int("k", 1, 3)
    bad = trial.suggest_categorical("c", ["a", "b"]) == "b"
    for step in range(9):
        trial.report((x - 1) ** 2 + k + bad + 1 / (step + 1), step)
        if trial.should_prune():
            raise optuna.TrialPruned()
    return (x - 1) ** 2 + k + bad


def two(trial):
    x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
    return x, (1 + y) * (1 - x)


def numbers(trial):
    x, y = trial.suggest_float("x", -5, 5), trial.suggest_float("y", 1e-3, 1, log=True)
    return x * x + y


def one(trial):
    # Optuna's client does not keep the order of parameters, and to Sobol's points it means something.
    return trial.suggest_float("x", -5, 5) ** 2


RUNS = {
    "tpe": (lambda: samplers.TPESampler(seed=1), objective, None),
    "tpe constant liar": (lambda: samplers.TPESampler(seed=1, group=True, multivariate=True, constant_liar=True), objective, None),
    "cmaes": (lambda: samplers.CmaEsSampler(seed=1), numbers, None),
    "nsga2": (lambda: samplers.NSGAIISampler(seed=1, population_size=8), two, None),
    "qmc": (lambda: samplers.QMCSampler(seed=1), one, None),
    "grid": (lambda: samplers.GridSampler(GRID, seed=1), objective, None),
    "random": (lambda: samplers.RandomSampler(seed=1), objective, pruners.MedianPruner(n_startup_trials=3)),
    "hyperband": (lambda: samplers.TPESampler(seed=1), objective, pruners.HyperbandPruner(max_resource=9)),
}
server = optuna.storages.GrpcStorageProxy(host="localhost", port=int(sys.argv[1]))
for name, (sampler, function, pruner) in RUNS.items():
    outcomes = []
    for storage in (server, optuna.storages.InMemoryStorage()):
        study = optuna.create_study(
            storage=storage, study_name=name, sampler=sampler(), pruner=pruner,
            directions=["minimize"] * (2 if function is two else 1))
        study.optimize(function, n_trials=24)
        outcomes.append([(t.state.name, sorted(t.params.items()), t.values) for t in study.trials])
    pruned = sum(state == "PRUNED" for state, _, _ in outcomes[0])
    same = sum(a == b for a, b in zip(*outcomes))
    print(f"{name}: {len(outcomes[0])} trials, {same} the same, {'some' if pruned else 'none'} pruned")
