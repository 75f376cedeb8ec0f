"""Which trials Optuna calls good: the vectors of packages/vernier/src/samplers/tpe/several-objectives.test.ts.

python splits.py > splits.json
"""

import json
import random

import optuna
from optuna.samplers._tpe.sampler import _split_trials
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)


def case(title, directions, rows, counts):
    """A row: values, or None for a trial pruned without a report, and the sum of its violations."""
    study = optuna.create_study(directions=directions)
    for values, violation in rows:
        study.add_trial(
            create_trial(
                state=TrialState.PRUNED if values is None else TrialState.COMPLETE,
                values=values,
                constraints={"c": violation},
            )
        )
    below = {n: [t.number for t in _split_trials(study, study.trials, n)[0]] for n in counts}
    return {"title": title, "directions": directions, "rows": rows, "below": below}


def rows(seed, n, m, digits, low=0.0, high=1.0, infeasible=0.0, pruned=0.0):
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        violation = round(rng.random(), 1) if rng.random() < infeasible else 0.0
        values = [round(rng.uniform(low, high), digits) for _ in range(m)]
        out.append([None if rng.random() < pruned else values, violation])
    return out


two, mixed, three = ["minimize"] * 2, ["minimize", "maximize"], ["minimize"] * 3
cases = [
    case("two objectives", two, rows(1, 40, 2, 3), [1, 4, 7, 13, 25, 39]),
    case("two objectives with ties and equal rows", two, rows(2, 40, 2, 1), [1, 2, 4, 8, 20]),
    case("few distinct rows", two, rows(3, 24, 2, 0, -1, 1), [1, 3, 6, 12]),
    case("one to be maximised, values of both signs", mixed, rows(4, 40, 2, 2, -1, 0.5), [2, 4, 9, 17]),
    case("worst values of 0", two, rows(5, 30, 2, 1, -1, 0), [1, 3, 5, 11]),
    case("three objectives", three, rows(6, 40, 3, 3), [1, 4, 9, 15, 28]),
    case("three objectives, one to be maximised", ["minimize", "maximize", "minimize"], rows(7, 40, 3, 2, -2, 2), [3, 6, 14]),
    case("constraints and pruned trials", two, rows(8, 40, 2, 2, 0, 1, 0.5, 0.2), [2, 4, 12, 16, 20, 26, 33]),
    case("three objectives with constraints", three, rows(9, 30, 3, 2, 0, 1, 0.7, 0.1), [3, 6, 9, 15, 24]),
    case("all infeasible", two, rows(10, 12, 2, 1, 0, 1, 1.0), [2, 5, 8]),
]
print(json.dumps({"optuna": optuna.__version__, "cases": cases}))
