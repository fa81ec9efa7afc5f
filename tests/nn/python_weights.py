#!/usr/bin/env python3
"""Weights that cross between PyTorch's Python and tapegrad: three small nets, trained here.

python_weights.py            trains them and writes python_weights/NET.safetensors, and what they then give for some
                             inputs (answers.safetensors); run by hand, with PyTorch 1.13
python_weights.py FOLDER     fills the nets with FOLDER/NET.safetensors, of any origin, and writes what they give for
                             the same inputs to FOLDER/outputs.safetensors
"""
import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "files"))
import safetensors_reference as safetensors  # noqa: E402

HERE = pathlib.Path(__file__).parent / "python_weights"


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5)
        self.conv2 = nn.Conv2d(4, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.fc1 = nn.Linear(8 * 2 * 2, 16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x).relu(), 2)
        x = nn.functional.max_pool2d(self.norm(self.conv2(x)).relu(), 2)
        return self.fc2(self.fc1(x.flatten(1)).relu())


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 8, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(12, 3, dim_feedforward=20, dropout=0.1)

    def forward(self, x):
        return self.layer(x)


NETS = {"lenet": (LeNet, (3, 1, 16, 16)), "lstm": (Recurrent, (4, 7, 6)), "encoder": (Encoder, (5, 2, 12))}


def entry(t):
    format = {torch.float32: "F32", torch.int64: "I64"}[t.dtype]
    return (format, list(t.shape), t.detach().flatten().tolist())


def write(path, tensors):
    safetensors.write(str(path), {name: entry(t) for name, t in tensors.items()}, {"format": "pt"})


def read(path):
    tensors, _ = safetensors.read(str(path))
    types = {"F32": torch.float32, "I64": torch.int64}
    return {name: torch.tensor(v, dtype=types[d]).view(shape) for name, (d, shape, v) in tensors.items()}


def train():
    torch.manual_seed(0)
    answers = {}
    for name, (make, sizes) in NETS.items():
        net = make()
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        x = torch.randn(sizes)
        target = torch.randn(net(x).shape)
        for _ in range(30):
            optimizer.zero_grad()
            nn.functional.mse_loss(net(x), target).backward()
            optimizer.step()
        write(HERE / (name + ".safetensors"), net.state_dict())
        x = torch.randn(sizes)
        answers[name + ".x"] = x
        answers[name + ".y"] = net.eval()(x)
    write(HERE / "answers.safetensors", answers)


def run(folder):
    answers, outputs = read(HERE / "answers.safetensors"), {}
    for name, (make, _) in NETS.items():
        net = make()
        net.load_state_dict(read(folder / (name + ".safetensors")))
        with torch.no_grad():
            outputs[name] = net.eval()(answers[name + ".x"])
    write(folder / "outputs.safetensors", outputs)


if len(sys.argv) == 1:
    train()
else:
    run(pathlib.Path(sys.argv[1]))
