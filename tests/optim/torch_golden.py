#!/usr/bin/env python3
"""Writes torch_golden.txt beside itself: 20 steps of PyTorch's optimisers (1.13). Run it by hand.

Each line: optimiser, variant, dtype and step, then the parameters.
"""
import pathlib

import torch

SGD = torch.optim.SGD
ADAM = torch.optim.Adam
ADAMW = torch.optim.AdamW
RMSPROP = torch.optim.RMSprop
ADAGRAD = torch.optim.Adagrad
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
