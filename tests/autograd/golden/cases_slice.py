"""Views of parts."""
import torch

from writer import case, leaf


def slices():
    for shape, dim, start, length in (((4, 3), 0, 1, 2), ((4, 3), -1, -2, 1), ((4, 3), 0, 4, 0), ((2, 3, 4), 1, 0, 3)):
        case("narrow", torch.narrow, leaf(*shape), args=[dim, start, length])
    for shape, dim, i in (((4, 3), 0, 1), ((4, 3), 1, -1), ((2, 3, 4), -2, 2), ((3,), 0, 0)):
        case("select", torch.select, leaf(*shape), args=[dim, i])

    def slice_of(a, dim, start, end, step):
        return a[(slice(None),) * (dim % a.dim()) + (slice(start, end, step),)]

    for dim, start, end, step in ((0, 1, 4, 1), (0, None, None, 2), (-1, -2, None, 1), (1, None, -1, 1), (0, 1, 9, 3),
                                  (0, 3, 1, 1), (0, -9, 2, 1), (1, 1, None, 2)):
        case("slice", slice_of, leaf(5, 3), args=[dim, start, end, step])
    for shape, offset, a, b in (((3, 3), 0, 0, 1), ((3, 4), 1, 0, 1), ((3, 4), -1, 0, 1), ((3, 4), 9, 0, 1),
                                ((2, 3, 4), 0, 0, 2), ((2, 3, 4), -1, -1, 1), ((2, 3, 4), 1, 1, 2)):
        case("diagonal", torch.diagonal, leaf(*shape), args=[offset, a, b])
    for length, dim in ((2, 0), (5, 0), (9, 0), (1, -1)):
        case("split", torch.split, leaf(5, 3), args=[length, dim], variant="length")
    for lengths, dim in (([2, 3], 0), ([1, 0, 4], 0), ([2, 1], -1)):
        case("split", torch.split, leaf(5, 3), args=[lengths, dim], variant="lengths")
    for chunks, dim in ((2, 0), (3, 0), (4, 0), (9, 0), (1, 1), (2, -1)):
        case("chunk", torch.chunk, leaf(5, 3), args=[chunks, dim])
    for shape, dim in (((2, 3), 0), ((2, 3), -1), ((3,), 0)):
        case("unbind", torch.unbind, leaf(*shape), args=[dim])
    case("split_with_sizes", torch.split_with_sizes, leaf(5, 3), args=[[2, 3], 0])
    for shape, dim, size, step in (((7,), 0, 3, 1), ((7,), 0, 3, 2), ((4, 5), 0, 2, 1), ((4, 5), -1, 2, 2),
                                   ((4, 5), 1, 5, 1), ((3,), 0, 2, 9)):
        case("unfold", torch.Tensor.unfold, leaf(*shape), args=[dim, size, step])
    for shape, k in (((3,), 0), ((3,), 1), ((3,), -2), ((0,), 1), ((3, 3), 0), ((3, 4), 1), ((3, 4), -1)):
        case("diag", torch.diag, leaf(*shape), args=[k])
