#!/usr/bin/python3
"""Writes torch_golden.h: PyTorch's random streams on the CPU, for random_test.cpp.

Made with PyTorch 1.13.1 (Debian's python3-torch), run in this folder:
    python3 torch_golden.py > torch_golden.h
"""
import torch

print("""// Made by torch_golden.py with PyTorch 1.13.1. Do not edit.
// clang-format off
#pragma once

#include <cstdint>

namespace tapegrad::test::golden {
""")


def put(name, tensor):
    flat = tensor.reshape(-1).tolist()
    kind = {torch.float32: "float", torch.float64: "double", torch.int64: "std::int64_t"}[tensor.dtype]
    text = [str(v) if kind == "std::int64_t" else float(v).hex() + ("f" if kind == "float" else "") for v in flat]
    lines, line = [], "   "
    for piece in text:
        if len(line) + len(piece) + 2 > 118:
            lines.append(line)
            line = "   "
        line += " " + piece + ","
    lines.append(line)
    print(f"inline constexpr {kind} {name}[] = {{\n" + "\n".join(lines).rstrip(",") + "};")


f32, f64 = torch.float32, torch.float64


def seeded(name, draw, seed=0):
    torch.manual_seed(seed)
    put(name, draw())


fresh = torch.Generator()
put("kDefaultSeedRand", torch.rand(4, generator=fresh))

seeded("kRand", lambda: torch.rand(20))
seeded("kRandDouble", lambda: torch.rand(20, dtype=f64))
seeded("kRandSeed2to32plus5", lambda: torch.rand(4), 2**32 + 5)
seeded("kUniform", lambda: torch.empty(20).uniform_(-2.5, 7.25))
seeded("kUniformDouble", lambda: torch.empty(20, dtype=f64).uniform_(-2.5, 7.25))

seeded("kRandn3", lambda: torch.randn(3))
seeded("kRandn15", lambda: torch.randn(15))
seeded("kRandn15Double", lambda: torch.randn(15, dtype=f64))
seeded("kRandn3Twice", lambda: torch.cat([torch.randn(3), torch.randn(3)]))
seeded("kRandn16", lambda: torch.randn(16))
seeded("kRandn16Double", lambda: torch.randn(16, dtype=f64))
seeded("kRandn20", lambda: torch.randn(20))
seeded("kRandn20Double", lambda: torch.randn(20, dtype=f64))
seeded("kRandn100Double", lambda: torch.randn(100, dtype=f64), 3)
seeded("kRandn3After16", lambda: torch.cat([torch.randn(3, dtype=f64), torch.randn(16, dtype=f64),
                                            torch.randn(2, dtype=f64)]))
seeded("kNormal", lambda: torch.empty(5).normal_(1.5, 0.25))
seeded("kNormal20Double", lambda: torch.empty(20, dtype=f64).normal_(1.5, 0.25))
seeded("kNormalOfASlice", lambda: torch.empty(4, 10)[:, ::2].normal_())
seeded("kRandOfASlice", lambda: torch.empty(4, 10)[:, ::2].uniform_())

seeded("kRandperm1", lambda: torch.randperm(1))
seeded("kRandperm10", lambda: torch.randperm(10))
seeded("kRandperm100", lambda: torch.randperm(100), 1)
seeded("kRandint10", lambda: torch.randint(10, (20,)))
seeded("kRandintNegative", lambda: torch.randint(-5, 6, (20,)))
seeded("kRandintWide", lambda: torch.randint(-(2**40), 2**41, (8,)))
seeded("kRandint2to32", lambda: torch.randint(0, 2**32, (8,)))
seeded("kRandintBelow2to32", lambda: torch.randint(0, 2**32 - 1, (8,)))
seeded("kRandintFloat", lambda: torch.randint(10, (5,), dtype=f32))

for n in (5, 20):
    means, deviations = torch.arange(n, dtype=f64), torch.arange(n, dtype=f64) / 4
    seeded(f"kNormalOfMeans{n}", lambda: torch.normal(means, 2.0))
    seeded(f"kNormalOfDeviations{n}", lambda: torch.normal(1.5, deviations))
    seeded(f"kNormalOfBoth{n}", lambda: torch.normal(means, deviations))
seeded("kExponentialDouble", lambda: torch.empty(8, dtype=f64).exponential_(2))
for name, dtype in (("Float", f32), ("Double", f64), ("Long", torch.int64)):
    seeded(f"kRandom{name}", lambda: torch.empty(8, dtype=dtype).random_())
seeded("kRandomBool", lambda: torch.empty(20, dtype=torch.bool).random_().long())
seeded("kRandomTo", lambda: torch.empty(8, dtype=torch.int64).random_(100))
seeded("kRandomFromTo", lambda: torch.empty(8, dtype=f64).random_(-5, 2**40))
seeded("kBernoulli", lambda: torch.bernoulli(torch.linspace(0, 1, 20)).long())
seeded("kBernoulliDouble", lambda: torch.bernoulli(torch.linspace(0, 1, 20, dtype=f64)).long())
seeded("kBernoulliNumber", lambda: torch.empty(20, dtype=torch.int64).bernoulli_(0.4))
weights = torch.tensor([[1, 0, 2.5, 4, 0.5, 1], [0, 3, 3, 1, 1, 2]])
for name, dtype in (("", f32), ("Double", f64)):
    seeded(f"kMultinomial{name}", lambda: torch.multinomial(weights.to(dtype), 5))
    seeded(f"kMultinomialOne{name}", lambda: torch.multinomial(weights.to(dtype), 1, replacement=True))
    seeded(f"kMultinomialAgain{name}", lambda: torch.multinomial(weights.to(dtype), 20, replacement=True))

torch.manual_seed(11)
put("kMixed", torch.cat([
    torch.rand(3).double(), torch.rand(2, dtype=f64), torch.randn(3, dtype=f64), torch.randperm(5).double(),
    torch.randint(100, (3,)).double(), torch.randn(1, dtype=f64), torch.rand(1).double()]))

print("\n}  // namespace tapegrad::test::golden")
