"""Trigonometric and hyperbolic functions."""
import math

import torch

from writer import case, fixed, function, given, leaf, longs

inf, nan = math.inf, math.nan
MANY = [0.0, -0.0, 1.0, -1.0, 2.5, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])


def trig():
    for op in ("sin", "cos", "tan", "atan", "sinh", "cosh"):
        function(op, getattr(torch, op), whole=op in ("sin", "tan", "atan"))
    for op in ("asin", "acos"):
        function(op, getattr(torch, op), low=-0.875, high=0.875, tails=False)
        case(op, getattr(torch, op), given([1.5, -2.0, 1 - 2.0**-12, 2.0**-12 - 1]), tag="at the ends")
    case("atan2", torch.atan2, leaf(3, 4), leaf(4))
    case("atan2", torch.atan2, leaf(3, 1), leaf(2, 1, 4))
    case("atan2", torch.atan2, leaf(0, 3), leaf(3))
    case("atan2", torch.atan2, longs([1, -2, 3]), longs([2, 2, -1]))
    case("atan2", torch.atan2, given(PAIRS[0]), fixed(PAIRS[1]), tag="edges")
    case("atan2", torch.atan2, fixed(PAIRS[0]), given(PAIRS[1]), tag="edges of the second")
