"""cumsum."""
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
