"""einsum, tensordot, cross."""
import torch

from writer import case, leaf


def einsum():
    equations = [("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ji,jk->ik", (3, 2), (3, 4)),
                 ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("i,i->", (5,), (5,)), ("i,j->ij", (3,), (4,)),
                 ("ij->ji", (2, 3)), ("ij->i", (2, 3)), ("ij->", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)),
                 ("ii->", (3, 3)), ("...ij,...jk->...ik", (2, 1, 2, 3), (4, 3, 2)), ("...i->...", (2, 3, 4)),
                 ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,i->j", (2, 3), (2,)),
                 ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("iij,j->i", (2, 2, 3), (3,)), ("ba", (2, 3)),
                 ("i...,i...->...", (3, 2), (3, 2)), ("ij,jk->k", (2, 0), (0, 3))]
    for equation, *shapes in equations:
        case("einsum", lambda *t: torch.einsum(t[-1], *t[:-1]), *[leaf(*s) for s in shapes], args=[equation])
    for a, b, dims_a, dims_b in (((2, 3), (3, 4), [1], [0]), ((2, 3, 4), (4, 3, 5), [1, 2], [1, 0]),
                                 ((3,), (4,), [], []),
                                 ((2, 3), (2, 3), [0, 1], [0, 1]), ((2, 3, 4), (3, 5, 2), [0, 1], [-1, 0])):
        case("tensordot", lambda x, y, i, j: torch.tensordot(x, y, (i, j)), leaf(*a), leaf(*b), args=[dims_a, dims_b])
    for a, b, dim in (((3,), (3,), 0), ((4, 3), (4, 3), 1), ((2, 3, 4), (2, 3, 4), -2), ((2, 3), (1, 3), 1)):
        case("cross", torch.cross, leaf(*a), leaf(*b), args=[dim])
    case("cross", lambda x, y: torch.cross(x, y), leaf(3, 3), leaf(3, 3), variant="first")
