#!/usr/bin/env python3
"""Writes scheduler_golden.txt beside itself: the rates of PyTorch's schedulers (1.13) over 200 steps. Run it by hand.

Each line: the scheduler's variant and what is listed ("lr", "lr1" of the second group, "momentum"), then 201 values.
"""
import math
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as S

warnings.filterwarnings("ignore")


def metric(step, name):
    loss = math.cos(step / 9) / (1 + step / 40)
    return 2 - loss if name == "plateau_max_rel" else loss  # grows, then falls


def warm_up(o):
    return S.SequentialLR(
        o, [S.LinearLR(o, 0.1, total_iters=20), S.CosineAnnealingLR(o, 50, 0.001), S.ExponentialLR(o, 0.97)], [20, 120]
    )


variants = {
    "step": lambda o: S.StepLR(o, 30, 0.5),
    "multi_step": lambda o: S.MultiStepLR(o, [10, 50, 50, 130], 0.3),
    "exponential": lambda o: S.ExponentialLR(o, 0.98),
    "constant": lambda o: S.ConstantLR(o),
    "constant_all": lambda o: S.ConstantLR(o, 0.25, 40),
    "linear": lambda o: S.LinearLR(o),
    "linear_all": lambda o: S.LinearLR(o, 0.9, 0.1, 70),
    "polynomial": lambda o: S.PolynomialLR(o),
    "polynomial_all": lambda o: S.PolynomialLR(o, 150, 2.5),
    "cosine": lambda o: S.CosineAnnealingLR(o, 60),
    "cosine_all": lambda o: S.CosineAnnealingLR(o, 33, 0.01),
    "restarts": lambda o: S.CosineAnnealingWarmRestarts(o, 40),
    "restarts_all": lambda o: S.CosineAnnealingWarmRestarts(o, 10, 2, 0.003),
    "lambda": lambda o: S.LambdaLR(o, [lambda e: 0.95**e, lambda e: 1 / (1 + e)]),
    "multiplicative": lambda o: S.MultiplicativeLR(o, lambda e: 0.99 if e % 2 else 0.97),
    "one_cycle": lambda o: S.OneCycleLR(o, 0.5, 200),
    "one_cycle_all": lambda o: S.OneCycleLR(
        o,
        [0.5, 0.25],
        epochs=20,
        steps_per_epoch=11,
        pct_start=0.2,
        anneal_strategy="linear",
        base_momentum=0.7,
        max_momentum=0.9,
        div_factor=10,
        final_div_factor=100,
    ),
    "one_cycle_three": lambda o: S.OneCycleLR(o, 0.5, 210, pct_start=0.4, three_phase=True),
    "one_cycle_beta": lambda o: S.OneCycleLR(o, 0.5, 205),
    "one_cycle_rate": lambda o: S.OneCycleLR(o, 0.5, 203, cycle_momentum=False),
    "cyclic": lambda o: S.CyclicLR(o, 0.01, 0.2, 30),
    "cyclic_two": lambda o: S.CyclicLR(o, 0.01, 0.2, 17, 26, mode="triangular2", base_momentum=0.5, max_momentum=0.95),
    "cyclic_range": lambda o: S.CyclicLR(o, 0.01, 0.2, 25, mode="exp_range", gamma=0.99, cycle_momentum=False),
    "cyclic_custom": lambda o: S.CyclicLR(o, [0.01, 0.02], [0.2, 0.1], 25, scale_fn=lambda x: 1 / x, scale_mode="cycle"),
    "cyclic_iterations": lambda o: S.CyclicLR(
        o, 0.01, [0.2, 0.1], 15, 20, scale_fn=lambda x: 1 / (1 + x / 50), scale_mode="iterations"
    ),
    "plateau": lambda o: S.ReduceLROnPlateau(o, patience=4),
    "plateau_all": lambda o: S.ReduceLROnPlateau(
        o,
        mode="max",
        factor=0.5,
        patience=2,
        threshold=0.05,
        threshold_mode="abs",
        cooldown=6,
        min_lr=[0.001, 0.01],
        eps=1e-4,
    ),
    "plateau_min_abs": lambda o: S.ReduceLROnPlateau(
        o, factor=0.7, patience=1, threshold=0.02, threshold_mode="abs", min_lr=0.002
    ),
    "plateau_max_rel": lambda o: S.ReduceLROnPlateau(
        o, mode="max", factor=0.6, patience=1, threshold=0.04, threshold_mode="rel", cooldown=2, min_lr=[0, 0.003]
    ),
    "sequential": warm_up,
    "sequential_multiplicative": lambda o: S.SequentialLR(
        o, [S.StepLR(o, 7), S.MultiplicativeLR(o, lambda e: 0.9)], [30]
    ),
    "chained": lambda o: S.ChainedScheduler([S.ConstantLR(o, 0.1, 25), S.ExponentialLR(o, 0.99), S.StepLR(o, 60)]),
}

# Whose groups differ in more than the rate they begin with.
two_rates = ["lambda", "one_cycle_all", "cyclic_custom", "cyclic_iterations", "plateau_all", "plateau_max_rel"]
lines = []
for name, make in variants.items():
    groups = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": [groups[0]]}, {"params": [groups[1]], "lr": 0.02}]
    beta = name.endswith("_beta")
    optimizer = torch.optim.Adam(groups, lr=0.1) if beta else torch.optim.SGD(groups, lr=0.1, momentum=0.6)
    scheduler = make(optimizer)
    seen = {"lr": [], "lr1": [], "momentum": []}
    for step in range(201):
        group, other = optimizer.param_groups
        seen["lr"].append(group["lr"])
        seen["lr1"].append(other["lr"])
        seen["momentum"].append(group["betas"][0] if beta else group["momentum"])
        if step < 200:
            scheduler.step(*([metric(step, name)] if name.startswith("plateau") else []))
    for what, values in seen.items():
        if what == "lr" or (what == "lr1" and name in two_rates):
            lines.append(" ".join([f"{name}_{what}"] + [repr(v) for v in values]))
        if what == "momentum" and name.startswith(("one_cycle", "cyclic")):
            lines.append(" ".join([f"{name}_{what}"] + [repr(v) for v in values]))

pathlib.Path(__file__).with_name("scheduler_golden.txt").write_text("\n".join(lines) + "\n")
