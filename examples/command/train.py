"""A trial in Python: logistic regression by stochastic gradient descent on made-up points.

Reports the accuracy after every epoch, and finishes early when it is asked to.
"""
import json
import math
import os
import random
import select

params = json.loads(os.environ["WATTUNE_PARAMS"])
reports = os.fdopen(int(os.environ["WATTUNE_FD"]), "w", buffering=1)
control = int(os.environ["WATTUNE_CONTROL_FD"])
rng = random.Random(int(os.environ["WATTUNE_SEED"]))


def send(event, **values):
    print(json.dumps({"event": event, **values}), file=reports)


def asked_to_stop():
    ready, _, _ = select.select([control], [], [], 0)
    return bool(ready) and os.read(control, 64).startswith(b"stop")


def made_up_points(count):
    """Two overlapping clouds in the plane."""
    for _ in range(count):
        label = rng.random() < 0.5
        centre = 1.0 if label else -1.0
        yield rng.gauss(centre, 1.2), rng.gauss(centre, 1.2), label


def probability(weights, x, y):
    z = weights[0] * x + weights[1] * y + weights[2]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def train_epoch(weights, points, rate):
    for x, y, label in points:
        error = probability(weights, x, y) - label
        for i, feature in enumerate((x, y, 1.0)):
            weights[i] -= rate * error * feature


def accuracy(weights, points):
    return sum((probability(weights, x, y) > 0.5) == label for x, y, label in points) / len(points)


send("phase", name="load")
training, validation = list(made_up_points(2000)), list(made_up_points(1000))
weights = [0.0, 0.0, 0.0]
send("phase", name="train")
for epoch in range(1, params["epochs"] + 1):
    train_epoch(weights, training, params["learning_rate"])
    score = accuracy(weights, validation)
    send("report", epoch=epoch, val_accuracy=score)
    if asked_to_stop():
        break
send("result", val_accuracy=score)
