"""Losses of two tensors of one shape."""
import math

import torch
from torch.nn import functional as F

from writer import case, const, fixed, given, leaf

inf, nan = math.inf, math.nan
REDUCTIONS = ("none", "mean", "sum")


def elementwise():
    for reduction in REDUCTIONS:
        for op, f in (("mse_loss", F.mse_loss), ("l1_loss", F.l1_loss)):
            for shape in ((3, 4), (), (0,)):
                case(op, lambda a, b, r, f=f: f(a, b, reduction=r), leaf(*shape), leaf(*shape), args=[reduction])
            case(op, lambda a, b, r, f=f: f(a, b, reduction=r), given([1.0, 2.0, 0.0]), given([1.0, 0.0, 2.0]),
                 args=[reduction], tag="kink " + reduction)
            if op == "mse_loss" or reduction == "none":
                case(op, lambda a, b, r, f=f: f(a, b, reduction=r), given([inf, nan, -inf]), given([0.0, 1.0, -inf]),
                     args=[reduction], tag="infinities and NaN " + reduction)

        for beta in (1.0, 0.25):
            case("smooth_l1_loss", lambda a, b, r, beta: F.smooth_l1_loss(a, b, reduction=r, beta=beta), leaf(3, 4),
                 leaf(3, 4), args=[reduction, beta])

        def bce(p, y, r, w=None):
            return F.binary_cross_entropy(p, y, w, reduction=r)

        p, y = leaf(3, 4, low=0.05, high=0.95), leaf(3, 4, low=0, high=1)
        case("binary_cross_entropy", bce, p, y, args=[reduction])
        case("binary_cross_entropy", bce, leaf(0, low=0, high=1), const(0, low=0, high=1), args=[reduction])
        case("binary_cross_entropy", lambda p, y, w, r: bce(p, y, r, w), p, y, const(4, low=0.2, high=2),
             args=[reduction], variant="weight")
        case("binary_cross_entropy", bce, given([0.0, 1.0, 0.0, 1.0, 0.5]), fixed([0.0, 1.0, 1.0, 0.0, 0.25]),
             args=[reduction], tag="p 0 and 1 " + reduction)

        def logits(z, y, r, w=None, pos=None):
            return F.binary_cross_entropy_with_logits(z, y, w, reduction=r, pos_weight=pos)

        op, z = "binary_cross_entropy_with_logits", leaf(3, 4)
        w, pos = const(3, 4, low=0.2, high=2), const(4, low=0.5, high=3)
        case(op, logits, z, y, args=[reduction])
        case(op, logits, leaf(0), const(0), args=[reduction])
        case(op, lambda z, y, w, r: logits(z, y, r, w), z, y, w, args=[reduction], variant="weight")
        case(op, lambda z, y, p, r: logits(z, y, r, None, p), z, y, pos, args=[reduction], variant="pos_weight")
        case(op, lambda z, y, w, p, r: logits(z, y, r, w, p), z, y, w, pos, args=[reduction], variant="both")
        case(op, logits, given([-40.0, 1000.0, -1000.0, 40.0, 0.0]), fixed([0.0, 0.0, 1.0, 1.0, 0.5]),
             args=[reduction], tag="tails " + reduction)
    case(op, logits, given([-40.0, -30.0]), fixed([0.0, 0.0]), args=["none"], tag="small losses")
