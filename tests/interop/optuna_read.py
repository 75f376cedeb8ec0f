"""Prints what Optuna sees in a journal or a SQLite file, as JSON; `use` also works with every study: best trial, table, more trials.

usage: optuna_read.py show|use FILE
"""

import datetime
import json
import sys
import warnings

import optuna
from optuna_write import journal

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)


def odd(value):
    """JSON with the numbers that it has not; an int and a float that are equal stay apart only as parameters."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"float": str(value)}
    if isinstance(value, dict):
        return {key: odd(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [odd(inner) for inner in value]
    return value


def stamp(time):
    if time is None:
        return None
    if time.tzinfo is None:
        time = time.astimezone()
    return time.astimezone(datetime.timezone.utc).timestamp()


def show(storage):
    found = []
    for summary in sorted(optuna.get_all_study_summaries(storage), key=lambda s: s.study_name):
        study = optuna.load_study(study_name=summary.study_name, storage=storage)
        found.append(
            {
                "name": study.study_name,
                "directions": [d.name for d in study.directions],
                "user": odd(study.user_attrs),
                "system": odd(study._storage.get_study_system_attrs(study._study_id)),
                "trials": [
                    {
                        "number": t.number,
                        "state": t.state.name,
                        "params": {k: repr(v) for k, v in t.params.items()},
                        "distributions": {k: repr(v) for k, v in t.distributions.items()},
                        "values": odd(t.values),
                        "intermediate": odd({str(k): v for k, v in sorted(t.intermediate_values.items())}),
                        "user": odd(t.user_attrs),
                        "system": odd(t.system_attrs),
                        "start": stamp(t.datetime_start),
                        "complete": stamp(t.datetime_complete),
                    }
                    for t in study.get_trials()
                ],
            }
        )
    return found


def suggest(trial, params):
    for name, d in params.items():
        if isinstance(d, optuna.distributions.CategoricalDistribution):
            trial.suggest_categorical(name, d.choices)
        elif isinstance(d, optuna.distributions.IntDistribution):
            trial.suggest_int(name, d.low, d.high, log=d.log, step=d.step)
        else:
            trial.suggest_float(name, d.low, d.high, log=d.log, step=d.step)


def rows(study):
    """Optuna's table needs pandas, which it does not bring."""
    try:
        import pandas  # noqa: F401
    except ImportError:
        return "no pandas"
    return len(study.trials_dataframe())


def use(storage):
    """Each study goes on with its default sampler, asked for the parameters of its last complete trial."""
    found = {}
    for summary in optuna.get_all_study_summaries(storage):
        study = optuna.load_study(study_name=summary.study_name, storage=storage)
        before = len(study.get_trials())
        done = [t for t in study.get_trials() if t.state == optuna.trial.TrialState.COMPLETE]
        facts = {"trials": before, "rows": rows(study)}
        if done and len(study.directions) == 1:
            facts["best"] = study.best_trial.number
        elif done:
            facts["best"] = [t.number for t in study.best_trials]
        if done:

            def objective(trial):
                suggest(trial, done[-1].distributions)
                return [0.5] * len(study.directions) if len(study.directions) > 1 else 0.5

            study.optimize(objective, n_trials=3)
            facts["after"] = len(study.get_trials())
        found[study.study_name] = facts
    return found


if __name__ == "__main__":
    command, file = sys.argv[1:]
    opened = optuna.storages.RDBStorage("sqlite:///" + file) if file.endswith(".db") else journal(file)
    print(json.dumps({"show": show, "use": use}[command](opened), allow_nan=False))
