#!/usr/bin/env python3
"""The problems of search_bench with Optuna's samplers, for a comparison side by side.

    optuna_bench.py [--trials N] [--seeds N] [--problems A,B] [--samplers gp,tpe,random]

Needs optuna, scipy and torch. Prints the columns of search_bench; time_s is the processor time
of one run, which the functions themselves add nearly nothing to.
"""
import argparse
import math
import statistics
import time

import numpy as np
import optuna
import torch

A3 = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
P3 = np.array([[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470],
               [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]])
A6 = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
               [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])
P6 = np.array([[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
               [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
               [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
               [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]])
WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])


def hartmann(a, p):
    return lambda x: -float(WEIGHTS @ np.exp(-(a * (x - p) ** 2).sum(1)))


def branin(x):
    valley = x[1] - 5.1 / (4 * math.pi ** 2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return valley ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def rosenbrock(x):
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


def ackley(x):
    return float(-20 * np.exp(-0.2 * np.sqrt((x ** 2).mean()))
                 - np.exp(np.cos(2 * np.pi * x).mean()) + 20 + np.e)


def rastrigin(x):
    return float((x ** 2 - 10 * np.cos(2 * np.pi * x) + 10).sum())


def levy(x):
    w = 1 + (x - 1) / 4
    return float(np.sin(np.pi * w[0]) ** 2
                 + ((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)).sum()
                 + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def reals(function, bounds):
    def objective(trial):
        return function(np.array([trial.suggest_float(f"x{i + 1}", low, high)
                                  for i, (low, high) in enumerate(bounds)]))
    return objective


def tuning(trial):
    opt = trial.suggest_categorical("opt", ["sgd", "adam", "rms", "lion"])
    offset = {"sgd": 0.25, "adam": 0, "rms": 0.15, "lion": 0.6}[opt]
    best = {"sgd": -1, "adam": math.log10(0.003), "rms": -2, "lion": -0.5}[opt]
    lr = math.log10(trial.suggest_float("lr", 1e-5, 1, log=True)) - best
    decay = math.log10(trial.suggest_float("decay", 1e-6, 0.01, log=True)) + 4
    batch = trial.suggest_int("batch", 0, 4) - 2  # 16, 32, ... 256 by their logarithms
    depth = trial.suggest_int("depth", 1, 12) - 5
    return (offset + 0.5 * lr ** 2 + 0.05 * decay ** 2 + 0.04 * batch ** 2 + 0.03 * depth ** 2
            + 0.02 * lr * depth + 0.03 * decay * batch)


def branches(trial):
    if trial.suggest_categorical("kind", ["a", "b"]) == "a":
        return (0.2 + (trial.suggest_float("x", 0, 1) - 0.3) ** 2
                + 0.5 * (trial.suggest_float("w", 0, 1) - 0.6) ** 2)
    y, k = abs(trial.suggest_float("y", 0, 1) - 0.7), abs(trial.suggest_int("k", 1, 9) - 3)
    return 2 * y ** 2 + 0.1 * k ** 2 + 0.3 * y * k


def levels(trial):
    names = ["p", "q", "r", "s", "t"]
    point = [names.index(trial.suggest_categorical("a", names))]
    point += [trial.suggest_int(name, 0, 4) for name in "bcde"]
    away = [abs(x - best) for x, best in zip(point, [1, 3, 0, 2, 4])]
    return sum(here + 0.5 * here * following
               for here, following in zip(away, away[1:] + away[:1]))


# name: objective, minimum, standard deviation of the noise
PROBLEMS = {
    "branin": (reals(branin, [(-5, 10), (0, 15)]), 0.39788735772973816, 0),
    "hartmann3": (reals(hartmann(A3, P3), [(0, 1)] * 3), -3.862782147820756, 0),
    "hartmann6": (reals(hartmann(A6, P6), [(0, 1)] * 6), -3.3223680114155147, 0),
    "rosenbrock4": (reals(rosenbrock, [(-5, 10)] * 4), 0, 0),
    "ackley5": (reals(ackley, [(-32.768, 16.384)] * 5), 0, 0),
    "rastrigin3": (reals(rastrigin, [(-5.12, 4.096)] * 3), 0, 0),
    "levy4": (reals(levy, [(-10, 10)] * 4), 0, 0),
    "sphere10": (reals(lambda x: float((x ** 2).sum()), [(-5.12, 4.096)] * 10), 0, 0),
    "tuning": (tuning, 0, 0),
    "branches": (branches, 0, 0),
    "levels": (levels, 0, 0),
    "noisy6": (reals(hartmann(A6, P6), [(0, 1)] * 6), -3.3223680114155147, 0.1),
}

SAMPLERS = {
    "gp": lambda seed, noisy: optuna.samplers.GPSampler(seed=seed,
                                                        deterministic_objective=not noisy),
    "tpe": lambda seed, noisy: optuna.samplers.TPESampler(seed=seed, multivariate=True,
                                                          group=True),
    "random": lambda seed, noisy: optuna.samplers.RandomSampler(seed=seed),
}


def run(problem, sampler, seed, trials):
    objective, minimum, noise = PROBLEMS[problem]
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed, noise > 0))
    rng = np.random.default_rng(seed)
    looks, regret = math.inf, math.inf
    start = time.process_time()
    for _ in range(trials):
        trial = study.ask()
        value = objective(trial)
        told = value + noise * rng.standard_normal()
        if told < looks:
            looks, regret = told, value - minimum
        study.tell(trial, told)
    return math.log10(max(regret, 1e-12)), time.process_time() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--samplers", default="gp,tpe")
    args = parser.parse_args()
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for problem in args.problems.split(","):
        for sampler in args.samplers.split(","):
            runs = [run(problem, sampler, seed + 1, args.trials) for seed in range(args.seeds)]
            regrets = sorted(r for r, _ in runs)
            n = len(regrets)
            print(f"{problem:12s} {'optuna-' + sampler:10s} {args.trials:5d} {n:5d} "
                  f"{statistics.median(regrets):8.2f} {regrets[n // 4]:8.2f} "
                  f"{regrets[n - 1 - n // 4]:8.2f} {sum(t for _, t in runs) / n:9.3f}",
                  flush=True)


if __name__ == "__main__":
    main()
