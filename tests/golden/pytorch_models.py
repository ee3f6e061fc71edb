"""Wattune's models, layer by layer, in PyTorch. Parameters come in the order of Wattune's graphs."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.project = None
        if stride != 1:
            self.project = nn.Sequential(nn.Conv2d(channels_in, channels, 1, stride, bias=False),
                                         nn.BatchNorm2d(channels))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (self.project(x) if self.project else x))


class ResNet(nn.Module):
    def __init__(self, blocks, channels_in=3, classes=10, width=16):
        super().__init__()
        self.stem = nn.Conv2d(channels_in, width, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(width)
        stages = []
        for stage in range(3):
            for i in range(blocks):
                shrink = stage > 0 and i == 0
                before = width << (stage - 1 if shrink else stage)
                stages.append(Block(before, width << stage, 2 if shrink else 1))
        self.blocks = nn.Sequential(*stages)
        self.linear = nn.Linear(width << 2, classes)

    def forward(self, x):
        x = self.blocks(torch.relu(self.bn(self.stem(x))))
        return self.linear(x.mean((2, 3)))


def lenet5(channels_in=3, side=32, classes=10):
    padding = 2 if side < 32 else 0
    side = (side + 2 * padding - 4) // 2
    side = (side - 4) // 2
    return nn.Sequential(nn.Conv2d(channels_in, 6, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(16 * side * side, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, classes))


def vgg(channels_in=3, side=32, classes=10, layers="32,32,M,64,64,M,128,128,M"):
    stack = []
    for item in layers.split(","):
        if item == "M":
            stack.append(nn.MaxPool2d(2))
            side //= 2
            continue
        stack += [nn.Conv2d(channels_in, int(item), 3, padding=1, bias=False),
                  nn.BatchNorm2d(int(item)), nn.ReLU()]
        channels_in = int(item)
    return nn.Sequential(*stack, nn.Flatten(), nn.Linear(channels_in * side * side, classes))


def convolution6(channels_in, channels, kernel, stride, groups=1):
    return [nn.Conv2d(channels_in, channels, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(channels), nn.ReLU6()]


class InvertedResidual(nn.Module):
    def __init__(self, channels_in, channels, expansion, stride):
        super().__init__()
        inner = channels_in * expansion
        layers = convolution6(channels_in, inner, 1, 1) if expansion > 1 else []
        layers += convolution6(inner, inner, 3, stride, inner)
        layers += [nn.Conv2d(inner, channels, 1, bias=False), nn.BatchNorm2d(channels)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and channels_in == channels

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


def mobilenet_v2(channels_in=3, classes=10):
    """With the stem for small images: the first two strides are left out."""
    layers, before = convolution6(channels_in, 32, 3, 1), 32
    for expansion, channels, blocks, stride in ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2),
                                                (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(blocks):
            layers.append(InvertedResidual(before, channels, expansion, stride if i == 0 else 1))
            before = channels
    layers += convolution6(before, 1280, 1, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, classes))


def build(name, channels_in=3, side=32, classes=10):
    if name == "lenet5":
        return lenet5(channels_in, side, classes)
    if name == "vgg":
        return vgg(channels_in, side, classes)
    if name == "mobilenet_v2":
        return mobilenet_v2(channels_in, classes)
    return ResNet({"resnet8": 1, "resnet20": 3}[name], channels_in, classes)
