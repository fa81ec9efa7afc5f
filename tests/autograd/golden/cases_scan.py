"""cumsum, cumprod, diff."""
import math

import torch

from writer import bools, case, given, leaf, longs

inf = math.inf


def scan():
    for shape, dim in (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((), 0), ((0, 3), 1), ((3, 0), 1),
                       ((33,), 0)):
        case("cumsum", torch.cumsum, leaf(*shape), args=[dim])
    case("cumsum", torch.cumsum, given([1.0, inf, -inf, 2.0]), args=[0], tag="infinities")
    case("cumsum", torch.cumsum, longs([1, 2, 3]), args=[0])
    case("cumsum", torch.cumsum, bools([True, False, True]), args=[0])
    for shape, dim in (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((), 0), ((0, 3), 1), ((3, 0), 1)):
        case("cumprod", torch.cumprod, leaf(*shape), args=[dim])
    case("cumprod", torch.cumprod, given([2.0, 0.0, 3.0, 4.0]), args=[0], tag="a zero")
    case("cumprod", torch.cumprod, given([2.0, 0.0, 3.0, 0.0, 5.0]), args=[0], tag="two zeros")
    case("cumprod", torch.cumprod, given([0.0, 0.0]), args=[0], tag="only zeros")
    case("cumprod", torch.cumprod, longs([1, 2, 3]), args=[0])
    case("cumprod", torch.cumprod, bools([True, False, True]), args=[0])
    for n in (0, 1, 2, 3):
        for shape, dim in (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((0, 3), 1)):
            case("diff", torch.diff, leaf(*shape), args=[n, dim])
    case("diff", torch.diff, longs([1, 4, 9]), args=[1, 0])
    case("diff", torch.diff, bools([True, False, False]), args=[1, 0])
    case("diff", lambda a, b, c, dim: torch.diff(a, dim=dim, prepend=b, append=c), leaf(2, 3), leaf(2, 1), leaf(2, 2),
         args=[1], variant="ends")
