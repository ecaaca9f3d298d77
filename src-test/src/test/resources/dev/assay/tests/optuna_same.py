"""The same random calls to a server and to Optuna's in-memory storage; a line for each difference.

Arguments: port, seed, number of calls. Ids differ between the two and are told apart by number.
"""

import json
import math
import random
import sys
from datetime import datetime

import grpc
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import DuplicatedStudyError, UpdateFinishedTrialError
from optuna.storages import GrpcStorageProxy, InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
port, seed, calls = map(int, sys.argv[1:])
rng = random.Random(seed)
server, memory = GrpcStorageProxy(host="localhost", port=port), InMemoryStorage()
studies, trials = [], []  # pairs of ids: at the server, in memory
deleted = {id(studies): [], id(trials): []}
names, differences = 0, 0
known = (KeyError, ValueError, DuplicatedStudyError, UpdateFinishedTrialError)

DISTRIBUTIONS = [
    FloatDistribution(-1.0, 2.0), FloatDistribution(1e-5, 1.0, log=True), FloatDistribution(0.0, 1.0, step=0.1),
    FloatDistribution(1.0, 2.0), IntDistribution(1, 10), IntDistribution(1, 100, log=True), IntDistribution(0, 10, step=2),
    CategoricalDistribution(["a", None, True, 1.5, 3]), CategoricalDistribution(["b", "a"]), CategoricalDistribution([1, 2]),
    CategoricalDistribution([1.0, 2.0]), CategoricalDistribution([float("nan"), "x"]),
]
VALUES = [
    0, -1, 10**30, 1.5, -0.0, float("nan"), float("inf"), "text", "ü \ud800 \u2028", "", None, True, [1, [2.0, {}]],
    {"b": 1, "a": [None]}, "x" * 70_000,
]
NUMBERS = [0.0, -0.0, 1.5, -2e300, 5e-324, float("inf"), float("-inf"), 0.1]


def pick(pairs):
    """A pair of ids: mostly one that is there, at times one that never was or is no more."""
    if not pairs or rng.random() < 0.02:
        gone = deleted[id(pairs)]
        return rng.choice(gone) if gone and rng.random() < 0.5 else (10**9, 10**9)
    return pairs[-1 - int(len(pairs) * rng.random() ** 3)]


def both(name, call):
    """Runs call(storage, which) on both; the results, where none of them raised."""
    outcomes = []
    for which, storage in enumerate((server, memory)):
        try:
            outcomes.append((None, call(storage, which)))
        except known as e:
            outcomes.append((type(e), None))
        except grpc.RpcError as e:
            outcomes.append((e.code(), None))
    if outcomes[0][0] != outcomes[1][0]:
        differ(name, *(o[0] or "no error" for o in outcomes))
    return None if outcomes[0][0] or outcomes[1][0] else (outcomes[0][1], outcomes[1][1])


def differ(name, a, b):
    global differences
    differences += 1
    if isinstance(a, str) and isinstance(b, str):
        place = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), 0)
        a, b = a[max(0, place - 100):], b[max(0, place - 100):]
    print(f"{name}: the server {a!r:.300}, Optuna {b!r:.300}")


def equal(name, pair, form=lambda x: x):
    # JSON with sorted keys: NaN is equal to itself, 1 is not 1.0, -0.0 is not 0.0.
    if pair is not None:
        texts = [json.dumps(form(one), sort_keys=True, default=repr) for one in pair]
        if texts[0] != texts[1]:
            differ(name, *texts)


def trial_form(t):
    moments = [m and (m.isoformat() if m.year < 2020 else "now") for m in (t.datetime_start, t.datetime_complete)]
    return [t.number, t.state.name, t.values, moments, t.params, {k: repr(v) for k, v in t.distributions.items()},
            t.user_attrs, t.system_attrs, {str(k): v for k, v in t.intermediate_values.items()}]


def create_study():
    global names
    names += rng.random() < 0.9
    directions = [rng.choice([StudyDirection.MINIMIZE, StudyDirection.MAXIMIZE]) for _ in range(rng.choice([1, 1, 2, 3]))]
    ids = both("create_new_study", lambda s, w: s.create_new_study(directions, f"{seed} {names} ü/'"))
    if ids:
        studies.append(ids)


def delete_study():
    ids = pick(studies)
    if both("delete_study", lambda s, w: s.delete_study(ids[w])) is not None:
        gone = [t for t in trials if t[2] == ids]
        trials[:] = [t for t in trials if t[2] != ids]
        studies.remove(ids)
        deleted[id(studies)].append(ids)
        deleted[id(trials)].extend(t[:2] for t in gone)


def read_study():
    ids, name = pick(studies), f"{seed} {rng.randint(0, names)} ü/'"
    equal("get_study_name_from_id", both("get_study_name_from_id", lambda s, w: s.get_study_name_from_id(ids[w])))
    equal("get_study_directions", both("get_study_directions", lambda s, w: [d.name for d in s.get_study_directions(ids[w])]))
    equal("get_study_user_attrs", both("get_study_user_attrs", lambda s, w: s.get_study_user_attrs(ids[w])))
    equal("get_study_system_attrs", both("get_study_system_attrs", lambda s, w: s.get_study_system_attrs(ids[w])))
    found = both("get_study_id_from_name", lambda s, w: s.get_study_id_from_name(name))
    if found and found not in studies:
        differ("get_study_id_from_name", *found)
    equal("get_all_studies", both("get_all_studies", lambda s, w: [
        [x.study_name, [d.name for d in x.directions], x.user_attrs, x.system_attrs] for x in s.get_all_studies()
        if x.study_name.startswith(f"{seed} ")]))


