#!/usr/bin/python3
"""Images trained on a second of processor time, Wattune against PyTorch on one thread, in turns within one run.

    tests/bench/pytorch_bench.py build/release/tests/bench/cnn_bench [model ...]

Needs python3-torch. PyTorch gets both of its layouts; the medians of the rounds are compared."""
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
import torch  # noqa: E402
import pytorch_models  # noqa: E402

SIZES = {"lenet5": (1, 28, 128), "vgg": (3, 32, 64), "resnet8": (3, 32, 64), "resnet20": (3, 32, 64)}
ROUNDS, SECONDS = 5, 2.0


class Trainer:
    def __init__(self, model, channels, side, batch, layout):
        self.net = pytorch_models.build(model, channels, side).to(memory_format=layout)
        self.x = torch.randn(batch, channels, side, side).to(memory_format=layout)
        self.y = torch.randint(10, (batch,))
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)
        self.step()

    def step(self):
        self.optimizer.zero_grad()
        torch.nn.functional.cross_entropy(self.net(self.x), self.y).backward()
        self.optimizer.step()

    def images_per_s(self):
        steps, start = 0, time.process_time()
        while time.process_time() - start < SECONDS:
            self.step()
            steps += 1
        return steps * len(self.y) / (time.process_time() - start)


def main():
    torch.set_num_threads(1)
    bench, models = sys.argv[1], sys.argv[2:] or list(SIZES)
    print(f"{'model':10} {'batch':>5} {'wattune':>9} {'contiguous':>11} {'channels-last':>13} {'ratio':>6}")
    for model in models:
        channels, side, batch = SIZES[model]
        plain = Trainer(model, channels, side, batch, torch.contiguous_format)
        last = Trainer(model, channels, side, batch, torch.channels_last)
        ours, theirs, theirs_last = [], [], []
        for _ in range(ROUNDS):
            command = [bench, model, str(channels), str(side), str(batch), str(SECONDS)]
            ours.append(float(subprocess.run(command, check=True, capture_output=True).stdout.split()[0]))
            theirs.append(plain.images_per_s())
            theirs_last.append(last.images_per_s())
        w, p, c = (statistics.median(x) for x in (ours, theirs, theirs_last))
        print(f"{model:10} {batch:5} {w:9.0f} {p:11.0f} {c:13.0f} {w / max(p, c):6.2f}", flush=True)


main()
