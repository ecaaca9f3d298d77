"""Eight threads, then eight processes pop 60 times where 40 trials wait; then parameters come again and again.

Arguments: port, the directory of optuna_dedup.py.
"""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage():
    return optuna.storages.GrpcStorageProxy(host="localhost", port=int(sys.argv[1]))


def filled(name):
    study = optuna.create_study(storage=storage(), study_name=name)
    for i in range(40):
        study.enqueue_trial({"i": i})
    return study


def pops(study, count):
    asked = [study.ask() for _ in range(count)]
    return [t.suggest_int("i", 0, 99) for t in asked if "fixed_params" in t.storage.get_trial_system_attrs(t._trial_id)]


def popping(name, counts):
    return pops(optuna.load_study(study_name=name, storage=storage()), counts)


def main():
    counts = [8, 8, 8, 8, 7, 7, 7, 7]
    shared = filled("threads")
    with ThreadPoolExecutor(8) as pool:
        popped = list(pool.map(lambda n: pops(shared, n), counts))
    print(*sorted(i for each in popped for i in each))
    filled("processes")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["optuna", "grpc"])
    with ProcessPoolExecutor(8, mp_context=context) as pool:
        popped = list(pool.map(popping, ["processes"] * 8, counts))
    print(*sorted(i for each in popped for i in each))
    deduplicated()


def deduplicated():
    sys.path.insert(0, sys.argv[2])
    from optuna_dedup import first

    evaluated = []

    def objective(trial):
        x = trial.suggest_int("x", 0, 3)
        known = first(trial, wait=0.01)
        if known:
            return known[0]
        evaluated.append(x)
        return x * x

    study = optuna.create_study(storage=storage(), sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective, n_trials=24, n_jobs=4)
    print(sorted(evaluated), len(study.trials), all(t.value == t.params["x"] ** 2 for t in study.trials))


if __name__ == "__main__":
    main()
