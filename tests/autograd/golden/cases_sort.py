"""Elements in order. Ties have one index in PyTorch's stable sort only."""
import math

import torch

from writer import bools, case, const, given, leaf, longs

inf, nan = math.inf, math.nan


def sorting():
    def sort(a, dim, descending):
        return torch.sort(a, dim=dim, descending=descending, stable=True)

    shapes = (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 2), 1), ((), 0), ((0, 3), 1))
    ties = ("ties", [2.0, 1.0, 2.0, -0.0, 0.0, 2.0])
    edges = ("edges", [nan, 1.0, inf, -inf, nan])
    for descending in (False, True):
        for shape, dim in shapes:
            case("sort", sort, leaf(*shape), args=[dim, descending])
            case("argsort", lambda a, dim, down: torch.argsort(a, dim=dim, descending=down), const(*shape),
                 args=[dim, descending])
        for tag, values in (ties, edges):
            case("sort", sort, given(values), args=[0, descending], tag=f"{tag} {descending}")
        case("sort", sort, longs([3, 1, 3, 2]), args=[0, descending], tag=f"long {descending}")
        case("sort", sort, bools([True, False, True]), args=[0, descending], tag=f"bool {descending}")
    for shape, dim in shapes[:4]:
        for k in (1, 2):
            for largest in (True, False):
                case("topk", lambda a, k, dim, largest: torch.topk(a, k, dim, largest), leaf(*shape),
                     args=[k, dim, largest])
    case("topk", lambda a, k, dim, largest: torch.topk(a, k, dim, largest), given([1.0, nan, 3.0]), args=[2, 0, True],
         tag="NaN")
    for shape in ((5,), (4,), (3, 4), (1,), ()):
        case("median", torch.median, leaf(*shape))
    for tag, values in (ties, edges, ("nothing", [])):
        case("median", torch.median, given(values), tag=tag)
    case("median", torch.median, longs([3, 1, 3, 2]))
    for shape, dim in shapes[:5]:
        for keepdim in (False, True):
            case("median", torch.median, leaf(*shape), args=[dim, keepdim], variant="dim")
    case("median", torch.median, given([1.0, nan, 2.0, nan]), args=[0, False], variant="dim", tag="NaN")
    for right in (False, True):
        for rows, values in (([1.0, 2.0, 2.0, 3.0], [[2.0, 0.0], [4.0, 3.0]]),
                             ([[1.0, 3.0], [2.0, 5.0]], [[1.0, 2.0, 9.0]] * 2),
                             ([1.0, 2.0], [nan, inf, -inf])):
            case("searchsorted", lambda a, v, right: torch.searchsorted(a.detach(), v.detach(), right=right),
                 given(rows), given(values), args=[right], tag=f"{rows} {values} {right}")
