"""Elements that are picked and placed by tensors of indices."""
import math

import torch
from torch.nn import functional as F

from writer import bools, case, const, given, leaf, longs

inf, nan = math.inf, math.nan
T = torch.Tensor


def one_hot():
    for classes in (-1, 3, 5):
        case("one_hot", F.one_hot, longs([[0, 2], [1, 1]]), args=[classes])
    case("one_hot", F.one_hot, longs(1), args=[2])


def picked():
    for shape, dim, i in (((4, 3), 0, [3, 0, 0]), ((4, 3), -1, [2]), ((2, 3, 2), 1, [1, 1, 0, 2]), ((4, 3), 0, []),
                          ((3,), 0, [2, 1])):
        index = longs(i) if i else const(0, dtype="long")
        case("index_select", lambda a, i, dim: torch.index_select(a, dim, i), leaf(*shape), index, args=[dim],
             tag=f"{shape} {dim} {i}")
        src = leaf(*(len(i) if d == dim % len(shape) else n for d, n in enumerate(shape)))
        for alpha in (1, -0.5):
            case("index_add", lambda a, i, s, dim, alpha: torch.index_add(a, dim, i, s, alpha=alpha),
                 leaf(*shape), index, src, args=[dim, alpha], tag=f"{shape} {dim} {i} {alpha}")
    places = [((3, 4), 0, [[0, 2, 1, 0]]), ((3, 4), 1, [[3, 0], [1, 2], [2, 0]]), ((5,), -1, [4, 0, 2])]
    doubled = [((3, 4), 0, [[0, 2, 1, 0], [0, 1, 1, 2]]), ((5,), 0, [1, 1, 1])]
    for shape, dim, i in places + doubled:
        index = longs(i)
        case("gather", lambda a, i, dim: torch.gather(a, dim, i), leaf(*shape), index, args=[dim], tag=f"{dim} of {i}")
        for op in ("scatter", "scatter_add", "scatter_", "scatter_add_"):
            if not (op.startswith("scatter_add")) and (shape, dim, i) in doubled:
                continue
            f = getattr(T, op)
            case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(*shape), index, leaf(*index.shape),
                 args=[dim], tag=f"{dim} of {i}")
            if not op.startswith("scatter_add"):
                case(op, lambda a, i, dim, v, f=f: f(a.clone(), dim, i, v), leaf(*shape), index, args=[dim, 1.5],
                     variant="scalar", tag=f"{dim} of {i}")
    for op in ("scatter", "scatter_"):
        f = getattr(T, op)
        case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(4), longs([1, 1, 0]), leaf(3), args=[0],
             tag="one place twice")
        case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(3), longs([1]), const(3), args=[0],
             tag="an index smaller than src")
    mask = [[True, False, True], [False, False, True]]
    for value in (0, -inf, 2.5):
        case("masked_fill", torch.masked_fill, leaf(2, 3), bools(mask), args=[value])
    case("masked_fill", torch.masked_fill, leaf(2, 3), bools([True, False, True]), args=[1])
    case("masked_fill", torch.masked_fill, given([nan, 1.0]), bools([True, False]), args=[0], tag="NaN")
    for shape, dim, i in (((3, 4), 0, [0, 2]), ((3, 4), -1, [3]), ((5,), 0, [1, 1]), ((2, 3, 2), 1, []), ((), 0, [0])):
        index = longs(i) if i else const(0, dtype="long")
        case("index_fill", lambda a, i, dim, v: torch.index_fill(a, dim, i, v), leaf(*shape), index, args=[dim, 1.5],
             variant="scalar", tag=f"{shape} {dim} {i}")
        case("index_fill_", lambda a, i, dim, v: a.clone().index_fill_(dim, i, v), leaf(*shape), index, args=[dim, 1.5],
             variant="scalar", tag=f"{shape} {dim} {i}")
        case("index_fill", lambda a, i, v, dim: torch.index_fill(a, dim, i, v), leaf(*shape), index, leaf(), args=[dim],
             tag=f"{shape} {dim} {i}")
    for shape, dim in (((3,), 0), ((2, 3), 1), ((2, 3), -2), ((2, 3), None), ((), None)):
        for n in (0, 1, 3):
            case("repeat_interleave", torch.repeat_interleave, leaf(*shape), args=[n, dim], variant="number")
    case("repeat_interleave", torch.repeat_interleave, leaf(3), longs([2, 0, 1]), args=[0])
    case("repeat_interleave", torch.repeat_interleave, leaf(2, 3), longs([2, 1]), args=[0])
    case("repeat_interleave", lambda r: torch.repeat_interleave(r), longs([2, 0, 3]), variant="indices")
