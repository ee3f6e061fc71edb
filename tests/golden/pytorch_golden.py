#!/usr/bin/python3
"""Write pytorch_golden.json: what PyTorch computes for LeNet-5, ResNet-8 and ResNet-20.

    tests/golden/pytorch_golden.py > tests/golden/pytorch_golden.json

Weights and images come from a formula that tests/cnn/golden_test.c computes too, so the file holds
results alone. Needs python3-torch; read the difference before committing a new file."""
import json

import numpy as np
import torch
from torch.nn import functional

import pytorch_models

BATCH, STEPS, CLASSES = 8, 10, 10
CASES = [
    dict(model="lenet5", channels=1, side=28, width=6, optimizer="adam", learning_rate=1e-3, weight_decay=1e-4,
         nesterov=False, label_smoothing=0.1),
    dict(model="resnet8", channels=3, side=16, width=8, optimizer="sgd", learning_rate=0.05, weight_decay=5e-4,
         nesterov=True, label_smoothing=0.0),
    dict(model="resnet20", channels=3, side=16, width=16, optimizer="sgd", learning_rate=0.003, weight_decay=5e-4,
         nesterov=False, label_smoothing=0.0),
]
BLOCKS = {"resnet8": 1, "resnet20": 3}


def mix(stream, n):
    """n well-mixed 32-bit numbers of a stream."""
    h = np.arange(n, dtype=np.uint64) * 2654435761 + stream * 97531 + 12345 & 0xFFFFFFFF
    for _ in range(2):
        h = (h ^ h >> 16) * 73244475 & 0xFFFFFFFF
    return h ^ h >> 16


def uniform(stream, n):
    """n numbers in [-1, 1), exact in double precision."""
    return mix(stream, n).astype(np.float64) / 2**31 - 1


def fill(net):
    """Weights within 1/sqrt(fan-in); the scales of normalisation near 1."""
    for k, p in enumerate(net.parameters()):
        u = uniform(1000 + k, p.numel())
        name = [n for n, q in net.named_parameters() if q is p][0]
        if p.dim() > 1:
            u = u / np.sqrt(p[0].numel())
        elif name.endswith("weight"):
            u = 1 + 0.1 * u
        else:
            u = 0.1 * u
        p.data = torch.from_numpy(u.astype(np.float32)).reshape(p.shape)


def batch(case, step):
    n = BATCH * case["channels"] * case["side"] ** 2
    x = torch.from_numpy((1.5 * uniform(step, n)).astype(np.float32))
    y = torch.from_numpy((mix(500 + step, BATCH) % CLASSES).astype(np.int64))
    return x.reshape(BATCH, case["channels"], case["side"], case["side"]), y


def build(case):
    if case["model"] == "lenet5":
        return pytorch_models.lenet5(case["channels"], case["side"], CLASSES)
    return pytorch_models.ResNet(BLOCKS[case["model"]], case["channels"], CLASSES, case["width"])


def make_optimizer(case, net):
    if case["optimizer"] == "adam":
        return torch.optim.Adam(net.parameters(), case["learning_rate"], weight_decay=case["weight_decay"])
    return torch.optim.SGD(net.parameters(), case["learning_rate"], momentum=0.9, nesterov=case["nesterov"],
                           weight_decay=case["weight_decay"])


def projections(net):
    """Of every gradient on a direction of the formula, so that each of its elements counts."""
    return [float(np.dot(p.grad.double().flatten().numpy(), uniform(3000 + k, p.numel())))
            for k, p in enumerate(net.parameters())]


def rounded(values):
    return [float(f"{v:.8g}") for v in values]


def run(case):
    net = build(case)
    fill(net)
    optimizer = make_optimizer(case, net)
    losses = []
    for step in range(STEPS):
        x, y = batch(case, step)
        optimizer.zero_grad()
        logits = net(x)
        loss = functional.cross_entropy(logits, y, label_smoothing=case["label_smoothing"])
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            first_logits = logits.detach().flatten().tolist()
            norms = [p.grad.double().norm().item() for p in net.parameters()]
            directed = projections(net)
        optimizer.step()
    net.eval()
    with torch.no_grad():
        last_logits = net(batch(case, STEPS)[0]).flatten().tolist()
    return dict(case, logits=rounded(first_logits), gradient_norms=rounded(norms),
                gradient_projections=rounded(directed), losses=rounded(losses), inference_logits=rounded(last_logits))


def main():
    torch.set_num_threads(1)
    print(json.dumps({"torch": torch.__version__, "cases": [run(case) for case in CASES]}, indent=1))


main()
