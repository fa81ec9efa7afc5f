"""prod, all, any."""
import math

import torch

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan


def products():
    rows = {"no zero": [2.0, -1.5, 3.0], "one zero": [2.0, 0.0, 3.0], "two zeros": [0.0, 2.0, 0.0], "NaN": [nan, 2.0],
            "infinity": [inf, 2.0], "NaN and zero": [nan, 0.0], "infinity and zero": [inf, 0.0]}
    for tag, row in rows.items():
        case("prod", torch.prod, given(row), tag=tag)
        case("prod", torch.prod, given([row, row]), args=[1, False], variant="dim", tag=tag)
    for shape in ((), (1,), (2, 3), (0,), (17,)):
        case("prod", torch.prod, leaf(*shape))
    for shape, dim, keepdim in (((2, 3, 4), 0, False), ((2, 3, 4), -1, True), ((3, 0), 1, False), ((), 0, False)):
        case("prod", torch.prod, leaf(*shape), args=[dim, keepdim], variant="dim")
    case("prod", torch.prod, longs([[1, 2], [3, 4]]))
    case("prod", torch.prod, longs([[1, 2], [3, 4]]), args=[0, False], variant="dim")
    case("prod", torch.prod, bools([True, True]))
    for op, f in (("all", torch.all), ("any", torch.any)):
        for v in (fixed([1.0, 0.0, nan]), fixed([0.0, -0.0]), fixed([2.0, inf]), longs([1, 2]), longs([0, 0]),
                  bools([True, False]), const(0), const(0, 3, dtype="bool")):
            case(op, f, v, tag=f"{v.text()} of {v.values}")
        for dim, keepdim in ((0, False), (-1, True)):
            case(op, f, fixed([[1.0, 0.0], [nan, 0.0]]), args=[dim, keepdim], variant="dim")
            case(op, f, bools([[True, False], [True, True]]), args=[dim, keepdim], variant="dim")
        case(op, f, const(3, 0), args=[1, False], variant="dim")
