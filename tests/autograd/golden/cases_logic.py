"""Logic of truth values and of bits."""
import math
import operator

import torch

from writer import bools, case, const, fixed, longs

inf, nan = math.inf, math.nan
TRUTH = ([True, True, False, False], [True, False, True, False])
BITS = ([0, 1, 5, -1, -8, 7, 2**40], [3, -1, 6, 9, 12, -7, 2**40 - 1])


def logic():
    for op in ("logical_and", "logical_or", "logical_xor"):
        f = getattr(torch, op)
        case(op, f, bools(TRUTH[0]), bools(TRUTH[1]))
        case(op, f, longs([0, 1, -2]), longs([[0], [3]]))
        case(op, f, fixed([0.0, -0.0, nan, inf, 0.5]), longs([1, 0, 1, 0, 2]), tag="floating and long")
        case(op, f, const(0, 3), const(3))
    case("logical_not", torch.logical_not, fixed([0.0, -0.0, nan, inf, 0.5]), tag="floating")
    case("logical_not", torch.logical_not, longs([0, 1, -2]))
    case("logical_not", torch.logical_not, bools([True, False]))
    case("operator!", torch.logical_not, longs([0, 1, -2]))
    for op, sign, f in (("bitwise_and", "&", operator.and_), ("bitwise_or", "|", operator.or_),
                        ("bitwise_xor", "^", operator.xor)):
        for name, g in ((op, getattr(torch, op)), ("operator" + sign, f)):
            case(name, g, longs(BITS[0]), longs(BITS[1]))
            case(name, g, bools(TRUTH[0]), bools(TRUTH[1]))
            case(name, g, bools([True, False]), longs([[6], [7]]))
            case(name, g, longs(BITS[0]), args=[6], variant="scalar")
            case(name, g, bools([True, False]), args=[6], variant="scalar")
        case("operator" + sign, lambda a, b, f=f: f(b, a), longs(BITS[0]), args=[6], variant="reversed")
    for name in ("bitwise_not", "operator~"):
        case(name, torch.bitwise_not, longs(BITS[0]))
        case(name, torch.bitwise_not, bools([True, False]))
