"""What a trial costs at a server and at Optuna's own storages; a JSON line [figure, seconds, peer's seconds].

Arguments: our server's port, a directory, and what to measure: one, eight, add, or frame with a database.
"""

import json
import os
import subprocess
import sys
import time

import optuna
from optuna.distributions import FloatDistribution
from optuna.storages import GrpcStorageProxy, RDBStorage

optuna.logging.set_verbosity(optuna.logging.ERROR)
port, directory, what = int(sys.argv[1]), sys.argv[2], sys.argv[3]
RANDOM = optuna.samplers.RandomSampler(seed=1)
PROXY = """
import sys, warnings, optuna
warnings.simplefilter("ignore")
url = sys.argv[2]
storage = optuna.storages.get_storage(url) if url else optuna.storages.InMemoryStorage()
optuna.storages.run_grpc_proxy_server(storage, host="localhost", port=int(sys.argv[1]))
"""
OBJECTIVE = """
def objective(trial):
    total = sum(trial.suggest_float(f"x{i}", 0, 1) for i in range(5))
    trial.report(total, 1)
    return total
"""
WORKER = OBJECTIVE + """
import sys, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
url, name, trials = sys.argv[1:]
storage = optuna.storages.GrpcStorageProxy(host="localhost", port=int(url)) if url.isdigit() else url
study = optuna.load_study(study_name=name, storage=storage, sampler=optuna.samplers.RandomSampler())
print("ready", flush=True)
sys.stdin.readline()
study.optimize(objective, n_trials=int(trials))
"""
exec(OBJECTIVE)


def ours():
    return GrpcStorageProxy(host="localhost", port=port)


def sqlite(name):
    path = os.path.join(directory, name + ".db")
    RDBStorage(f"sqlite:///{path}").engine.dispose()
    return f"sqlite:///{path}"


def said(figure, seconds, peer):
    print(json.dumps([figure, seconds, peer]), flush=True)


def client(storage, name, warm_up, trials):
    """Seconds a trial."""
    study = optuna.create_study(storage=storage, study_name=name, sampler=RANDOM)
    study.optimize(objective, n_trials=warm_up)
    begun = time.perf_counter()
    study.optimize(objective, n_trials=trials)
    return (time.perf_counter() - begun) / trials


def proxied(url, own_port, call):
    """call(storage) of Optuna's own proxy over a storage."""
    process = subprocess.Popen([sys.executable, "-c", PROXY, str(own_port), url], stderr=subprocess.DEVNULL)
    try:
        storage = GrpcStorageProxy(host="localhost", port=own_port)
        storage.wait_server_ready(timeout=60)
        return call(storage)
    finally:
        process.kill()
        process.wait()


def workers(url, name, each):
    """Seconds a trial of eight processes together, from the moment when all are ready."""
    processes = [
        subprocess.Popen([sys.executable, "-W", "ignore", "-c", WORKER, url, name, str(each)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(8)]
    for process in processes:
        process.stdout.readline()
    begun = time.perf_counter()
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        if process.wait() != 0:
            sys.exit("a worker failed")
    return (time.perf_counter() - begun) / (8 * each)


def finished(count):
    space = {f"x{i}": FloatDistribution(0, 1) for i in range(10)}
    return [
        optuna.trial.create_trial(params={name: (i * 7919 % 1009) / 1009 for name in space}, distributions=space, value=float(i))
        for i in range(count)]


def added(storage, name, count):
    study, trials = optuna.create_study(storage=storage, study_name=name), finished(count)
    begun = time.perf_counter()
    study.add_trials(trials)
    return (time.perf_counter() - begun) / count


def frame(storage, name):
    study = optuna.load_study(study_name=name, storage=storage)
    begun = time.perf_counter()
    rows = len(study.trials_dataframe())
    return (time.perf_counter() - begun) / rows


if what == "one":
    seconds = client(ours(), "one", 300, 600)
    said("one client, its proxy over SQLite", seconds, proxied(sqlite("one"), port + 1, lambda s: client(s, "one", 10, 60)))
    said("one client, its proxy over memory", seconds, proxied("", port + 2, lambda s: client(s, "one", 100, 600)))
elif what == "eight":
    name = "eight"
    optuna.create_study(storage=ours(), study_name=name)
    seconds = workers(str(port), name, 250)
    url = sqlite(name)
    optuna.create_study(storage=url, study_name=name)
    said("8 processes, SQLite shared", seconds, workers(url, name, 20))
elif what == "add":
    said("a finished trial of 10, SQLite", added(ours(), "add", 10_000), added(sqlite("add"), "add", 300))
elif what == "frame":
    said("trials_dataframe of 10,000, a trial", frame(ours(), "add"), frame(sys.argv[4], "add"))
