"""conv1d to conv3d, conv_transpose1d to conv_transpose3d."""
import torch

from writer import case, leaf


def conv():
    for dims, op in ((1, "conv1d"), (2, "conv2d"), (3, "conv3d")):
        f = getattr(torch, op)

        def call(x, w, b, stride, padding, dilation, groups, f=f):
            return f(x, w, b, stride, padding, dilation, groups)

        size = [[7], [5, 6], [3, 4, 3]][dims - 1]
        for n, c, o, k, stride, padding, dilation, groups in (
                (2, 2, 3, 2, 1, 0, 1, 1), (1, 2, 2, 2, 2, 1, 1, 2), (1, 2, 2, 2, 3, 1, 2, 1), (1, 2, 2, 1, 1, 0, 1, 2))[:5 - dims]:
            case(op, call, leaf(n, c, *size), leaf(o, c // groups, *[k] * dims), leaf(o),
                 args=[[stride] * dims, [padding] * dims, [dilation] * dims, groups])
    for dims, op in ((1, "conv_transpose1d"), (2, "conv_transpose2d"), (3, "conv_transpose3d")):
        f = getattr(torch, op)

        def back(x, w, b, stride, padding, more, groups, dilation, f=f):
            return f(x, w, b, stride, padding, more, groups, dilation)

        size = [[4], [3, 2], [2, 2, 2]][dims - 1]
        for n, c, o, k, stride, padding, more, groups, dilation in (
                (1, 2, 3, 2, 1, 0, 0, 1, 1), (1, 2, 2, 3, 2, 1, 1, 2, 1), (1, 1, 2, 2, 3, 0, 1, 1, 2))[:4 - dims]:
            case(op, back, leaf(n, c, *size), leaf(c, o // groups, *[k] * dims), leaf(o),
                 args=[[stride] * dims, [padding] * dims, [more] * dims, groups, [dilation] * dims])
