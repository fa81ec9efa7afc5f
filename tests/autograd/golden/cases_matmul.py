"""Matrix products."""
import math

import torch
from torch.nn import functional as F

from writer import case, given, leaf

inf, nan = math.inf, math.nan


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
    for m, k in ((2, 3), (1, 5), (0, 3), (3, 0)):
        case("mv", torch.mv, leaf(m, k), leaf(k))
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
    for beta, alpha in ((1, 1), (0.5, 2), (0, 1)):
        for shape in ((2, 2, 4), (4,), ()):
            case("baddbmm", lambda c, a, b, beta, alpha: torch.baddbmm(c, a, b, beta=beta, alpha=alpha), leaf(*shape),
                 leaf(2, 2, 3), leaf(2, 3, 4), args=[beta, alpha])
