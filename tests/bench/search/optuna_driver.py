#!/usr/bin/env python3
"""An Optuna sampler for search_bench, by the line protocol of README.md.

    search_bench --external 'optuna-gp=python3 tests/bench/search/optuna_driver.py --sampler gp'

Ordinals are given as the index of their value, which for evenly spaced ones (32, 64, 128, by their
logarithms) is how the space of Wattune places them.
"""
import argparse
import json
import sys
import time
import warnings


def say(answer):
    print(json.dumps(answer), flush=True)


def holds(condition, point):
    return all(point.get(name) in (wanted if isinstance(wanted, list) else [wanted])
               for name, wanted in condition.items())


def suggest(trial, name, param):
    """One parameter as Optuna has it: the value of the study's point."""
    if isinstance(param, list):
        param = {"type": "categorical", "values": param}
    if not isinstance(param, dict) or param["type"] == "constant":
        return None
    kind, log = param["type"], param.get("scale") == "log"
    if kind == "real":
        return trial.suggest_float(name, param["low"], param["high"], log=log)
    if kind == "integer":
        step = {} if log else {"step": param.get("step", 1)}
        return trial.suggest_int(name, param["low"], param["high"], log=log, **step)
    if kind == "ordinal":
        return param["values"][trial.suggest_int(name, 0, len(param["values"]) - 1)]
    return trial.suggest_categorical(name, param["values"])


def propose(trial, space):
    point = {}
    for name, param in space.items():
        if isinstance(param, dict) and not holds(param.get("when", {}), point):
            continue
        value = suggest(trial, name, param)
        if value is not None:
            point[name] = value
    return point


def make_sampler(optuna, kind, run):
    samplers = optuna.samplers
    if kind == "gp":
        return samplers.GPSampler(seed=run["seed"], deterministic_objective=not run["noisy"])
    if kind == "tpe":
        return samplers.TPESampler(seed=run["seed"], multivariate=True, group=True)
    if kind == "nsga2":
        return samplers.NSGAIISampler(seed=run["seed"])
    return samplers.RandomSampler(seed=run["seed"])


def load(kind):
    """The module, ready for work; ends the program when it cannot be."""
    try:
        import optuna
        if kind == "gp":
            import torch
            torch.set_num_threads(1)
            import scipy  # noqa: F401
    except ImportError as missing:
        say({"error": f"{missing.name} is not installed: pip install optuna scipy torch"})
        sys.exit(0)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    return optuna


def serve(optuna, kind):
    study, space, trials, spent_s = None, {}, {}, 0.0
    for line in sys.stdin:
        message = json.loads(line)
        start_s = time.process_time()
        if "begin" in message:
            run = message["begin"]
            study = optuna.create_study(directions=["minimize"] * run["objectives"],
                                        sampler=make_sampler(optuna, kind, run))
            space, trials, spent_s = run["space"], {}, 0.0
        elif "ask" in message:
            trial = trials[message["ask"]] = study.ask()
            point = propose(trial, space)
            spent_s += time.process_time() - start_s
            say({"point": point, "cpu_s": spent_s})
            spent_s = 0.0
        elif "tell" in message:
            if message["values"]:
                study.tell(trials.pop(message["tell"]), message["values"])
            else:
                study.tell(trials.pop(message["tell"]), state=optuna.trial.TrialState.FAIL)
            spent_s += time.process_time() - start_s


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sampler", default="gp", choices=["gp", "tpe", "nsga2", "random"])
    kind = parser.parse_args().sampler
    optuna = load(kind)
    say({"ready": f"Optuna {optuna.__version__}"})
    serve(optuna, kind)


if __name__ == "__main__":
    main()
