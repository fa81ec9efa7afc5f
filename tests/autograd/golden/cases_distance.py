"""Lengths of differences, and angles."""
import math

import torch
from torch.nn import functional as F

from writer import case, given, leaf

inf = math.inf


def distances():
    for p in (2.0, 1.0, 3.0, inf):
        case("cdist", torch.cdist, leaf(3, 2), leaf(4, 2), args=[p])
        case("cdist", torch.cdist, leaf(2, 3, 4), leaf(2, 1, 4), args=[p])
    for p in (2.0, 1.0, 3.0):
        same = [[1.0, 2.0]]
        case("cdist", torch.cdist, given(same), given(same), args=[p], tag=f"distance 0, p {p}")
    for p in (2.0, 1.0, 3.0):
        for eps in (1e-6, 0.0):
            for keepdim in (False, True):
                case("pairwise_distance", F.pairwise_distance, leaf(3, 4), leaf(3, 4), args=[p, eps, keepdim])
        case("pairwise_distance", F.pairwise_distance, leaf(3, 4), leaf(4), args=[p, 1e-6, False])
        for dim in (0, 1, -1):
            case("normalize", lambda a, p, dim, eps: F.normalize(a, p, dim, eps), leaf(3, 4), args=[p, dim, 1e-12])
    case("normalize", lambda a, p, dim, eps: F.normalize(a, p, dim, eps), given([[0.0, 0.0], [3.0, 4.0]]),
         args=[2.0, 1, 1e-12], tag="zeros")
    case("normalize", lambda a, p, dim, eps: F.normalize(a, p, dim, eps), leaf(3, 4), args=[2.0, 1, 8.0])
    for dim in (0, 1, -1):
        case("cosine_similarity", F.cosine_similarity, leaf(3, 4), leaf(3, 4), args=[dim, 1e-8])
    case("cosine_similarity", F.cosine_similarity, leaf(2, 3, 4), leaf(3, 4), args=[-1, 1e-8])
