"""What different elements there are, how many, and where."""
import math

import torch

from writer import bools, case, const, given, leaf, longs

inf, nan = math.inf, math.nan


def counted():
    def unique(a, dim=None):
        return torch.unique(a.detach(), return_inverse=True, return_counts=True, dim=dim)

    for values in ([3, 1, 3, 2, 1, 3], [[1, 2], [2, 1]], []):
        case("unique", unique, longs(values) if values else const(0, dtype="long"), tag=str(values))
    case("unique", unique, bools([True, False, True]))
    case("unique", unique, given([2.5, -1.0, 2.5, 0.0, -0.0]), tag="reals")
    for values, dim in (([[1, 2], [0, 5], [1, 2], [1, 1]], 0), ([[1, 2, 1], [0, 5, 0]], 1)):
        case("unique", unique, longs(values), args=[dim], variant="dim", tag=f"{values} {dim}")
    for n in (0, 3, 9):
        case("bincount", lambda i, n: torch.bincount(i, minlength=n), longs([3, 0, 3, 5, 1]), args=[n])
        case("bincount", lambda i, w, n: torch.bincount(i, w, n), longs([3, 0, 3, 5, 1]), const(5), args=[n],
             variant="weights")
    for x in (bools([[True, False], [False, True]]), longs([[0, 2, 0], [1, 0, 3]]), given([nan, -0.0, 0.0, inf]),
              longs(3), longs(0)):
        case("nonzero", lambda a: torch.nonzero(a.detach()), x, tag=str(x.values))
        case("count_nonzero", lambda a: torch.count_nonzero(a.detach()), x, tag=str(x.values))
    for dim in (0, 1, -1):
        case("count_nonzero", torch.count_nonzero, longs([[0, 2, 0], [1, 0, 3]]), args=[[dim]], variant="dims")
    for shape, mask in (((2, 3), [[True, False, True], [False, False, True]]), ((2, 3), [True, False, True]),
                        ((3,), [[True, False, True], [False, False, True]]), ((3,), [False] * 3), ((), True)):
        case("masked_select", torch.masked_select, leaf(*shape), bools(mask), tag=f"{shape} {mask}")

    def inverse(a):
        return torch._unique(a.detach(), sorted=True, return_inverse=True)

    for values in ([3, 1, 3, 2, 1, 3], [[1, 2], [2, 1]], []):
        case("_unique", inverse, longs(values) if values else const(0, dtype="long"), tag=str(values))
    case("_unique", inverse, given([2.5, -1.0, 2.5, 0.0]), tag="reals")
    for values in ([3, 1, 3, 2, 1, 3], [[1, 2], [2, 1]]):
        case("_unique2", lambda a: torch._unique2(a.detach(), True, True, True), longs(values), tag=str(values))
    for values, dim in (([[1, 2], [0, 5], [1, 2], [1, 1]], 0), ([[1, 2, 1], [0, 5, 0]], -1)):
        case("unique_dim", lambda a, dim: torch._VF.unique_dim(a.detach(), dim, True, True, True), longs(values),
             args=[dim], tag=f"{values} {dim}")
