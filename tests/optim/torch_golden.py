#!/usr/bin/env python3
"""Writes torch_golden.txt beside itself: 20 steps of PyTorch's optimisers (1.13), and of Lion in NumPy.
Run it by hand.

Each line: optimiser, variant, dtype and step, then the parameters.
"""
import pathlib

import numpy as np
import torch


class Lion:
    """Algorithm 2 of Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, in NumPy and the paper's words."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0):
        self.params, self.eta, self.betas, self.decay = params, lr, betas, weight_decay
        self.m = [np.zeros_like(p.detach().numpy()) for p in params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        for i, p in enumerate(self.params):
            theta, g, m = p.detach().numpy(), p.grad.numpy(), self.m[i]
            b1, not_b1, b2, not_b2, eta, decay = (
                theta.dtype.type(v)
                for v in (self.betas[0], 1 - self.betas[0], self.betas[1], 1 - self.betas[1], self.eta, self.decay)
            )
            c = b1 * m + not_b1 * g
            theta[...] = theta - eta * (np.sign(c) + decay * theta)  # the tensor's own memory
            self.m[i] = b2 * m + not_b2 * g


class NAdam(torch.optim.Optimizer):
    """torch.optim.NAdam by its documentation: 1.13 itself has mu_t twice in the product up to t + 1."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3):
        super().__init__(
            params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        )

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, product=1.0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                g = p.grad + group["weight_decay"] * p
                t = state["t"] = state["t"] + 1
                mu = b1 * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"]))
                mu_next = b1 * (1 - 0.5 * 0.96 ** ((t + 1) * group["momentum_decay"]))
                state["product"] *= mu
                state["m"] = b1 * state["m"] + (1 - b1) * g
                state["v"] = b2 * state["v"] + (1 - b2) * g * g
                m = mu_next * state["m"] / (1 - state["product"] * mu_next) + (1 - mu) * g / (1 - state["product"])
                p -= group["lr"] * m / ((state["v"] / (1 - b2**t)).sqrt() + group["eps"])


SGD = torch.optim.SGD
ADAM = torch.optim.Adam
ADAMW = torch.optim.AdamW
RMSPROP = torch.optim.RMSprop
ADAGRAD = torch.optim.Adagrad
ADADELTA = torch.optim.Adadelta
ADAMAX = torch.optim.Adamax
RADAM = torch.optim.RAdam
variants = {
    "sgd_plain": (SGD, dict(lr=0.1)),
    "sgd_decay": (SGD, dict(lr=0.1, weight_decay=0.3)),
    "sgd_momentum": (SGD, dict(lr=0.05, momentum=0.9)),
    "sgd_dampening": (SGD, dict(lr=0.05, momentum=0.9, dampening=0.25, weight_decay=0.1)),
    "sgd_nesterov": (SGD, dict(lr=0.02, momentum=0.8, nesterov=True)),
    "sgd_nesterov_decay": (SGD, dict(lr=0.02, momentum=0.8, nesterov=True, weight_decay=0.2)),
    "sgd_maximize": (SGD, dict(lr=0.01, momentum=0.5, maximize=True, weight_decay=0.1)),
    "adam_plain": (ADAM, dict(lr=0.1)),
    "adam_all": (ADAM, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1)),
    "adam_amsgrad": (ADAM, dict(lr=0.1, betas=(0.5, 0.6), amsgrad=True)),
    "adam_amsgrad_decay": (ADAM, dict(lr=0.1, betas=(0.5, 0.6), amsgrad=True, weight_decay=0.2)),
    "adamw_plain": (ADAMW, dict(lr=0.1)),
    "adamw_all": (ADAMW, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.3)),
    "adamw_amsgrad": (ADAMW, dict(lr=0.1, betas=(0.5, 0.6), amsgrad=True)),
    "rmsprop_plain": (RMSPROP, dict(lr=0.05)),
    "rmsprop_all": (RMSPROP, dict(lr=0.02, alpha=0.9, eps=1e-4, weight_decay=0.1, momentum=0.5, centered=True)),
    "rmsprop_centered": (RMSPROP, dict(lr=0.01, alpha=0.8, centered=True)),
    "rmsprop_momentum": (RMSPROP, dict(lr=0.02, momentum=0.9)),
    "rmsprop_maximize": (RMSPROP, dict(lr=0.01, alpha=0.5, maximize=True, weight_decay=0.1)),
    "adagrad_plain": (ADAGRAD, dict(lr=0.1)),
    "adagrad_all": (
        ADAGRAD,
        dict(lr=0.2, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-4),
    ),
    "adagrad_maximize": (ADAGRAD, dict(lr=0.05, maximize=True)),
    "adadelta_plain": (ADADELTA, dict()),
    "adadelta_all": (ADADELTA, dict(lr=0.5, rho=0.7, eps=1e-3, weight_decay=0.1)),
    "adadelta_maximize": (ADADELTA, dict(lr=0.5, maximize=True, weight_decay=0.1)),
    "adamax_plain": (ADAMAX, dict(lr=0.1)),
    "adamax_all": (ADAMAX, dict(lr=0.05, betas=(0.8, 0.6), eps=1e-3, weight_decay=0.1)),
    "adamax_maximize": (ADAMAX, dict(lr=0.01, maximize=True, weight_decay=0.1)),
    "nadam_plain": (NAdam, dict(lr=0.1)),
    "nadam_all": (NAdam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1, momentum_decay=0.5)),
    "radam_plain": (RADAM, dict(lr=0.1)),
    "radam_all": (RADAM, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1)),
    "radam_unrectified": (RADAM, dict(lr=0.05, betas=(0.5, 0.6))),
    "lion_plain": (Lion, dict(lr=0.05)),
    "lion_all": (Lion, dict(lr=0.02, betas=(0.5, 0.8), weight_decay=0.3)),
}

lines = []
for name, (optimizer, options) in variants.items():
    for dtype in [torch.float32, torch.float64]:
        # 23 elements: vectors and a tail. The numbers are exact in both dtypes.
        wide = (torch.arange(23, dtype=dtype) - 11) / 8
        wide.requires_grad_()
        scalar = torch.tensor(1.5, dtype=dtype, requires_grad=True)
        aim = (torch.arange(23, dtype=dtype) % 5) / 4
        opt = optimizer([wide, scalar], **options)
        for step in range(1, 21):
            opt.zero_grad()
            distance = wide - aim
            loss = (distance * distance).sum() / 2 + (scalar - 2) * (scalar - 2) * 3 + (wide * scalar).sum() / 64
            if options.get("maximize"):
                loss = -loss
            loss.backward()
            opt.step()
            if step in (1, 2, 20):
                values = wide.detach().double().tolist() + [scalar.detach().double().item()]
                bits = "f32" if dtype == torch.float32 else "f64"
                lines.append(" ".join([f"{name}_{bits}_{step}"] + [repr(v) for v in values]))

pathlib.Path(__file__).with_name("torch_golden.txt").write_text("\n".join(lines) + "\n")
