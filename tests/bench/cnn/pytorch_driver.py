#!/usr/bin/env python3
"""PyTorch's side of the race of cnn_bench, by the line protocol of README.md."""
import json
import os
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "golden"))
CLASSES = 10


def say(**answer):
    print(json.dumps(answer), flush=True)


def clamp_relu6(torch, module):
    """PyTorch 1.13 has no gradient of ReLU6 in bf16, but one of the function that it is."""
    class Clamp(torch.nn.Module):
        def forward(self, x):
            return x.clamp(0, 6)

    for name, child in module.named_children():
        if isinstance(child, torch.nn.ReLU6):
            setattr(module, name, Clamp())
        else:
            clamp_relu6(torch, child)


class Trainer:
    """Steps of SGD on one batch."""

    def __init__(self, torch, request):
        import pytorch_models
        torch.set_num_threads(request["threads"])
        torch.manual_seed(1)
        layout = torch.channels_last if request["form"] == "channels_last" else torch.contiguous_format
        channels, side, self.batch = request["channels"], request["side"], request["batch"]
        self.torch, self.bf16 = torch, request["precision"] == "bf16"
        self.net = pytorch_models.build(request["model"], channels, side, CLASSES).to(memory_format=layout)
        if self.bf16:
            clamp_relu6(torch, self.net)
        self.x = torch.randn(self.batch, channels, side, side).to(memory_format=layout)
        self.y = torch.randint(CLASSES, (self.batch,))
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)

    def step(self):
        self.optimizer.zero_grad()
        with self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=self.bf16):
            loss = self.torch.nn.functional.cross_entropy(self.net(self.x), self.y)
        loss.backward()
        self.optimizer.step()

    def run(self, cpu_s):
        steps, cpu, wall = 0, time.process_time(), time.monotonic()
        while steps == 0 or time.process_time() - cpu < cpu_s:
            self.step()
            steps += 1
        return dict(images=steps * self.batch, cpu_s=time.process_time() - cpu, wall_s=time.monotonic() - wall,
                    peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def load(threads):
    """The module, whose OpenMP reads its threads when it is loaded; ends the program when there is none."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    try:
        import torch
    except ImportError as missing:
        say(error=f"{missing.name} is not installed: pip install torch")
        sys.exit(0)
    return torch


def answer(trainer, request):
    """The trainer that is there afterwards."""
    if "run" in request:
        say(**trainer.run(request["run"]))
        return trainer
    trainer = None  # what the last one held is free for this one
    torch = load(request["open"]["threads"])
    trainer = Trainer(torch, request["open"])
    trainer.step()
    say(opened=f"PyTorch {torch.__version__}")
    return trainer


def main():
    trainer = None
    for line in sys.stdin:
        try:
            trainer = answer(trainer, json.loads(line))
        except (AttributeError, KeyError, RuntimeError, MemoryError) as failure:
            say(error=f"{type(failure).__name__}: {failure}"[:200])


main()
