"""Optuna's non-dominated sorting, hypervolume and greedy subset selection, timed as `npm run bench -- run --suite pareto` times Vernier's.

Usage:  python pareto.py --out FILE [--runs 10]     (then npx prettier --write FILE)

The same rows (rows.ts beside the suite has the generator), CPU time of a call (user + system), minimum over the runs; a run repeats the call for
about 0.1 s after as long a warm-up. These functions are internal to Optuna; its samplers and visualisations call them.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import time

import numpy
import optuna
from optuna._hypervolume import compute_hypervolume
from optuna._hypervolume.hssp import _solve_hssp
from optuna.study._multi_objective import _fast_non_domination_rank

MODULUS = 2147483647
RUN_S = 0.1


def uniforms(seed):
    while True:
        seed = 48271 * seed % MODULUS
        yield seed / MODULUS


def random_rows(n, m):
    draw = uniforms(n + m)
    return numpy.array([[next(draw) for _ in range(m)] for _ in range(n)])


def front_rows(n, m):
    draw = uniforms(n + m)
    rows = []
    for _ in range(n):
        row = [next(draw) for _ in range(m - 1)]
        total = 0.0
        for value in row:
            total += value
        rows.append([*row, -total / (m - 1)])
    return numpy.array(rows)


def ranks(rows, n_below=None):
    return lambda: float(_fast_non_domination_rank(rows, n_below=n_below).sum())


def volume(rows):
    reference = numpy.full(rows.shape[1], 1.1)
    return lambda: float(compute_hypervolume(rows, reference))


def greedy(rows, k):
    reference = numpy.full(rows.shape[1], 1.1)
    return lambda: float(_solve_hssp(rows, numpy.arange(len(rows)), k, reference).sum())


CALCULATIONS = {
    "ranks-2": ranks(random_rows(1000, 2)),
    "ranks-3": ranks(random_rows(1000, 3)),
    "ranks-3-front": ranks(front_rows(1000, 3)),
    "ranks-3-enough": ranks(random_rows(1000, 3), 100),
    "ranks-3-long": ranks(random_rows(10000, 3)),
    "ranks-5": ranks(random_rows(1000, 5)),
    "ranks-5-front": ranks(front_rows(1000, 5)),
    "volume-2-front": volume(front_rows(1000, 2)),
    "volume-3": volume(random_rows(1000, 3)),
    "volume-3-front": volume(front_rows(1000, 3)),
    "volume-4": volume(random_rows(200, 4)),
    "volume-4-front": volume(front_rows(200, 4)),
    "volume-5-front": volume(front_rows(100, 5)),
    "greedy-2": greedy(front_rows(500, 2), 50),
    "greedy-3": greedy(front_rows(500, 3), 50),
}


def timed(call, runs):
    check = call()
    count = 0
    start = time.perf_counter()
    while time.perf_counter() - start < RUN_S:
        call()
        count += 1
    cpu, wall = [], []
    for _ in range(runs):
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        for _ in range(count):
            call()
        cpu.append(1000 * (time.process_time() - cpu_start) / count)
        wall.append(1000 * (time.perf_counter() - wall_start) / count)
    return {"cpuMsMin": round(min(cpu), 5), "wallMsMedian": round(statistics.median(wall), 5), "runs": runs, "check": check}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--runs", type=int, default=10)
    options = arguments.parse_args()
    figures = {}
    for name, call in CALCULATIONS.items():
        figures[name] = timed(call, options.runs)
        print(name, figures[name], flush=True)
    result = {
        "version": 1,
        "suite": "pareto",
        "peer": "optuna",
        "versions": {"optuna": optuna.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "command": "OMP_NUM_THREADS=1 python packages/bench/peers/optuna/pareto.py --out FILE",
        "figures": figures,
    }
    pathlib.Path(options.out).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
