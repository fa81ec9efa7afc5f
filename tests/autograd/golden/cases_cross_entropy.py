"""Losses over classes."""
import math

import torch
from torch.nn import functional as F

from writer import case, const, given, leaf, longs

inf = math.inf
REDUCTIONS = ("none", "mean", "sum")


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
