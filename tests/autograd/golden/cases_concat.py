"""cat, stack."""
import torch

from writer import case, leaf, longs


def concat():
    def join(f):
        return lambda *t: f(t[:-1], t[-1])

    for shapes, dim in ((((2, 3), (1, 3)), 0), (((2, 3), (2, 1), (2, 2)), 1), (((2, 3), (0, 3)), 0), (((3,),), 0),
                        (((0,), (2,)), -1), (((2, 1, 2), (2, 3, 2)), -2)):
        case("cat", join(torch.cat), *[leaf(*s) for s in shapes], args=[dim])
    case("cat", join(torch.cat), longs([1, 2]), leaf(2, dtype="f32"), args=[0])
    for shape, n, dim in (((2, 3), 2, 0), ((2, 3), 3, 1), ((2, 3), 2, -1), ((), 3, 0), ((0,), 2, 0)):
        case("stack", join(torch.stack), *[leaf(*shape)] * n, args=[dim])
    for shapes in (((3,), (2,)), ((), ()), ((2, 3), (2, 1)), ((2, 3, 2), (2, 1, 2))):
        case("hstack", lambda *t: torch.hstack(t), *[leaf(*s) for s in shapes])
    for shapes in (((3,), (3,)), ((), ()), ((2, 3), (3,)), ((2, 3, 2), (1, 3, 2))):
        case("vstack", lambda *t: torch.vstack(t), *[leaf(*s) for s in shapes])
    case("concat", join(torch.concat), leaf(2, 3), leaf(2, 1), args=[1])
