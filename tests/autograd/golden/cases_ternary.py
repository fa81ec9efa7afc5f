"""Arithmetic of three tensors."""
import math

import torch

from writer import case, fixed, given, leaf, longs

inf, nan = math.inf, math.nan


def ternary():
    f = torch.lerp
    case("lerp", f, leaf(3, 4), leaf(3, 4), leaf(3, 4, low=-1, high=2))
    case("lerp", f, leaf(3, 1), leaf(2, 1, 4), leaf(4, low=0, high=1))
    case("lerp", f, leaf(0, 3), leaf(3), leaf(0, 3))
    case("lerp", f, given([1.0, 1.0, inf, 1.0, nan]), given([3.0, 3.0, 1.0, -inf, 1.0]), given([0.0, 1.0, 0.5, 0.25, 0.5]),
         tag="edges")
    for w in (0.25, 0.5, 1.0, 2):
        case("lerp", f, leaf(3, 4), leaf(4), args=[w], variant="scalar")
    for op, low in (("addcmul", -3), ("addcdiv", 0.5)):
        for value in (1, -2.5):
            g = lambda x, a, b, v, op=op: getattr(torch, op)(x, a, b, value=v)
            case(op, g, leaf(3, 4), leaf(3, 4), leaf(3, 4, low=low), args=[value])
            case(op, g, leaf(2, 1, 4), leaf(3, 1), leaf(4, low=low), args=[value])
            case(op, g, leaf(0, 3), leaf(3), leaf(3), args=[value])
    case("addcmul", lambda x, a, b, v: torch.addcmul(x, a, b, value=v), longs([1, 2]), longs([3, 4]), longs([5, 6]),
         args=[2])
    case("addcdiv", lambda x, a, b, v: torch.addcdiv(x, a, b, value=v), given([1.0, 1.0]), given([1.0, 0.0]),
         fixed([0.0, 0.0]), args=[1], tag="by zero")
