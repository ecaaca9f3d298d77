"""Eight processes work on one study until so many trials are acknowledged; a line for each of them.

Arguments: port, trials. A worker whose server is away begins another trial when it is back.
"""

import multiprocessing
import sys
import time

import grpc
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
STUDY = "killed"


def storage():
    return optuna.storages.GrpcStorageProxy(host="localhost", port=int(sys.argv[1]))


def work(acknowledged, wanted, lock):
    study = optuna.load_study(study_name=STUDY, storage=storage())
    while acknowledged.value < wanted:
        try:
            trial = study.ask()
            value = trial.suggest_float("x", 0, 1) + trial.suggest_int("i", 0, 9)
            trial.report(value, 1)
            trial.set_user_attr("worker", multiprocessing.current_process().name)
            study.tell(trial, value)
        except (grpc.RpcError, optuna.exceptions.UpdateFinishedTrialError):
            time.sleep(0.05)
            continue
        with lock:
            acknowledged.value += 1
            print(trial.number, repr(value), flush=True)


def main():
    server = storage()
    server.wait_server_ready(timeout=60)
    optuna.create_study(storage=server, study_name=STUDY, load_if_exists=True)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["optuna", "grpc"])
    acknowledged, lock = context.Value("l", 0), context.Lock()
    workers = [context.Process(target=work, args=(acknowledged, int(sys.argv[2]), lock)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
