#!/usr/bin/env python3
"""Writes torch_golden.txt beside itself: what PyTorch (1.13, any build with SIMD) computes. Run it by hand.

Each line: a name, then numbers that read back to the same doubles.
"""
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

lines = []


def put(name, *tensors):
    values = [v for t in tensors for v in t.detach().double().flatten().tolist()]
    lines.append(" ".join([name] + [repr(v) for v in values]))


# Initialisation, from manual_seed(0).
for sizes in [(1, 1), (3, 2), (13, 5), (784, 2)]:
    torch.manual_seed(0)
    layer = nn.Linear(*sizes)
    if sizes[0] < 100:
        put(f"linear_{sizes[0]}_{sizes[1]}", layer.weight, layer.bias)
    else:
        put(f"linear_{sizes[0]}_{sizes[1]}", layer.weight[1, -3:], layer.bias)
torch.manual_seed(0)
put("two_linears", *nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).parameters())

fills = {
    "xavier_uniform": lambda t: nn.init.xavier_uniform_(t, 1.5),
    "xavier_normal": lambda t: nn.init.xavier_normal_(t),
    "kaiming_uniform": lambda t: nn.init.kaiming_uniform_(t, 0.2, "fan_out"),
    "kaiming_uniform_tanh": lambda t: nn.init.kaiming_uniform_(t, nonlinearity="tanh"),
    "kaiming_normal": lambda t: nn.init.kaiming_normal_(t, nonlinearity="relu"),
    "uniform": lambda t: nn.init.uniform_(t, -2, 3),
    "normal": lambda t: nn.init.normal_(t, 1, 2),
}
for name, fill in fills.items():
    for sizes in [(3, 4), (4, 3, 2)]:
        torch.manual_seed(7)
        put(f"{name}_{len(sizes)}", fill(torch.empty(sizes)))
for name, param in [("tanh", None), ("relu", None), ("leaky_relu", 0.3), ("sigmoid", None), ("linear", None)]:
    put(f"gain_{name}", torch.tensor(nn.init.calculate_gain(name, param), dtype=torch.float64))

# Losses: value (its sum, where not reduced) and gradient.
torch.manual_seed(1)
x = torch.tensor([[0.5, -1.25, 2.0], [0.75, 0.0, -0.5]], dtype=torch.float64)
y = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]], dtype=torch.float64)
classes = torch.tensor([2, 0])
weight = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
for reduction in ["mean", "sum", "none"]:
    losses = {
        "mse": (nn.MSELoss(reduction=reduction), lambda t: t, y),
        "l1": (nn.L1Loss(reduction=reduction), lambda t: t, y),
        "smooth_l1": (nn.SmoothL1Loss(reduction=reduction, beta=0.8), lambda t: t, y),
        "bce": (nn.BCELoss(reduction=reduction, weight=weight), torch.sigmoid, y),
        "bce_logits": (nn.BCEWithLogitsLoss(reduction=reduction, weight=weight, pos_weight=weight * 3), lambda t: t, y),
        "nll": (nn.NLLLoss(reduction=reduction, weight=weight), lambda t: F.log_softmax(t, 1), classes),
        "nll_ignore": (nn.NLLLoss(reduction=reduction, ignore_index=2), lambda t: F.log_softmax(t, 1), classes),
        "cross_entropy": (nn.CrossEntropyLoss(reduction=reduction, weight=weight), lambda t: t, classes),
        "cross_entropy_smooth": (
            nn.CrossEntropyLoss(reduction=reduction, weight=weight, label_smoothing=0.1), lambda t: t, classes),
    }
    for name, (loss, before, target) in losses.items():
        leaf = x.clone().requires_grad_()
        value = loss(before(leaf), target).sum()
        value.backward()
        put(f"{name}_{reduction}", value, leaf.grad)

pathlib.Path(__file__).with_name("torch_golden.txt").write_text("\n".join(lines) + "\n")
