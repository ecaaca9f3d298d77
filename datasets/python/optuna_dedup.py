"""No parameters evaluated twice, for Optuna's clients of an Assay server: call first(trial) after the last suggest."""

import time


def first(trial, wait=0.5):
    """The values of the first trial with these parameters, or None: then evaluate them, nobody else does."""
    trial.study.set_user_attr("assay:dedup", True)
    while True:
        trial.set_user_attr("assay:seen", True)
        answer = trial.storage.get_trial(trial._trial_id).user_attrs["assay:first"]
        if answer is None or answer["state"] in ("COMPLETE", "PRUNED"):
            return answer and answer["values"]
        time.sleep(wait)
