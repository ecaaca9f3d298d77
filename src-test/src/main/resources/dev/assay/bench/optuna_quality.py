"""Runs studies with Optuna: FUNCTION SPACE_JSON SAMPLERS SEEDS EARLY LATE, a JSON line a study."""
import json
import math
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
function, space, samplers, seeds, early, late = sys.argv[1:7]
space, seeds, early, late = json.loads(space), int(seeds), int(early), int(late)

HARTMANN_A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
              [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
HARTMANN_P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
              [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]


def branin(x):
    valley = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann6(x):
    return -sum(
        alpha * math.exp(-sum(a * (v - p * 1e-4) ** 2 for a, p, v in zip(row, at, x)))
        for alpha, row, at in zip([1, 1.2, 3, 3.2], HARTMANN_A, HARTMANN_P))


def ackley10(x):
    n = len(x)
    spread = math.exp(-0.2 * math.sqrt(sum(v * v for v in x) / n))
    return -20 * spread - math.exp(sum(math.cos(2 * math.pi * v) for v in x) / n) + 20 + math.e


def rosenbrock5(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def levy8(x):
    w = [1 + (v - 1) / 4 for v in x]
    body = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + body + last


def styblinski5(x):
    return sum(v**4 - 16 * v * v + 5 * v for v in x) / 2


def zdt1(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - math.sqrt(x[0] / g))


def zdt2(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - (x[0] / g) ** 2)


def mixed(p):
    base, rate, depth = {"sgd": (1, -1, 4), "adam": (0, -3, 7),
                         "rms": (0.5, -2.5, 6), "ada": (2, -0.5, 3)}[p["opt"]]
    return (base + (math.log10(p["lr"]) - rate) ** 2 + 0.1 * (p["depth"] - depth) ** 2
            + ((p["width"] - 112) / 64) ** 2
            + 4 * (p["dropout"] - (0.4 if p["flag"] else 0.1)) ** 2 + (0 if p["flag"] else 0.3))


def suggest(trial, name, spec):
    if spec["type"] == "categorical":
        return trial.suggest_categorical(name, spec["choices"])
    if spec["type"] == "int":
        return trial.suggest_int(name, spec["low"], spec["high"], step=spec.get("step", 1))
    return trial.suggest_float(name, spec["low"], spec["high"], log=spec.get("log", False))


def objective(trial):
    params = {name: suggest(trial, name, spec) for name, spec in space.items()}
    return mixed(params) if function == "mixed" else globals()[function](list(params.values()))


def hypervolume(points):
    area, lowest = 0.0, 6.0
    for a, b in sorted(points):
        if a < 1.1 and b < lowest:
            area += (1.1 - a) * (lowest - b)
            lowest = b
    return area


s = optuna.samplers
KNOWN = {
    "random": lambda seed: s.RandomSampler(seed=seed),
    "qmc_sobol": lambda seed: s.QMCSampler(seed=seed, scramble=True),
    "tpe": lambda seed: s.TPESampler(seed=seed),
    "tpe_uni": lambda seed: s.TPESampler(seed=seed, multivariate=False, constant_liar=False),
    "tpe_genesis": lambda seed: s.TPESampler(
        seed=seed, multivariate=True, constant_liar=True, n_startup_trials=25, n_ei_candidates=48),
    "cmaes": lambda seed: s.CmaEsSampler(seed=seed),
    "gp": lambda seed: s.GPSampler(seed=seed),
    "nsga2": lambda seed: s.NSGAIISampler(seed=seed),
    # What ours is compared with that Optuna has no like of: its default.
    "auto": lambda seed: s.NSGAIISampler(seed=seed) if function.startswith("zdt")
    else s.TPESampler(seed=seed),
}
for name in samplers.split(","):
    if name not in KNOWN:
        continue
    for seed in range(seeds):
        directions = ["minimize"] * (2 if function.startswith("zdt") else 1)
        study = optuna.create_study(directions=directions, sampler=KNOWN[name](seed))
        study.optimize(objective, n_trials=late)
        values = [t.values for t in study.trials]
        if len(directions) == 1:
            result = min(v[0] for v in values[:early]), min(v[0] for v in values)
        else:
            result = hypervolume(values[:early]), hypervolume(values)
        print(json.dumps([name, *result]), flush=True)
