"""Reductions and matrix products."""
import math

import torch
from torch.nn import functional as F

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


def products_and_runs():
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
    for shape, dim in (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((), 0), ((0, 3), 1), ((3, 0), 1),
                       ((33,), 0)):
        case("cumsum", torch.cumsum, leaf(*shape), args=[dim])
    case("cumsum", torch.cumsum, given([1.0, inf, -inf, 2.0]), args=[0], tag="infinities")
    case("cumsum", torch.cumsum, longs([1, 2, 3]), args=[0])
    case("cumsum", torch.cumsum, bools([True, False, True]), args=[0])


def matrices():
    for a, b in (((2, 3), (3, 4)), ((1, 1), (1, 1)), ((5,), (5,)), ((5,), (5, 3)), ((4, 5), (5,)),
                 ((2, 3, 4), (4, 2)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)), ((2, 3, 4), (2, 4, 2)),
                 ((2, 1, 3, 2), (4, 2, 3)), ((1, 2, 3), (4, 3, 1)), ((9, 17), (17, 3)), ((0, 3), (3, 2)),
                 ((2, 0), (0, 3)), ((0,), (0,)), ((0, 2, 3), (3, 4))):
        case("matmul", torch.matmul, leaf(*a), leaf(*b))
    case("matmul", torch.matmul, given([[inf, 1.0], [nan, 0.0]]), given([[0.0, 1.0], [2.0, -1.0]]), tag="infinity, NaN")
    for a, b in (((2, 3), (3, 4)), ((1, 5), (5, 1)), ((2, 0), (0, 3)), ((7, 9), (9, 8))):
        case("mm", torch.mm, leaf(*a), leaf(*b))
    for a, b in (((2, 3, 4), (2, 4, 2)), ((0, 3, 4), (0, 4, 2)), ((2, 3, 0), (2, 0, 2))):
        case("bmm", torch.bmm, leaf(*a), leaf(*b))
    for n in (0, 1, 5, 33):
        case("dot", torch.dot, leaf(n), leaf(n))
    for n, m in ((3, 4), (1, 1), (0, 3)):
        case("outer", torch.outer, leaf(n), leaf(m))
    for beta, alpha in ((1, 1), (0.5, 2), (0, 1), (1, 0), (-1, 0.25)):
        for shape in ((2, 4), (4,), (2, 1), ()):
            case("addmm", lambda c, a, b, beta, alpha: torch.addmm(c, a, b, beta=beta, alpha=alpha), leaf(*shape),
                 leaf(2, 3), leaf(3, 4), args=[beta, alpha])
    case("addmm", lambda c, a, b, beta, alpha: torch.addmm(c, a, b, beta=beta, alpha=alpha), given([[nan, inf]]),
         leaf(1, 3), leaf(3, 2), args=[0, 1], tag="beta 0 and NaN")
    for shape in ((2, 3), (3,), (2, 2, 3), (0, 3)):
        case("linear", F.linear, leaf(*shape), leaf(4, 3), leaf(4), variant="bias")
        case("linear", F.linear, leaf(*shape), leaf(4, 3))
    equations = [("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ji,jk->ik", (3, 2), (3, 4)),
                 ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("i,i->", (5,), (5,)), ("i,j->ij", (3,), (4,)),
                 ("ij->ji", (2, 3)), ("ij->i", (2, 3)), ("ij->", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)),
                 ("ii->", (3, 3)), ("...ij,...jk->...ik", (2, 1, 2, 3), (4, 3, 2)), ("...i->...", (2, 3, 4)),
                 ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,i->j", (2, 3), (2,)),
                 ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("iij,j->i", (2, 2, 3), (3,)), ("ba", (2, 3)),
                 ("i...,i...->...", (3, 2), (3, 2)), ("ij,jk->k", (2, 0), (0, 3))]
    for equation, *shapes in equations:
        case("einsum", lambda *t: torch.einsum(t[-1], *t[:-1]), *[leaf(*s) for s in shapes], args=[equation])


def add():
    for family in (sums, extremes, statistics, products_and_runs, matrices):
        family()
