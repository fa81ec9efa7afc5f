"""sum, mean, max, min, amax, amin, argmax, argmin."""
import math

import torch

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
OVER = [((2, 3, 4), [0], False), ((2, 3, 4), [-1], True), ((2, 3, 4), [0, 2], False), ((2, 3, 4), [1, -1], True),
        ((2, 1, 3, 1, 2), [0, 2], False), ((33,), [0], False)]


def sums():
    for op, f in (("sum", torch.sum), ("mean", torch.mean)):
        for shape in ((), (1,), (2, 3, 4), (0,), (3, 0, 2), (33,)):
            case(op, f, leaf(*shape))
        for row in ([1.0, inf], [inf, -inf], [nan, 1.0]):
            case(op, f, given(row), tag=f"of {row}")
        for shape, dims, keepdim in OVER + [((3, 0), [1], False), ((0, 3), [1], True)]:
            case(op, f, leaf(*shape), args=[dims, keepdim], variant="dims")
    case("sum", torch.sum, longs([[1, 2], [3, 4]]))
    case("sum", torch.sum, bools([True, False, True]))
    case("sum", torch.sum, longs([[1, 2], [3, 4]]), args=[[0], True], variant="dims")
    case("sum", torch.sum, leaf(3, dtype="f32"))


def extremes():
    ties = [[1.0, 3.0, 3.0], [3.0, 0.0, -1.0]]
    rows = {"ties": ties, "NaN": [[nan, 1.0], [0.0, nan]], "infinities": [[inf, -inf], [inf, 0.0]],
            "zeros": [[0.0, -0.0], [0.0, -1.0]]}
    for op, f in (("max", torch.max), ("min", torch.min)):
        for shape in ((), (1,), (3, 4), (17,)):
            case(op, f, leaf(*shape))
        for shape, dim, keepdim in (((3, 4), 0, False), ((3, 4), -1, True), ((2, 3, 4), 1, False), ((), 0, False),
                                    ((0, 3), 1, False), ((2, 33), 1, False)):
            case(op, f, leaf(*shape), args=[dim, keepdim], variant="dim")
        for tag, v in rows.items():
            case(op, f, given(v), tag=tag)
            case(op, f, given(v), args=[1, False], variant="dim", tag=tag)
        case(op, f, longs([[4, 9], [9, 2]]))
        case(op, f, longs([[4, 9], [9, 2]]), args=[0, False], variant="dim")
    for op, f in (("amax", torch.amax), ("amin", torch.amin)):
        for shape, dims, keepdim in OVER + [((3, 4), [], False), ((3, 4), [], True), ((), [], False),
                                            ((0, 3), [1], False)]:
            case(op, f, leaf(*shape), args=[dims, keepdim], variant="dims")
        for tag, v in rows.items():
            case(op, f, given(v), args=[[], False], variant="dims", tag=tag + " of all")
            case(op, f, given(v), args=[[1], False], variant="dims", tag=tag)
        case(op, f, longs([[4, 9], [9, 2]]), args=[[0], False], variant="dims")
    for op, f in (("argmax", torch.argmax), ("argmin", torch.argmin)):
        for shape, dim, keepdim in (((3, 4), None, False), ((3, 4), 0, False), ((3, 4), -1, True), ((), None, False),
                                    ((2, 33), 1, False)):
            case(op, f, const(*shape), args=[dim, keepdim], variant="dim")
        for tag, v in rows.items():
            case(op, f, fixed(v), args=[None, False], variant="dim", tag=tag + " of all")
            case(op, f, fixed(v), args=[1, False], variant="dim", tag=tag)
        case(op, f, longs([4, 9, 9, 4]), args=[0, False], variant="dim")