def study_attr():
    ids, key, value = pick(studies), rng.choice("abc") * rng.choice([1, 9]), rng.choice(VALUES)
    both("set_study_user_attr", lambda s, w: s.set_study_user_attr(ids[w], key, value))
    both("set_study_system_attr", lambda s, w: s.set_study_system_attr(ids[w], key, value))


def template(objectives):
    state = rng.choice(list(TrialState))
    # Names of its own: the in-memory storage alone lets a template and a suggestion disagree.
    params = {n: d for n, d in zip("pqr", rng.sample(DISTRIBUTIONS[:3], rng.randint(0, 3)))}
    start = rng.choice([None, datetime(2019, 2, 3, 4, 5, 6, rng.randint(0, 999_999))])
    done = datetime(2019, 3, 1) if state.is_finished() else None
    values = [rng.choice(NUMBERS) for _ in range(objectives)] if state == TrialState.COMPLETE else None
    return FrozenTrial(
        number=-1, trial_id=-1, state=state, value=None, values=values, datetime_start=start, datetime_complete=done,
        params={n: d.to_external_repr(d.to_internal_repr(d.low)) for n, d in params.items()}, distributions=params,
        user_attrs={"u": rng.choice(VALUES)}, system_attrs={"s": rng.choice(VALUES)},
        intermediate_values={rng.randint(-2, 9): rng.choice(NUMBERS + [float("nan")]) for _ in range(rng.randint(0, 3))})


def objectives(ids):
    return len(memory.get_study_directions(ids[1])) if ids in studies else 1


def create_trial():
    ids = pick(studies)
    given = template(objectives(ids)) if rng.random() < 0.3 else None
    created = both("create_new_trial", lambda s, w: s.create_new_trial(ids[w], given))
    if created:
        trials.append((*created, ids))


def set_param():
    ids, name, dist = pick(trials), rng.choice("xyzü"), rng.choice(DISTRIBUTIONS)
    inside = dist.to_internal_repr(dist.choices[-1] if isinstance(dist, CategoricalDistribution) else dist.low)
    both("set_trial_param", lambda s, w: s.set_trial_param(ids[w], name, inside, dist))


def set_state():
    ids, state = pick(trials), rng.choice(list(TrialState) + [TrialState.COMPLETE] * 3)
    count = objectives(ids[2]) if len(ids) > 2 else 1
    values = [rng.choice(NUMBERS) for _ in range(count)] if state == TrialState.COMPLETE or rng.random() < 0.1 else None
    equal("set_trial_state_values", both("set_trial_state_values", lambda s, w: s.set_trial_state_values(ids[w], state, values)))


def report():
    ids, step, value = pick(trials), rng.choice([0, 1, 2, -3, 2**40]), rng.choice(NUMBERS + [float("nan")])
    both("set_trial_intermediate_value", lambda s, w: s.set_trial_intermediate_value(ids[w], step, value))


def trial_attr():
    ids, key, value = pick(trials), rng.choice(["a", "b", "fixed_params", "ü"]), rng.choice(VALUES)
    both("set_trial_user_attr", lambda s, w: s.set_trial_user_attr(ids[w], key, value))
    both("set_trial_system_attr", lambda s, w: s.set_trial_system_attr(ids[w], key, value))


def read_trial():
    ids = pick(trials)
    equal("get_trial", both("get_trial", lambda s, w: s.get_trial(ids[w])), trial_form)
    study, number = pick(studies), rng.randint(0, 30)
    found = both("get_trial_id_from_study_id_trial_number", lambda s, w: s.get_trial_id_from_study_id_trial_number(study[w], number))
    if found and found not in [t[:2] for t in trials]:
        differ("get_trial_id_from_study_id_trial_number", *found)


def read_trials(storage=None):
    ids = pick(studies)
    states = rng.choice([None, None, (TrialState.WAITING,), (TrialState.COMPLETE, TrialState.RUNNING)])
    equal("get_all_trials", both("get_all_trials", lambda s, w: (s if w or not storage else storage).get_all_trials(ids[w], states=states)),
          lambda found: [trial_form(t) for t in found])


WORK = [(create_study, 3), (delete_study, 1), (read_study, 5), (study_attr, 5), (create_trial, 15), (set_param, 20),
        (set_state, 15), (report, 10), (trial_attr, 8), (read_trial, 10), (read_trials, 8)]
create_study()
for _ in range(calls):
    rng.choices([w for w, _ in WORK], [n for _, n in WORK])[0]()
# A client that has seen nothing yet reads what the others' caches have put together.
fresh = GrpcStorageProxy(host="localhost", port=port)
for ids in studies:
    equal("all trials", (fresh.get_all_trials(ids[0]), memory.get_all_trials(ids[1])), lambda found: [trial_form(t) for t in found])
for ids in studies:
    server.delete_study(ids[0])
print(f"{len(trials)} trials in {len(studies)} studies, {differences} differences")
