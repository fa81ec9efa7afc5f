"""repeat, flip, tril, triu, pad."""
import math

import torch
from torch.nn import functional as F

from writer import case, given, leaf, longs

inf, nan = math.inf, math.nan
T = torch.Tensor


def rearrange():
    for shape, repeats in (((2, 3), [2, 2]), ((2, 3), [3, 1, 2]), ((3,), [0]), ((), [3]), ((2,), [2, 0, 1])):
        case("repeat", T.repeat, leaf(*shape), args=[repeats])
    for shape, dims in (((3,), [0]), ((2, 3), [0, 1]), ((2, 3), [-1]), ((2, 3), []), ((0, 3), [0])):
        case("flip", torch.flip, leaf(*shape), args=[dims])
    for op, f in (("tril", torch.tril), ("triu", torch.triu)):
        for shape, k in (((3, 3), 0), ((3, 4), 1), ((4, 3), -1), ((2, 3, 3), 0), ((3, 3), 9), ((3, 3), -9),
                         ((0, 3), 0)):
            case(op, f, leaf(*shape), args=[k])
        case(op, f, given([[nan, inf], [-inf, nan]]), args=[0], tag="NaN")
        case(op, f, longs([[1, 2], [3, 4]]), args=[0])

    def pad(a, pads, value):
        return F.pad(a, pads, value=value)

    for shape, pads in (((3,), [1, 2]), ((2, 3), [1, 0, 0, 2]), ((2, 3), [-1, 1]), ((2, 3), [0, -1, -1, 0]),
                        ((2, 2, 2), [1, 1, 0, 0, 1, 0]), ((0, 2), [1, 1, 2, 0])):
        case("pad", pad, leaf(*shape), args=[pads, 1.5])
    for shape, repeats in (((2, 3), [2]), ((2, 3), [2, 1, 2]), ((), [3]), ((3,), [])):
        case("tile", torch.tile, leaf(*shape), args=[repeats])
    for shape in ((2, 3), (2, 3, 2)):
        case("fliplr", torch.fliplr, leaf(*shape))
        case("flipud", torch.flipud, leaf(*shape))
    for shape, shifts, dims in (((5,), [2], [0]), ((5,), [-7], [0]), ((3, 4), [1, -2], [0, 1]), ((3, 4), [5], []),
                                ((0, 3), [1], [1]), ((), [1], [])):
        case("roll", torch.roll, leaf(*shape), args=[shifts, dims])
    case("constant_pad_nd", torch.constant_pad_nd, leaf(2, 3), args=[[1, 0, 0, 2], 1.5])
