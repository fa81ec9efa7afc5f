#!/usr/bin/python3
"""Writes distributions_golden.h: what torch.distributions computes, for distributions_test.cpp.

Made with PyTorch 1.13.1 (Debian's python3-torch), run in this folder:
    python3 distributions_golden.py > distributions_golden.h
"""
import torch
from torch.distributions import Bernoulli, Categorical, Normal, Uniform, kl_divergence

print("""// Made by distributions_golden.py with PyTorch 1.13.1. Do not edit.
// clang-format off
#pragma once

namespace tapegrad::test::golden {
""")
f64 = torch.float64


def put(name, tensor):
    text = [float(v).hex() if abs(v) != float("inf") else ("" if v > 0 else "-") + "__builtin_inf()"
            for v in tensor.reshape(-1).tolist()]
    lines, line = [], "   "
    for piece in text:
        if len(line) + len(piece) + 2 > 118:
            lines.append(line)
            line = "   "
        line += " " + piece + ","
    lines.append(line)
    print(f"inline constexpr double {name}[] = {{\n" + "\n".join(lines).rstrip(",") + "};")


def seeded(name, draw):
    torch.manual_seed(0)
    put(name, draw())


def tensor(values):
    return torch.tensor(values, dtype=f64)


normal, other = Normal(tensor([0.5, -1, 2]), tensor([1, 0.25, 3])), Normal(tensor([0, 1, 2]), tensor([2, 1, 1]))
seeded("kNormalSample", lambda: normal.sample((7,)))
seeded("kNormalRsample", lambda: normal.rsample((7,)))
put("kNormalLogProb", normal.log_prob(tensor([[0.1, -1, 5], [2, 0, -3]])))
put("kNormalEntropy", normal.entropy())
put("kNormalKl", kl_divergence(normal, other))

uniform, other = Uniform(tensor([0, -1, 2]), tensor([1, 3, 2.5])), Uniform(tensor([0, -2, 2.25]), tensor([2, 3, 4]))
seeded("kUniformSample", lambda: uniform.sample((7,)))
put("kUniformLogProb", uniform.log_prob(tensor([[0.5, -1, 2.25], [1, 0, 2]])))
put("kUniformEntropy", uniform.entropy())
put("kUniformKl", kl_divergence(uniform, other))

p, q = tensor([0, 0.25, 0.5, 1, 0.75]), tensor([0.5, 0.5, 0, 1, 0.25])
bernoulli = Bernoulli(p)
by_logits = Bernoulli(logits=tensor([-3, 0, 2.5, 40, -40]))
seeded("kBernoulliSample", lambda: bernoulli.sample((7,)))
for name, b in (("", bernoulli), ("ByLogits", by_logits)):
    put(f"kBernoulli{name}LogProb", b.log_prob(tensor([[0, 1, 0, 1, 0], [1, 0, 1, 0, 1]])))
    put(f"kBernoulli{name}Entropy", b.entropy())
    put(f"kBernoulli{name}Kl", kl_divergence(b, Bernoulli(q)))

categorical = Categorical(tensor([[1, 2, 5], [0, 1, 1]]))
by_logits = Categorical(logits=tensor([[0, -1, 2], [3, 3, -50]]))
seeded("kCategoricalSample", lambda: categorical.sample((7,)))
for name, c in (("", categorical), ("ByLogits", by_logits)):
    put(f"kCategorical{name}LogProb", c.log_prob(torch.tensor([[0, 2], [1, 0], [2, 1]])))
    put(f"kCategorical{name}Entropy", c.entropy())
    put(f"kCategorical{name}Kl", kl_divergence(c, Categorical(tensor([1, 1, 2]))))

print("\n}  // namespace tapegrad::test::golden")
