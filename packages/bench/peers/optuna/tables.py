"""Optuna on the HPO tables, scored as `npm run bench -- run --suite hpo-tables` scores Vernier.

Usage:  python tables.py --data DIR --out FILE [--seeds 10] [--trials 100]     (then npx prettier --write FILE)

Ordered parameters are `suggest_int(name, 0, n - 1)`, the others `suggest_categorical` over their indices. A trial's value is the
mean over the table's stored seeds; the score is the normalised regret (best - optimum) / (median - optimum), so 0 is the
optimum and 1 the median configuration. Only the public API of Optuna is used.
"""

import argparse
import array
import datetime
import json
import math
import os
import pathlib
import platform
import sys
import time

import numpy
import optuna

CHECKPOINTS = [10, 25, 50, 100]
# Parameters without an order; everything else in these tables is an ordered grid.
UNORDERED = {"activation_fn_1", "activation_fn_2", "lr_schedule", "Op0", "Op1", "Op2", "Op3", "Op4", "Op5"}
SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
}


class Table:
    def __init__(self, path: pathlib.Path):
        header = json.loads(path.read_text())
        cells = array.array("f", path.with_suffix(".f32").read_bytes())
        if sys.byteorder != "little":
            cells.byteswap()
        self.id = f"{header['suite']}.{header['name']}"
        self.maximize = header["direction"] == "maximize"
        self.names = [p["name"] for p in header["parameters"]]
        self.radix = [len(p["values"]) for p in header["parameters"]]
        seeds = header["seeds"]
        self.mean = []
        for row in range(header["rows"]):
            present = [v for v in cells[row * seeds : (row + 1) * seeds] if not math.isnan(v)]
            self.mean.append(math.fsum(present) / len(present) if present else math.nan)
        # The recorded optimum and median were computed on these very means.
        self.optimum = header["optimumOfSeedMean"]
        self.median = header["medianOfSeedMean"]

    def evaluate(self, trial: optuna.Trial) -> float:
        row = 0
        for name, n in zip(self.names, self.radix):
            if name in UNORDERED:
                index = trial.suggest_categorical(name, list(range(n)))
            else:
                index = trial.suggest_int(name, 0, n - 1)
            row = row * n + index
        return self.mean[row]

    def regret(self, best: float) -> float:
        return (best - self.optimum) / (self.median - self.optimum)


def run(table: Table, sampler: optuna.samplers.BaseSampler, trials: int) -> list[float]:
    study = optuna.create_study(direction="maximize" if table.maximize else "minimize", sampler=sampler)
    study.optimize(table.evaluate, n_trials=trials)
    best, curve = None, []
    for number, trial in enumerate(study.trials, start=1):
        value = trial.value
        if best is None or (value > best if table.maximize else value < best):
            best = value
        if number in CHECKPOINTS:
            curve.append(round(table.regret(best), 6) + 0.0)  # + 0.0: never -0
    return curve


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True, help="folder that holds hpo-tables/")
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--seeds", type=int, default=10)
    arguments.add_argument("--trials", type=int, default=100)
    options = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    regret: dict[str, dict[str, list[list[float]]]] = {name: {} for name in SAMPLERS}
    seconds = {name: 0.0 for name in SAMPLERS}
    for path in sorted(pathlib.Path(options.data, "hpo-tables").glob("*.json")):
        table = Table(path)
        for name, make in SAMPLERS.items():
            started = time.process_time()
            regret[name][table.id] = [run(table, make(seed), options.trials) for seed in range(options.seeds)]
            seconds[name] += time.process_time() - started
            print(table.id, name, [round(sum(c) / options.seeds, 4) for c in zip(*regret[name][table.id])], flush=True)

    result = {
        "version": 1,
        "suite": "hpo-tables",
        "peer": "optuna",
        "versions": {"optuna": optuna.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "command": "python packages/bench/peers/optuna/tables.py --data DATA --out FILE",
        "trials": options.trials,
        "checkpoints": CHECKPOINTS,
        "cpuSeconds": {name: round(value, 1) for name, value in seconds.items()},
        # regret[sampler][table][seed] = normalised regret at each checkpoint
        "regret": regret,
    }
    pathlib.Path(options.out).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
