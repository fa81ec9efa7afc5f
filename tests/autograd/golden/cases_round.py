"""Rounding, quotients and remainders."""
import math
import operator

import torch

from writer import case, const, fixed, function, given, leaf, longs

inf, nan = math.inf, math.nan
MANY = [0.0, 1.0, -1.0, 2.5, -7.0, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])


def rounding():
    for op in ("floor", "ceil", "round", "trunc"):
        f = getattr(torch, op)
        function(op, f)
        case(op, f, given([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]), tag="halves")
        case(op, f, longs([-2, 0, 3]))
    for op, f in (("remainder", torch.remainder), ("fmod", torch.fmod), ("operator%", operator.mod)):
        for number in (2, 1.5, -0.75):
            case(op, f, leaf(3, 4), args=[number], variant="scalar")
        case(op, f, leaf(3, 4), leaf(4, low=0.5))
        case(op, f, leaf(3, 1), leaf(2, 1, 4, high=-0.5))
        case(op, f, leaf(0, 3), leaf(3))
        case(op, f, longs([7, -7, 7, -7, 6]), longs([2, 2, -2, -2, 3]))
        case(op, f, longs([7, -7]), args=[3], variant="scalar")
        case(op, f, longs([7, -7]), args=[1.5], variant="scalar")
        case(op, f, given(PAIRS[0]), given(PAIRS[1]), tag="edges")
    for op, f in (("remainder", torch.remainder), ("operator%", operator.mod)):
        variant = "of scalar" if op == "remainder" else "reversed"
        case(op, lambda a, n, f=f: f(torch.full_like(a, n, requires_grad=False), a), leaf(3, 4, low=0.5), args=[2.5],
             variant=variant)
    f = torch.floor_divide
    case("floor_divide", f, const(3, 4), const(4, low=0.5))
    case("floor_divide", f, const(3, 1), const(2, 1, 4, high=-0.5))
    case("floor_divide", f, const(0, 3), const(3))
    case("floor_divide", f, longs([7, -7, 7, -7, 6]), longs([2, 2, -2, -2, 3]))
    case("floor_divide", f, fixed(PAIRS[0]), fixed(PAIRS[1]), tag="edges")
    case("floor_divide", f, const(3, 4), args=[0.75], variant="scalar")
    case("floor_divide", f, longs([7, -7]), args=[3], variant="scalar")
    case("floor_divide", f, longs([7, -7]), args=[1.5], variant="scalar")
