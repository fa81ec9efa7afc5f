"""var, std, norm, logsumexp."""
import math

import torch

from writer import case, given, leaf

inf, nan = math.inf, math.nan
OVER = [((2, 3, 4), [0], False), ((2, 3, 4), [-1], True), ((2, 3, 4), [0, 2], False), ((2, 3, 4), [1, -1], True),
        ((2, 1, 3, 1, 2), [0, 2], False), ((33,), [0], False)]


def norm(a, p, dims, keepdim):
    return torch.norm(a, p, dims or None, keepdim) if dims or keepdim else torch.norm(a, p)


def statistics():
    for op, f in (("var", torch.var), ("std", torch.std)):
        for unbiased in (True, False):
            for shape, dims, keepdim in OVER:
                case(op, f, leaf(*shape), args=[dims, unbiased, keepdim], variant="dims")
            case(op, f, leaf(3, 4), args=[unbiased], variant="unbiased")
            case(op, f, given([2.0]), args=[[0], unbiased, False], variant="dims", tag=f"of one {unbiased}")
            case(op, f, given([2.0, 2.0, 2.0]), args=[unbiased], variant="unbiased", tag=f"of equals {unbiased}")
            case(op, f, given([1.0, nan]), args=[unbiased], variant="unbiased", tag=f"of NaN {unbiased}")
            case(op, f, given([1.0, inf]), args=[unbiased], variant="unbiased", tag=f"of infinity {unbiased}")
            case(op, f, given([4096.0, 4097.0, 4098.5]), args=[unbiased], variant="unbiased",
                 tag=f"far from 0 {unbiased}")
            case(op, f, leaf(2, 1), args=[[1], unbiased, False], variant="dims")
            case(op, f, leaf(2, 0), args=[[1], unbiased, False], variant="dims")
    for p in (2.0, 1.0, 3.0, 0.5, inf, -inf, 0.0, 1.5, -1.0, 4.0):
        case("norm", norm, leaf(3, 4), args=[p, [], False], variant="p")
        case("norm", norm, leaf(2, 3, 4), args=[p, [0, -1], True], variant="p")
        case("norm", norm, given([[0.0, 0.0], [3.0, 4.0]]), args=[p, [1], False], variant="p", tag=f"zeros, p {p}")
        case("norm", norm, given([3.0, 0.0, -3.0]), args=[p, [], False], variant="p", tag=f"ties and a zero, p {p}")
        case("norm", norm, given([1.0, -inf, 2.0]), args=[p, [], False], variant="p", tag=f"infinity, p {p}")
        case("norm", norm, given([1.0, nan]), args=[p, [], False], variant="p", tag=f"NaN, p {p}")
    case("norm", norm, leaf(), args=[2.0, [], False], variant="p")
    case("norm", norm, leaf(0), args=[2.0, [], False], variant="p")
    case("norm", norm, leaf(0), args=[1.0, [], False], variant="p")
    case("norm", norm, leaf(2, 0), args=[2.0, [1], False], variant="p")
    for shape, dims, keepdim in OVER + [((), [0], False), ((2, 0), [0], False)]:
        case("logsumexp", torch.logsumexp, leaf(*shape), args=[dims, keepdim])
    rows = {"large": [1000.0, 1000.5], "far apart": [0.0, -500.0], "minus infinity": [0.0, -inf],
            "only minus infinities": [-inf, -inf], "infinity": [inf, 0.0], "both infinities": [inf, -inf],
            "NaN": [nan, 0.0], "ties": [1.0, 1.0]}
    for tag, row in rows.items():
        case("logsumexp", torch.logsumexp, given(row), args=[[0], False], tag=tag)
    case("logsumexp", torch.logsumexp, leaf(2, 0), args=[[1], False])
    for op, f in (("var_mean", torch.var_mean), ("std_mean", torch.std_mean)):
        for unbiased in (False, True):
            for shape, dims, keepdim in (((3, 4), [0], False), ((2, 3, 4), [0, 2], True), ((5,), [0], False)):
                case(op, f, leaf(*shape), args=[dims, unbiased, keepdim], variant="dims")
            case(op, f, leaf(3, 4), args=[unbiased], variant="unbiased")
