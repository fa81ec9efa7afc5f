"""Views of all elements."""
import torch

from writer import case, const, leaf

T = torch.Tensor


def views():
    for shape, a, b in (((2, 3), 0, 1), ((2, 3, 4), -1, 0), ((2, 3, 4), 1, 1), ((0, 3), 0, 1), ((), 0, -1)):
        case("transpose", torch.transpose, leaf(*shape), args=[a, b])
    for shape in ((2, 3), (4,), (), (0, 3)):
        case("t", torch.t, leaf(*shape))
    for shape, dims in (((2, 3, 4), [2, 0, 1]), ((2, 3, 4), [-1, -2, -3]), ((3, 0, 2), [1, 0, 2]), ((), [])):
        case("permute", torch.permute, leaf(*shape), args=[dims])
    for op, f in (("view", T.view), ("reshape", torch.reshape)):
        for shape, sizes in (((2, 3, 4), [6, 4]), ((2, 3, 4), [-1]), ((2, 3), [3, -1]), ((1,), []), ((), [1, 1]),
                             ((0, 3), [0, 5])):
            case(op, f, leaf(*shape), args=[sizes])
    case("reshape", lambda a, sizes: a.t().reshape(sizes), leaf(2, 3), args=[[2, 3]], variant="transposed")
    case("contiguous", lambda a: a.t().contiguous(), leaf(2, 3), variant="transposed")
    case("view_as", T.view_as, leaf(2, 6), const(3, 4))
    for shape, start, end in (((2, 3, 4), 0, -1), ((2, 3, 4), 1, 2), ((2, 3, 4), 0, 1), ((), 0, -1), ((2, 0, 3), 0, 1)):
        case("flatten", torch.flatten, leaf(*shape), args=[start, end])
    for shape in ((2, 1, 3, 1), (1, 1), (3,), ()):
        case("squeeze", torch.squeeze, leaf(*shape))
    for shape, dim in (((2, 1, 3), 1), ((2, 1, 3), 0), ((2, 1, 3), -2), ((), 0)):
        case("squeeze", torch.squeeze, leaf(*shape), args=[dim], variant="dim")
    for shape, dim in (((2, 3), 0), ((2, 3), -1), ((2, 3), 1), ((), 0), ((0, 3), 1)):
        case("unsqueeze", torch.unsqueeze, leaf(*shape), args=[dim])
    for shape, sizes in (((3, 1), [3, 4]), ((3, 1), [2, -1, 4]), ((), [2, 3]), ((1,), [0]), ((2, 3), [-1, 3])):
        case("expand", T.expand, leaf(*shape), args=[sizes])
    case("expand_as", T.expand_as, leaf(3, 1), const(2, 3, 4))
    for shape, a, b in (((2, 3), 0, 1), ((2, 3, 4), 0, -1)):
        case("swapaxes", torch.swapaxes, leaf(*shape), args=[a, b])
        case("swapdims", torch.swapdims, leaf(*shape), args=[a, b])
    for shape, source, destination in (((2, 3), [0], [1]), ((2, 3, 4), [0], [-1]), ((2, 3, 4), [2, 0], [0, 1]),
                                       ((2, 3, 4, 5), [3, 1], [0, -1]), ((), [], [])):
        case("movedim", torch.movedim, leaf(*shape), args=[source, destination])
    case("broadcast_to", torch.broadcast_to, leaf(3, 1), args=[[2, 3, 4]])
    for shapes in (((3, 4), (4,)), ((3, 1), (1, 4), (2, 1, 1)), ((0, 3), (1,))):
        case("broadcast_tensors", lambda *t: torch.broadcast_tensors(*t), *[leaf(*s) for s in shapes])
    for indexing in ("ij", "xy"):
        for shapes in (((3,), (2,)), ((3,), (), (2,)), ((3,),), ((0,), (2,))):
            case("meshgrid", lambda *t: torch.meshgrid(*t[:-1], indexing=t[-1]), *[leaf(*s) for s in shapes],
                 args=[indexing])
