#!/usr/bin/env python3
"""Writes lbfgs_golden.txt beside itself: steps of PyTorch's LBFGS (1.13). Run it by hand.

Each line: problem, variant and step, then the loss that the step returns, the parameters, and how often the loss was
computed so far.
"""
import pathlib

import torch

torch.set_default_dtype(torch.float64)


def rosenbrock():
    x = torch.tensor([-1.2, 1.0], requires_grad=True)
    return [x], lambda: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def fit():
    x = torch.arange(12).reshape(4, 3) / 6 - 1
    y = torch.sin(torch.arange(4.0))
    w = torch.tensor([0.5, -0.25, 1.0], requires_grad=True)
    b = torch.tensor(0.125, requires_grad=True)
    return [w, b], lambda: ((torch.tanh(x @ w + b) - y) ** 2).mean() + 0.01 * (w * w).sum()


variants = {
    "fixed": dict(lr=0.5, max_iter=4),
    "small": dict(lr=0.001, max_iter=3, history_size=2),
    "wolfe": dict(max_iter=4, line_search_fn="strong_wolfe"),
    "wolfe_all": dict(
        lr=0.7,
        max_iter=6,
        max_eval=9,
        history_size=2,
        tolerance_grad=1e-4,
        tolerance_change=1e-6,
        line_search_fn="strong_wolfe",
    ),
    "wolfe_default": dict(line_search_fn="strong_wolfe"),
}

lines = []
for problem in (rosenbrock, fit):
    for name, options in variants.items():
        if problem is rosenbrock and name == "fixed":
            continue  # diverges
        params, loss_of = problem()
        optimizer = torch.optim.LBFGS(params, **options)

        def closure():
            optimizer.zero_grad()
            loss = loss_of()
            loss.backward()
            return loss

        for step in range(1, 6):
            loss = optimizer.step(closure)
            values = [loss.item()]
            for p in params:
                values += p.detach().reshape(-1).tolist()
            values.append(optimizer.state[params[0]]["func_evals"])
            lines.append(" ".join([f"{problem.__name__}_{name}_{step}"] + [repr(v) for v in values]))

pathlib.Path(__file__).with_name("lbfgs_golden.txt").write_text("\n".join(lines) + "\n")
