"""Linear algebra, of what has no choice of signs; the matrices are far from singular."""
import torch
from torch import linalg

from writer import case, fixed, given, leaf

SQUARES = ((1, 1), (3, 3), (2, 2, 2), (0, 0), (0, 2, 2))


def regular(x, by=4):
    return x + by * torch.eye(x.shape[-1], dtype=x.dtype)


def symmetric(x):
    return regular(x @ x.transpose(-2, -1), 2)


def spread(x):
    return x + 8 * torch.eye(*x.shape[-2:], dtype=x.dtype) * torch.arange(1, x.shape[-1] + 1)


def signed_log(x):
    sign, log = linalg.slogdet(regular(x))
    return sign.detach(), log  # in PyTorch it has a gradient, of zeros


def linear_algebra():
    unit = {"low": -1, "high": 1}
    for shape in SQUARES:
        case("linalg::cholesky", lambda x: linalg.cholesky(symmetric(x)), leaf(*shape, **unit))
        case("linalg::inv", lambda x: linalg.inv(regular(x)), leaf(*shape, **unit))
        case("linalg::det", lambda x: linalg.det(regular(x)), leaf(*shape, **unit))
        case("linalg::slogdet", signed_log, leaf(*shape, **unit))
        case("linalg::eigh", lambda x: linalg.eigh(spread(x + x.transpose(-2, -1)))[0], leaf(*shape, **unit))
        case("linalg::eigvalsh", lambda x: linalg.eigvalsh(spread(x + x.transpose(-2, -1))), leaf(*shape, **unit))
    case("linalg::det", linalg.det, given([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0], [3.0, 6.0, 5.0]]), variant="plain",
         tag="singular")
    for a, b in (((3, 3), (3, 2)), ((2, 2, 2), (2, 2, 1)), ((2, 2), (3, 2, 1)), ((0, 0), (0, 2))):
        case("linalg::solve", lambda a, b: linalg.solve(regular(a), b), leaf(*a, **unit), leaf(*b, **unit))
        case("cholesky_solve", lambda a, b: torch.cholesky_solve(b, linalg.cholesky(symmetric(a)).expand(
            b.shape[:-2] + a.shape[-2:])), leaf(*a, **unit), leaf(*b, **unit))
        for upper in (False, True):
            case("linalg::solve_triangular", lambda a, b, upper: linalg.solve_triangular(regular(a), b, upper=upper),
                 leaf(*a, **unit), leaf(*b, **unit), args=[upper])
    case("linalg::solve", lambda a, b: linalg.solve(regular(a), b), leaf(2, 2, **unit), leaf(2, **unit), tag="a vector")
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 3)):
        case("linalg::qr", lambda x: tuple(linalg.qr(spread(x))), leaf(*shape, **unit))
        case("linalg::svdvals", lambda x: linalg.svdvals(spread(x)), leaf(*shape, **unit))
    for a, b in (((4, 2), (4, 2)), ((2, 4), (2, 1)), ((3, 3), (3, 1)), ((2, 3, 2), (2, 3, 1))):
        case("linalg::lstsq", lambda a, b: tuple(linalg.lstsq(spread(a), b, driver="gelsd"))[:3], leaf(*a, **unit),
             leaf(*b, **unit))
    case("linalg::lstsq", lambda a, b: tuple(linalg.lstsq(spread(a), b, driver="gelsd"))[:3], fixed(
        [[0.0, 0.0], [0.0, -16.0], [0.0, 0.0]]), leaf(3, 1), tag="of full rank, fixed")
    for ord in ("fro", "nuc"):
        case("linalg::matrix_norm", lambda x, ord: linalg.matrix_norm(spread(x), ord), leaf(2, 3, 2, **unit),
             args=[ord], variant="word")
        case("linalg::norm", lambda x, ord: linalg.norm(spread(x), ord), leaf(3, 2, **unit), args=[ord], variant="word")
    for ord in (2.0, -2.0, 1.0, -1.0, float("inf"), float("-inf")):
        case("linalg::matrix_norm", lambda x, ord: linalg.matrix_norm(spread(x), ord), leaf(2, 3, 2, **unit),
             args=[ord])
        case("linalg::norm", lambda x, ord: linalg.norm(spread(x), ord), leaf(3, 2, **unit), args=[ord])
    for ord in (2.0, 1.0, 3.0, 0.5, float("inf")):
        case("linalg::vector_norm", lambda x, ord: linalg.vector_norm(x, ord, 1), leaf(3, 4), args=[ord])
