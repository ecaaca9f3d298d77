"""Importances as Optuna computes them, with the trials they are of. Run with Optuna 5.0.0 and written
to importances.json: python3 importances.py > importances.json"""

import json
import math
import random
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import TrialState, create_trial

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
random.seed(7)

KINDS = {
    "x": FloatDistribution(-5, 5),
    "rate": FloatDistribution(1e-5, 1e-1, log=True),
    "share": FloatDistribution(0, 1, step=0.1),
    "fine": FloatDistribution(0, 10, step=0.1),
    "n": IntDistribution(1, 9),
    "wide": IntDistribution(-500, 500),
    "even": IntDistribution(0, 400, step=2),
    "units": IntDistribution(1, 1000, log=True),
    "kind": CategoricalDistribution(["adam", "sgd", None, True, 1.5]),
    "only": FloatDistribution(2, 2),
}


def draw(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return random.choice(distribution.choices)
    low, high = distribution.low, distribution.high
    if distribution.log:
        value = math.exp(random.uniform(math.log(low), math.log(high)))
    elif distribution.step is not None:
        value = low + distribution.step * random.randint(0, round((high - low) / distribution.step))
    else:
        value = random.uniform(low, high)
    value = min(high, max(low, round(value, 6)))
    return round(value) if isinstance(distribution, IntDistribution) else value


def value_of(p):
    kinds = {"adam": 0, "sgd": 2, None: 5, True: 1, 1.5: 3}
    return round(
        p.get("x", 0) ** 2 + 3 * abs(math.log10(p.get("rate", 1e-3)) + 3) + 4 * p.get("share", 0)
        + p.get("n", 0) + p.get("wide", 0) / 200 + math.log(p.get("units", 1)) + kinds[p.get("kind", "adam")],
        4,
    )


def plain(i):
    params = {name: draw(kind) for name, kind in KINDS.items()}
    return params, KINDS, [value_of(params)], TrialState.COMPLETE


def rough(i):
    """Equal values, infinite ones, and trials that do not count."""
    params = {name: draw(KINDS[name]) for name in ("x", "n", "kind")}
    value = math.inf if i % 11 == 0 else float(round(value_of(params) / 4))
    state = [TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL][0 if i % 7 else i % 3]
    return params, KINDS, [value] if state != TrialState.FAIL else None, state


def conditional(i):
    """A parameter that takes part now and then, and one whose range depends on another."""
    params = {"kind": random.choice(["adam", "sgd"]), "x": draw(KINDS["x"])}
    kinds = dict(KINDS, kind=CategoricalDistribution(["adam", "sgd"]))
    if params["kind"] == "sgd":
        params["rate"] = draw(KINDS["rate"])
    kinds["n"] = IntDistribution(1, 4) if params["kind"] == "sgd" else IntDistribution(5, 20)
    params["n"] = draw(kinds["n"])
    if i == 50:
        kinds["n"] = IntDistribution(1, 99)
    return params, kinds, [value_of(params) + params["n"]], TrialState.COMPLETE


def narrow(i):
    """As a sampler leaves it that has found the place."""
    params = {"x": round(random.gauss(1, 0.01 if i > 20 else 2), 6), "wide": min(500, round(random.gauss(3, 30)))}
    params["x"] = min(5, max(-5, params["x"]))
    return params, KINDS, [value_of(params)], TrialState.COMPLETE


def two(i):
    params = {name: draw(KINDS[name]) for name in ("x", "share", "units")}
    return params, KINDS, [value_of(params), round(-params["x"] + params["units"] / 500, 4)], TrialState.COMPLETE


def finite(value):
    return value if math.isfinite(value) else str(value)


def study(name, make, trials, directions):
    made = optuna.create_study(directions=directions)
    rows = []
    for i in range(trials):
        params, kinds, values, state = make(i)
        kinds = {key: kinds[key] for key in params}
        made.add_trial(create_trial(state=state, values=values, params=params, distributions=kinds))
        rows.append({
            "state": state.name,
            "params": params,
            "distributions": {k: json.loads(optuna.distributions.distribution_to_json(d)) for k, d in kinds.items()},
            "values": [finite(v) for v in values or []],
        })
    expected = []
    for objective, direction in enumerate(directions):
        sign = 1 if direction == "minimize" else -1
        target = None if len(directions) == 1 else lambda t: sign * t.values[objective]
        expected.append(optuna.importance.get_param_importances(made, target=target))
    return {"name": name, "directions": directions, "importances": expected, "trials": rows}


def main():
    studies = [
        study("plain", plain, 150, ["minimize"]),
        study("plain, maximized", plain, 120, ["maximize"]),
        study("rough", rough, 150, ["minimize"]),
        study("conditional", conditional, 120, ["minimize"]),
        study("narrow", narrow, 120, ["minimize"]),
        study("few", plain, 12, ["minimize"]),
        study("two", two, 100, ["minimize", "maximize"]),
    ]
    # Trials of a study share their distributions mostly: each is written once.
    for each in studies:
        known = []
        for trial in each["trials"]:
            if trial["distributions"] not in known:
                known.append(trial["distributions"])
            trial["distributions"] = known.index(trial["distributions"])
        each["distributions"] = known
    print("[" + ",\n".join(
        "{" + ",\n".join(
            f'{json.dumps(key)}: ' + (
                "[\n" + ",\n".join(json.dumps(row) for row in value) + "]" if key in ("trials", "distributions")
                else json.dumps(value))
            for key, value in each.items()) + "}"
        for each in studies) + "]")


main()
