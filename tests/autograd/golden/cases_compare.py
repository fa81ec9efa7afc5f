"""Comparisons, where."""
import math
import operator

import torch

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
MANY = [0.0, -0.0, 1.0, -1.0, 2.5, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])
COMPARISONS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
               "ge": operator.ge}
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def where():
    f = torch.where
    m = bools([[True, False, True], [False, False, True]])
    case("where", f, m, leaf(2, 3), leaf(2, 3))
    case("where", f, m, leaf(2, 1), leaf(3))
    case("where", f, bools([[True], [False]]), leaf(4), leaf())
    case("where", f, bools(True), leaf(2), leaf(3, 1))
    for condition in ([[True, False], [True, True]], [False], True):
        case("where", lambda m: torch.where(m), bools(condition), variant="alone", tag=str(condition))
    case("where", f, const(0, 3, dtype="bool"), leaf(0, 3), leaf(3))
    case("where", f, bools([True, False, True]), given([nan, nan, inf]), given([inf, 1.0, nan]),
         tag="NaN where it is not selected")
    case("where", lambda m, a, b: torch.where(m, a, b), m, leaf(2, 3), args=[1.5], variant="scalar")
    case("where", lambda m, b, a: torch.where(m, a, b), m, leaf(2, 3), args=[-2.0], variant="from scalar")
    case("where", lambda m, a, b: torch.where(m, a, b), m, leaf(3), const(2, 3), tag="a constant")


def comparisons():
    for op, f in COMPARISONS.items():
        case(op, f, const(3, 4, low=-1, high=1), const(4, low=-1, high=1))
        case(op, f, fixed(PAIRS[0]), fixed(PAIRS[1]), tag="zeros, infinities and NaN")
        case(op, f, longs([1, 2, 3]), longs([3, 2, 1]))
        case(op, f, longs([1, 2, 3]), fixed([1.5, 2.0, 2.5]), tag="long and real")
        case(op, f, bools([True, False]), longs([1, 2]))
        case(op, f, const(0, 3), const(3))
        case(op, f, fixed([1.0, 2.0, nan]), args=[2], variant="scalar")
        case(op, f, longs([1, 2, 3]), args=[1.5], variant="scalar")
        named = "operator" + SIGNS[op]
        case(named, f, const(3, 1, low=-1, high=1), const(4, low=-1, high=1))
        case(named, f, fixed([1.0, 2.0, nan]), args=[2], variant="scalar")
        case(named, lambda a, b, f=f: f(b, a), fixed([1.0, 2.0, nan]), args=[2], variant="reversed")
    for op in ("isnan", "isinf", "isfinite"):
        f = getattr(torch, op)
        case(op, f, fixed(MANY), tag="edges")
        case(op, f, longs([1, 2]))
        case(op, f, const(0, 3))
    case("nan_to_num", torch.nan_to_num, leaf(3, 4), args=[0, None, None], variant="all")
    case("nan_to_num", torch.nan_to_num, longs([1, 2]), args=[0, None, None], variant="all")
    case("nan_to_num", torch.nan_to_num, given(MANY), args=[1.5, 2.5, -2.5], variant="all", tag="edges")
    case("equal", torch.equal, fixed([1.0, 2.0]), fixed([1.0, 2.0]), tag="same")
    case("equal", torch.equal, fixed([1.0, 2.0]), fixed([1.0, 2.5]), tag="another")
    case("equal", torch.equal, fixed([1.0, nan]), fixed([1.0, nan]), tag="NaN")
    case("equal", torch.equal, fixed([1.0, 1.0]), fixed([1.0]), tag="shapes")
    case("equal", torch.equal, const(0, 3), const(0, 3), tag="empty")
    rows = [("same", [1.0, 2.0], [1.0, 2.0], 0.5), ("near", [1.0, 2.0], [1.0, 2.5], 0.25),
            ("at the bound", [3.0], [4.0], 0.25), ("far", [3.0], [4.5], 0.25), ("infinity", [inf], [inf], 0.5),
            ("infinities", [inf], [-inf], 0.5), ("NaN", [nan], [nan], 0.5), ("finite and infinite", [1.0], [inf], 0.5)]
    for tag, a, b, rtol in rows:
        for equal_nan in (False, True):
            case("isclose", lambda a, b, r, t, n: torch.isclose(a, b, r, t, n), fixed(a), fixed(b),
                 args=[rtol, 0.0, equal_nan], tag=tag + (" with NaN equal" if equal_nan else ""))
            case("allclose", lambda a, b, r, t, n: torch.allclose(a, b, r, t, n), fixed(a), fixed(b),
                 args=[rtol, 0.0, equal_nan], tag=tag + (" with NaN equal" if equal_nan else ""))
