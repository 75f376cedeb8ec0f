"""Optuna on problems with several objectives and with constraints, scored as `npm run bench -- run --suite multi` scores Vernier.

Usage:  python multi.py --out FILE [--seeds 10] [--trials 250] [--samplers nsga2] [--speed]     (then npx prettier --write FILE)

The problems are those of packages/vernier/src/testing/multi-problems.ts and packages/bench/src/multi/problems.ts. The score of several objectives
is 1 - (hypervolume of the feasible trials) / (that of the whole front), of one objective (best feasible value - optimum) / optimum.
Only the public API of Optuna is used, but for its hypervolume. `--speed` measures the CPU time of a trial instead.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import time

import numpy
import optuna
from optuna._hypervolume import compute_hypervolume

CHECKPOINTS = [25, 50, 100, 250]
SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "tpe-multivariate": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "nsga2-20": lambda seed: optuna.samplers.NSGAIISampler(seed=seed, population_size=20),
}


def floats(trial, bounds):
    return [trial.suggest_float(f"x{i + 1}", low, high) for i, (low, high) in enumerate(bounds)]


def zdt(h):
    def evaluate(trial):
        f1, *rest = floats(trial, [(0, 1)] * 8)
        g = 1 + 9 * sum(rest) / len(rest)
        return [f1, g * h(f1, g)], []

    return evaluate


def dtlz2(trial):
    x1, x2, *rest = floats(trial, [(0, 1)] * 7)
    g = 1 + sum((x - 0.5) ** 2 for x in rest)
    a, b = x1 * math.pi / 2, x2 * math.pi / 2
    return [g * math.cos(a) * math.cos(b), g * math.cos(a) * math.sin(b), g * math.sin(a)], []


def constr(trial):
    x1, x2 = floats(trial, [(0.1, 1), (0, 5)])
    return [x1, (1 + x2) / x1], [6 - (x2 + 9 * x1), 1 - (9 * x1 - x2)]


def osy(trial):
    x1, x2, x3, x4, x5, x6 = floats(trial, [(0, 10), (0, 10), (1, 5), (0, 6), (1, 5), (0, 10)])
    f1 = -(25 * (x1 - 2) ** 2 + (x2 - 2) ** 2 + (x3 - 1) ** 2 + (x4 - 4) ** 2 + (x5 - 1) ** 2)
    f2 = x1**2 + x2**2 + x3**2 + x4**2 + x5**2 + x6**2
    inside = [
        x1 + x2 - 2,
        6 - x1 - x2,
        2 - x2 + x1,
        2 - x1 + 3 * x2,
        4 - (x3 - 3) ** 2 - x4,
        (x5 - 3) ** 2 + x6 - 4,
    ]
    return [f1, f2], [-c for c in inside]


def network(trial):
    width = trial.suggest_int("width", 8, 512, log=True)
    adam = trial.suggest_categorical("optimizer", ["sgd", "adam"]) == "adam"
    if adam:
        off = math.log10(trial.suggest_float("adam.rate", 1e-5, 1e-1, log=True)) + 3
        off_momentum = 0.0
    else:
        off = math.log10(trial.suggest_float("sgd.rate", 1e-4, 1, log=True)) + 1
        off_momentum = trial.suggest_float("sgd.momentum", 0, 0.99) - 0.9
    leaky = trial.suggest_categorical("act", ["relu", "leaky"]) == "leaky"
    off_slope = trial.suggest_float("slope", 0, 1) - 0.2 if leaky else 0.0
    layers = trial.suggest_int("layers", 1, 5)
    size = math.log2(width / 8) / 6
    misfit = off**2 + off_momentum**2 + off_slope**2 + 0.2 * (layers - 3) ** 2
    error = 0.05 + 0.5 * (1 - size) ** 2 + (0 if adam else 0.1) + (0 if leaky else 0.05) + 0.5 * misfit
    return [error, size + (0.15 if adam else 0) + (0.05 if leaky else 0)], []


def beam(trial):
    h, l, t, b = floats(trial, [(0.1, 2), (0.1, 10), (0.1, 10), (0.1, 2)])
    load, length, young, shear = 6000, 14, 30e6, 12e6
    arm = math.sqrt(l**2 / 4 + ((h + t) / 2) ** 2)
    polar = 2 * math.sqrt(2) * h * l * (l**2 / 12 + ((h + t) / 2) ** 2)
    first = load / (math.sqrt(2) * h * l)
    second = load * (length + l / 2) * arm / polar
    tau = math.sqrt(first**2 + first * second * l / arm + second**2)
    sigma = 6 * load * length / (b * t**2)
    delta = 4 * load * length**3 / (young * t**3 * b)
    buckling = 4.013 * young * t * b**3 / 6 / length**2 * (1 - t / (2 * length) * math.sqrt(young / (4 * shear)))
    cost = 1.10471 * h**2 * l + 0.04811 * t * b * (14 + l)
    return [cost], [
        tau / 13600 - 1,
        sigma / 30000 - 1,
        delta / 0.25 - 1,
        1 - buckling / load,
        h - b,
        0.125 - h,
    ]


PROBLEMS = {
    "zdt1": (zdt(lambda f1, g: 1 - math.sqrt(f1 / g)), [1.1, 6], 6.6 - 1 / 3),
    "zdt2": (zdt(lambda f1, g: 1 - (f1 / g) ** 2), [1.1, 6], 6.6 - 2 / 3),
    "zdt3": (zdt(lambda f1, g: 1 - math.sqrt(f1 / g) - f1 / g * math.sin(10 * math.pi * f1)), [1.1, 6], 6.7217629),
    "dtlz2": (dtlz2, [2, 2, 2], 8 - math.pi / 6),
    "network": (network, [2, 1.5], 2.6493090809198176),
    "constr": (constr, [1.1, 10], 95 / 18 - 7 * math.log(12 / 7) + 10 / 3 - math.log(1.5) + 0.9),
    "osy": (osy, [0, 100], 22276.05115),
    "beam": (beam, None, 1.724852),
}


def tell(trial, evaluate):
    values, constraints = evaluate(trial)
    for i, value in enumerate(constraints):
        trial.set_constraint(f"c{i}", value)
    return values


def score(study, count, reference, best):
    feasible = [t.values for t in study.trials[:count] if all(v <= 0 for v in t.constraints.values())]
    if reference is None:
        return None if not feasible else min(v[0] for v in feasible) / best - 1
    inside = [v for v in feasible if all(x < r for x, r in zip(v, reference))]
    if not inside:
        return 1.0
    return 1 - float(compute_hypervolume(numpy.array(inside), numpy.array(reference, dtype=float))) / best


def run(problem, sampler, trials):
    evaluate, reference, best = problem
    study = optuna.create_study(directions=["minimize"] * (1 if reference is None else len(reference)), sampler=sampler)
    study.optimize(lambda trial: tell(trial, evaluate), n_trials=trials)
    scores = [score(study, n, reference, best) for n in CHECKPOINTS if n <= trials]
    feasible = sum(all(v <= 0 for v in t.constraints.values()) for t in study.trials[10:]) / (trials - 10)
    return [None if s is None else round(s, 6) + 0.0 for s in scores], round(feasible, 4)


def speed(history, count, objectives):
    """CPU ms of a trial at a history of random ones."""
    space = [(0, 1)] * 10
    study = optuna.create_study(directions=["minimize"] * objectives, sampler=optuna.samplers.RandomSampler(seed=1))

    def evaluate(trial):
        x = floats(trial, space)
        return [x[i] + sum((u - 0.5) ** 2 for u in x) for i in range(objectives)]

    study.optimize(evaluate, n_trials=history)
    study.sampler = optuna.samplers.TPESampler(seed=1)
    study.optimize(evaluate, n_trials=3)
    started = time.process_time()
    study.optimize(evaluate, n_trials=count)
    return round((time.process_time() - started) * 1000 / count, 2)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--seeds", type=int, default=10)
    arguments.add_argument("--trials", type=int, default=250)
    arguments.add_argument("--samplers", default="tpe,tpe-multivariate,nsga2")
    arguments.add_argument("--speed", action="store_true")
    options = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    out = pathlib.Path(options.out)
    before = json.loads(out.read_text()) if out.exists() else {}
    result = {
        "version": 1,
        "suite": "multi",
        "peer": "optuna",
        "versions": {"optuna": optuna.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "command": "python packages/bench/peers/optuna/multi.py --out FILE; again with --speed",
        "trials": options.trials,
        "checkpoints": CHECKPOINTS,
        **{key: before[key] for key in ("cpuMsPerTrial", "regret", "feasible") if key in before},
    }
    if options.speed:
        result["cpuMsPerTrial"] = {
            f"{m} objectives at {n}": min(speed(n, 10, m) for _ in range(3)) for m in (2, 3) for n in (100, 1000)
        }
        out.write_text(json.dumps(result, indent=2) + "\n")
        return
    samplers = {name: SAMPLERS[name] for name in options.samplers.split(",")}
    # regret[sampler][problem][seed] = score at each checkpoint; feasible: share of the trials after the tenth
    regret = result["regret"] = {name: {} for name in samplers}
    feasible = result["feasible"] = {name: {} for name in samplers}
    for id, problem in PROBLEMS.items():
        for name, make in samplers.items():
            runs = [run(problem, make(seed), options.trials) for seed in range(options.seeds)]
            regret[name][id] = [scores for scores, _ in runs]
            feasible[name][id] = [share for _, share in runs]
            print(id, name, [round(sum(s[-1] or 0 for s in regret[name][id]) / len(runs), 4)], flush=True)
            out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
