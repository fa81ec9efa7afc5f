"""softmax, log_softmax."""
import math

import torch

from writer import case, given, leaf

inf, nan = math.inf, math.nan


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
