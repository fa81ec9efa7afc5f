"""Losses and normalised exponentials."""
import math

import torch
from torch.nn import functional as F

from writer import case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
REDUCTIONS = ("none", "mean", "sum")


def softmax():
    for op, f in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        for shape, dim in (((5,), 0), ((3, 4), 0), ((3, 4), -1), ((2, 3, 4), 1), ((1,), 0), ((), 0), ((0, 3), 1),
                           ((3, 0), 1), ((2, 33), 1)):
            case(op, f, leaf(*shape), args=[dim])
        rows = {"ties": [1.0, 1.0, 1.0], "far apart": [0.0, 500.0, -500.0], "large": [1000.0, 1000.5, 999.0],
                "minus infinity": [0.0, -inf, 1.0], "only minus infinities": [-inf, -inf], "infinity": [inf, 0.0],
                "NaN": [nan, 0.0], "tail": [-20.0, 0.0]}
        for tag, row in rows.items():
            case(op, f, given(row), args=[0], tag=tag)


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


def classes():
    def nll(a, y, r, ignore, w=None):
        return F.nll_loss(a, y, w, reduction=r, ignore_index=ignore)

    def entropy(a, y, r, ignore, smoothing, w=None):
        return F.cross_entropy(a, y, w, reduction=r, ignore_index=ignore, label_smoothing=smoothing)

    w = const(3, low=0.25, high=2)
    for r in REDUCTIONS:
        for a, y, tag in ((leaf(4, 3), [2, 0, 1, 2], "rows"), (leaf(3), 1, "one row"),
                          (leaf(2, 3, 2), [[2, 0], [1, 1]], "places")):
            for ignore in (-100, 2):
                how = f"{tag} {r}" + (" ignoring" if ignore == 2 else "")
                case("nll_loss", nll, a, longs(y), args=[r, ignore], tag=how)
                case("nll_loss", lambda a, y, w, r, i: nll(a, y, r, i, w), a, longs(y), w, args=[r, ignore],
                     variant="weight", tag=how)
                for smoothing in (0.0, 0.25):
                    case("cross_entropy", entropy, a, longs(y), args=[r, ignore, smoothing], tag=f"{how} {smoothing}")
                    case("cross_entropy", lambda a, y, w, r, i, s: entropy(a, y, r, i, s, w), a, longs(y), w,
                         args=[r, ignore, smoothing], variant="weight", tag=f"{how} {smoothing}")
        all_ignored = longs([1, 1])
        case("nll_loss", nll, leaf(2, 3), all_ignored, args=[r, 1], tag="all ignored " + r)
        case("cross_entropy", entropy, leaf(2, 3), all_ignored, args=[r, 1, 0.0], tag="all ignored " + r)
        case("nll_loss", nll, leaf(0, 3), const(0, dtype="long"), args=[r, -100], tag="no rows " + r)
        case("cross_entropy", entropy, given([[1000.0, 0.0], [-inf, 0.0], [0.0, 0.0]]), longs([0, 1, 0]),
             args=[r, -100, 0.0], tag="edges " + r)
        for smoothing in (0.0, 0.25):
            for a in ((4, 3), (3,), (2, 3, 2)):
                case("cross_entropy", entropy, leaf(*a), leaf(*a, low=0, high=1), args=[r, -100, smoothing],
                     variant="probabilities")
            case("cross_entropy", lambda a, y, w, r, i, s: entropy(a, y, r, i, s, w), leaf(4, 3),
                 leaf(4, 3, low=0, high=1), w, args=[r, -100, smoothing], variant="probabilities weight")


def add():
    for family in (softmax, elementwise, classes):
        family()
