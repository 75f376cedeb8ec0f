"""Writes one study of everything with the Optuna that runs this: a journal and a SQLite file. Deterministic but for times.

usage: optuna_write.py JOURNAL DATABASE
"""

import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)

Float = optuna.distributions.FloatDistribution
Int = optuna.distributions.IntDistribution
Categorical = optuna.distributions.CategoricalDistribution


def journal(path):
    try:
        from optuna.storages.journal import JournalFileBackend as File
    except ImportError:
        from optuna.storages import JournalFileStorage as File
    return optuna.storages.JournalStorage(File(path))


def everything(storage):
    """All distributions, every state, intermediate values, attributes; each trial has every parameter."""
    study = optuna.create_study(study_name="everything", storage=storage, sampler=optuna.samplers.RandomSampler(seed=1))
    study.set_user_attr("dataset", {"name": "digits", "rows": [1, 2.5, None]})
    study.set_user_attr("odd", [float("nan"), float("-inf")])
    study.set_user_attr("nothing", None)

    def objective(trial):
        x = trial.suggest_float("x", -1, 1)
        trial.suggest_float("lr", 1e-5, 1e-1, log=True)
        trial.suggest_float("dropout", 0, 0.5, step=0.1)
        trial.suggest_int("layers", 1, 6)
        trial.suggest_int("width", 8, 512, log=True)
        trial.suggest_int("batch", 32, 256, step=32)
        trial.suggest_categorical("act", [None, True, 3, 2.5, "relu"])
        trial.suggest_categorical("only", ["one"])
        trial.suggest_float("model.size (MB)", 1, 2)
        trial.set_user_attr("note", "trial %d" % trial.number)
        trial.set_user_attr("gap", float("inf"))
        for step in range(3):
            trial.report(x + step if step != 1 else float("nan"), step)
        if trial.number % 5 == 3:
            raise optuna.TrialPruned
        if trial.number % 5 == 4:
            raise ValueError("broken")
        if trial.number == 2:
            return float("inf")
        return x**2

    study.optimize(objective, n_trials=10, catch=(ValueError,))
    study.enqueue_trial({"x": 0.25, "act": True})
    running = study.ask()  # takes the enqueued one
    running.suggest_float("x", -1, 1)
    running.report(0.5, 7)
    study.enqueue_trial({"x": 0.125, "layers": 2, "act": "relu"}, user_attrs={"who": "me"})


def conditional(storage):
    study = optuna.create_study(
        study_name="conditional", storage=storage, direction="maximize", sampler=optuna.samplers.RandomSampler(seed=2)
    )

    def objective(trial):
        kind = trial.suggest_categorical("optimizer", ["sgd", "adam"])
        if kind == "sgd":
            return trial.suggest_float("optimizer.momentum", 0, 0.99)
        return trial.suggest_float("optimizer.beta", 0.8, 0.999) * 0.5

    study.optimize(objective, n_trials=6)


def several(storage):
    """Two objectives, their names where this Optuna knows them, and constraints the way it has them."""
    named = hasattr(optuna.trial.Trial, "set_constraint")
    sampler = optuna.samplers.NSGAIISampler(
        seed=3, population_size=4, **({} if named else {"constraints_func": lambda t: t.user_attrs["over"]})
    )
    study = optuna.create_study(
        study_name="several", storage=storage, directions=["minimize", "maximize"], sampler=sampler
    )
    if hasattr(study, "set_metric_names"):
        study.set_metric_names(["loss", "accuracy"])

    def objective(trial):
        x = trial.suggest_float("x", 0, 5)
        y = trial.suggest_int("y", 0, 3)
        if named:
            trial.set_constraint("memory", x - 2)
            trial.set_constraint("time", y - 2.5)
        else:
            trial.set_user_attr("over", [x - 2, y - 2.5])
        return x * y, x - y

    study.optimize(objective, n_trials=8)


def moving(storage):
    """Ranges that change, values outside of them, and a trial that was added whole."""
    study = optuna.create_study(study_name="moving", storage=storage, sampler=optuna.samplers.RandomSampler(seed=4))
    for high in (1, 2, 4):
        study.optimize(lambda trial: trial.suggest_float("x", 0, high) + trial.suggest_int("n", 0, 2 * high), n_trials=2)
    study.add_trial(
        optuna.trial.create_trial(
            value=0.5,
            params={"x": 0.5, "n": 3},
            distributions={"x": Float(0, 1), "n": Int(0, 8)},
            intermediate_values={3: 0.75, 1: 0.5},
            user_attrs={"from": "elsewhere"},
            system_attrs={"kept": {"a": [1, None]}},
        )
    )
    # 1, 1.0 and True are equal in Python; lists are choices that Optuna warns of.
    study.add_trial(
        optuna.trial.create_trial(
            value=1,
            params={"x": 0.25, "n": 1, "shape": [3, 4]},
            distributions={"x": Float(0, 1), "n": Int(0, 8), "shape": Categorical([[1, 2], [3, 4], "1"])},
        )
    )


def write(storage):
    everything(storage)
    conditional(storage)
    several(storage)
    moving(storage)
    optuna.create_study(study_name="empty", storage=storage)
    optuna.create_study(study_name="deleted", storage=storage)
    optuna.delete_study(study_name="deleted", storage=storage)


if __name__ == "__main__":
    write(journal(sys.argv[1]))
    write(optuna.storages.RDBStorage("sqlite:///" + sys.argv[2]))
