"""Exponentials and logarithms of other bases; logaddexp, xlogy, logit."""
import math

import torch

from writer import case, fixed, function, given, leaf, longs

inf, nan = math.inf, math.nan
MANY = [0.0, 1.0, -1.0, 2.5, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])


def logarithms():
    function("exp2", torch.exp2, whole=True)
    for op in ("log2", "log10"):
        function(op, getattr(torch, op), low=0.25, whole=True)
        case(op, getattr(torch, op), given([1.0, 2.0, 8.0, 10.0, 1000.0]), tag="powers")
    f = torch.logaddexp
    case("logaddexp", f, leaf(3, 4), leaf(4))
    case("logaddexp", f, leaf(3, 1), leaf(2, 1, 4))
    case("logaddexp", f, leaf(0, 3), leaf(3))
    case("logaddexp", f, given([1000.0, -1000.0, 0.0, 1.0]), given([0.0, -1000.0, 40.0, 1.0]), tag="far apart")
    case("logaddexp", f, given(PAIRS[0]), given(PAIRS[1]), tag="edges")
    f = torch.xlogy
    case("xlogy", f, leaf(3, 4), leaf(4, low=0.25))
    case("xlogy", f, leaf(3, 1), leaf(2, 1, 4, low=0.25))
    case("xlogy", f, leaf(0, 3), leaf(3))
    case("xlogy", f, longs([0, 1, 2]), longs([0, 3, 1]))
    case("xlogy", f, given(PAIRS[0]), given(PAIRS[1]), tag="edges")
    case("xlogy", f, leaf(3, 4), args=[1.5], variant="scalar")
    case("xlogy", lambda x, n: torch.xlogy(n, x), leaf(3, 4, low=0.25), args=[1.5], variant="of scalar")
    for eps in (None, 0.25, 0.0):
        case("logit", torch.logit, leaf(3, 4, low=0.0625, high=0.9375), args=[eps], variant="eps")
        case("logit", torch.logit, leaf(0, 3), args=[eps], variant="eps")
        case("logit", torch.logit, given([0.0, 1.0, 0.25, 0.75, 0.5, 2.0, -1.0, inf, nan]), args=[eps], variant="eps",
             tag=f"edges with {eps}")
