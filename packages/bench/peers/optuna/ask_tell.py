"""Optuna as a peer of the bench, over JSON lines (packages/bench/src/subjects/protocol.ts). Argument: tpe, gp, cmaes, nsga2 or random."""
import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
}


def distribution(parameter):
    if parameter["type"] == "float":
        return optuna.distributions.FloatDistribution(parameter["low"], parameter["high"], log=parameter["log"])
    if parameter["type"] == "int":
        return optuna.distributions.IntDistribution(parameter["low"], parameter["high"])
    return optuna.distributions.CategoricalDistribution(list(range(parameter["count"])))


def say(message):
    print(json.dumps(message), flush=True)


def main():
    make = SAMPLERS[sys.argv[1]]
    study = trial = space = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "begin":
            study = optuna.create_study(direction=message["direction"], sampler=make(message["seed"]))
            space = {parameter["name"]: distribution(parameter) for parameter in message["parameters"]}
            say({"type": "ready", "peer": "optuna", "version": optuna.__version__})
        elif message["type"] == "ask":
            trial = study.ask(space)
            say({"type": "params", "params": trial.params})
        elif message["type"] == "tell":
            study.tell(trial, message["value"])


main()
