"""Casts."""
import math

import torch

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
T = torch.Tensor


def conversions():
    def to(a, name):
        return a.to({"f32": torch.float32, "f64": torch.float64, "long": torch.int64, "bool": torch.bool}[name])

    case("to", to, given([0.1, 1 / 3, 1e-300, 1e300, nan], "f64"), args=["f32"], variant="dtype")
    case("to", to, leaf(2, 3, dtype="f32"), args=["f64"], variant="dtype")
    case("to", to, leaf(2, 3, dtype="f64"), args=["f64"], variant="dtype")
    case("to", to, fixed([1.75, -1.75, 0.0, -0.5]), args=["long"], variant="dtype")
    case("to", to, fixed([0.0, -0.0, 0.5, nan, inf]), args=["bool"], variant="dtype", tag="real to bool")
    for name in ("f32", "f64", "bool", "long"):
        case("to", to, longs([0, 1, -7]), args=[name], variant="dtype")
        case("to", to, bools([True, False]), args=[name], variant="dtype")
    case("to", T.to, leaf(3, dtype="f32"), const(2, dtype="f64"), variant="other")
    case("to", T.to, longs([1, 2]), const(2, dtype="f32"), variant="other")
