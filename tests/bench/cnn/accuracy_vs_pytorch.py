#!/usr/bin/python3
"""Test accuracy of the same network and settings, trained by Wattune and by PyTorch on CIFAR-10.

    tests/bench/cnn/accuracy_vs_pytorch.py build/release/orchestrator/wattune DATA --model resnet20 --epochs 3

DATA is a folder with data_batch_*.bin and test_batch.bin. Both hold a tenth of the training images out,
normalise, mirror and shift alike; random numbers differ. Needs python3-torch and takes minutes."""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "golden"))
import numpy as np  # noqa: E402
import torch  # noqa: E402
import pytorch_models  # noqa: E402

BATCH, RATE, MOMENTUM, DECAY, CROP = 64, 0.05, 0.9, 5e-4, 4
# 0.975 quantiles of Student's t with 1, 2, ... degrees of freedom.
STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120]


def read(path):
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32), records[:, 0].astype(np.int64)


def load(folder, seed):
    parts = [read(p) for p in sorted(pathlib.Path(folder).glob("data_batch_*.bin"))]
    x, y = (np.concatenate(z) for z in zip(*parts))
    keep = np.random.default_rng(seed).permutation(len(x))[len(x) // 10:]
    x, y = x[keep], y[keep]
    test_x, test_y = read(pathlib.Path(folder) / "test_batch.bin")
    mean, std = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.std))
    # A shifted image gets black pixels: padding goes before the normalisation.
    x = np.pad(x, ((0, 0), (0, 0), (CROP, CROP), (CROP, CROP)))
    return [torch.from_numpy(a) for a in ((x - mean) / std, y, (test_x - mean) / std, test_y)]


def augment(x, generator):
    out = torch.empty(len(x), 3, 32, 32)
    for i, (dy, dx) in enumerate(torch.randint(0, 2 * CROP + 1, (len(x), 2), generator=generator).tolist()):
        out[i] = x[i, :, dy:dy + 32, dx:dx + 32]
    flips = torch.rand(len(x), generator=generator) < 0.5
    out[flips] = out[flips].flip(3)
    return out


def train_pytorch(model, folder, epochs, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    x, y, test_x, test_y = load(folder, seed)
    net = pytorch_models.build(model)
    optimizer = torch.optim.SGD(net.parameters(), RATE, momentum=MOMENTUM, weight_decay=DECAY)
    steps, done = len(x) // BATCH, 0
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=generator)[:steps * BATCH].reshape(steps, BATCH):
            optimizer.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * done / (steps * epochs)))
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(augment(x[batch], generator)), y[batch]).backward()
            optimizer.step()
            done += 1
    net.eval()
    with torch.no_grad():
        right = sum((net(a).argmax(1) == b).sum().item() for a, b in zip(test_x.split(250), test_y.split(250)))
    return right / len(test_y)


def train_wattune(wattune, model, folder, epochs, seed):
    settings = dict(model=model, dataset_format="cifar10", dataset_path=folder, epochs=epochs, seed=seed,
                    batch_size=BATCH, learning_rate=RATE, momentum=MOMENTUM, weight_decay=DECAY, schedule="cosine",
                    augment_flip="true", augment_crop=CROP, test="true", threads=1)
    command = [wattune, "train"] + [word for k, v in settings.items() for word in (f"--{k}", str(v))]
    lines = subprocess.run(command, check=True, capture_output=True, text=True,
                           env=dict(os.environ, WATTUNE_FD="1")).stdout.splitlines()
    return next(event["test_accuracy"] for event in map(json.loads, lines) if event["event"] == "result")


def compare(ours, theirs):
    """The difference of the means with its 95 % interval (Welch 1947)."""
    parts = [statistics.variance(x) / len(x) for x in (ours, theirs)]
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(v ** 2 / (len(x) - 1) for v, x in zip(parts, (ours, theirs)))
    half = STUDENT[min(int(freedom), len(STUDENT)) - 1] * error
    difference = statistics.mean(ours) - statistics.mean(theirs)
    for name, x in ("wattune", ours), ("pytorch", theirs):
        print(f"{name}: mean {statistics.mean(x):.4f}, standard deviation {statistics.stdev(x):.4f}")
    print(f"difference {difference:+.4f}, 95 % interval {difference - half:+.4f} to {difference + half:+.4f}: "
          f"{'within noise' if abs(difference) <= half else 'DIFFERENT'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wattune")
    parser.add_argument("data")
    parser.add_argument("--model", default="resnet8", choices=["lenet5", "vgg", "resnet8", "resnet20"])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    ours, theirs = [], []
    for seed in range(1, options.seeds + 1):
        ours.append(train_wattune(options.wattune, options.model, options.data, options.epochs, seed))
        theirs.append(train_pytorch(options.model, options.data, options.epochs, seed))
        print(f"{options.model}, {options.epochs} epochs, seed {seed}: wattune {ours[-1]:.4f}  pytorch {theirs[-1]:.4f}",
              flush=True)
    if options.seeds > 1:
        compare(ours, theirs)


main()
