"""What Optuna itself costs a trial, measured as `npm run bench -- run --suite overhead` measures Vernier.

Usage:  python overhead.py --out FILE [--runs 10]

Ten float parameters, one thread, CPU time (user + system) of a fresh process for each run; minimum over the runs, wall median
beside it. The objective is the first parameter. Only the public API of Optuna is used.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PARAMETERS = 10


def ask_tell(study, count: int) -> float:
    for _ in range(count):
        trial = study.ask()
        values = [trial.suggest_float(f"x{i}", 0.0, 1.0) for i in range(PARAMETERS)]
        study.tell(trial, values[0])


def timed(work) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def prefill(study, count: int) -> None:
    import numpy
    import optuna

    draw = numpy.random.default_rng(1)
    space = {f"x{i}": optuna.distributions.FloatDistribution(0.0, 1.0) for i in range(PARAMETERS)}
    trials = []
    for _ in range(count):
        params = {name: float(draw.random()) for name in space}
        trials.append(optuna.trial.create_trial(params=params, distributions=space, value=params["x0"]))
    study.add_trials(trials)


def random_in_memory() -> dict[str, float]:
    import optuna

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    ask_tell(study, 100)
    return per(timed(lambda: ask_tell(study, 1000)), 1000)


def tpe_at(history: int, count: int):
    def measure() -> dict[str, float]:
        import optuna

        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
        prefill(study, history)
        ask_tell(study, 2)
        return per(timed(lambda: ask_tell(study, count)), count)

    return measure


def random_sqlite() -> dict[str, float]:
    import optuna

    with tempfile.TemporaryDirectory() as folder:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1), storage=f"sqlite:///{folder}/study.db")
        ask_tell(study, 3)
        return per(timed(lambda: ask_tell(study, 30)), 30)


def import_time() -> dict[str, float]:
    def work() -> None:
        import optuna  # noqa: F401

    return timed(work)


def per(total: dict[str, float], count: int) -> dict[str, float]:
    return {name: value / count for name, value in total.items()}


MEASURES = {
    "random-memory": random_in_memory,
    "tpe-1000": tpe_at(1000, 30),
    "tpe-5000": tpe_at(5000, 10),
    "random-sqlite": random_sqlite,
    "import": import_time,
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out")
    arguments.add_argument("--runs", type=int, default=10)
    arguments.add_argument("--measure", choices=MEASURES)
    options = arguments.parse_args()
    if options.measure:
        import_only = options.measure == "import"
        if not import_only:
            import optuna

            optuna.logging.set_verbosity(optuna.logging.WARNING)
        print(json.dumps(MEASURES[options.measure]()))
        return

    figures = {}
    for name in MEASURES:
        command = [sys.executable, __file__, "--measure", name]
        runs = [json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(options.runs)]
        figures[name] = {
            "cpuMsMin": round(1000 * min(r["cpu"] for r in runs), 4),
            "wallMsMedian": round(1000 * statistics.median(r["wall"] for r in runs), 4),
            "runs": len(runs),
        }
        print(name, figures[name], flush=True)

    import numpy
    import optuna

    result = {
        "version": 1,
        "suite": "overhead",
        "peer": "optuna",
        "versions": {"optuna": optuna.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "command": "OMP_NUM_THREADS=1 python packages/bench/peers/optuna/overhead.py --out FILE",
        "figures": figures,
    }
    pathlib.Path(options.out).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
