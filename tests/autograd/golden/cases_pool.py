"""max_pool, avg_pool and adaptive pools of one to three dims."""
import math

import torch
from torch.nn import functional as F

from writer import case, given, leaf


def pool():
    for dims in (1, 2, 3):
        size = [[9], [5, 6], [4, 3, 4]][dims - 1]
        n = 2 if dims == 1 else 1
        for k, stride, padding, dilation, ceil in ((2, 2, 0, 1, False), (3, 2, 1, 1, True), (2, 1, 1, 2, False))[:4 - dims]:
            args = [[k] * dims, [stride] * dims, [padding] * dims, [dilation] * dims, ceil]
            case(f"max_pool{dims}d", getattr(torch, f"max_pool{dims}d"), leaf(n, 2, *size), args=args)
            with_indices = getattr(F, f"max_pool{dims}d_with_indices")
            case(f"max_pool{dims}d_with_indices", with_indices, leaf(n, 2, *size), args=args)
        average = torch.avg_pool1d if dims == 1 else getattr(torch._C._nn, f"avg_pool{dims}d")
        for k, stride, padding, ceil, include in ((2, 2, 0, False, True), (3, 2, 1, True, True), (3, 2, 1, True, False))[dims // 2:]:
            case(f"avg_pool{dims}d", average, leaf(n, 2, *size),
                 args=[[k] * dims, [stride] * dims, [padding] * dims, ceil, include])
        for out in (1, 3):
            case(f"adaptive_avg_pool{dims}d", getattr(F, f"adaptive_avg_pool{dims}d"), leaf(n, 2, *size),
                 args=[[out] * dims])
            case(f"adaptive_max_pool{dims}d", getattr(F, f"adaptive_max_pool{dims}d_with_indices"),
                 leaf(n, 2, *size), args=[[out] * dims])
    case("max_pool1d", torch.max_pool1d, given([[[1.0, math.nan, math.nan, 2.0, math.inf, -math.inf]]]),
         args=[[3], [3], [0], [1], False], tag="NaN")
