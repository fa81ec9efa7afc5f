"""Special functions."""
import torch

from writer import case, const, fixed, function, given, leaf


def special():
    function("erfc", torch.erfc, whole=True)
    function("erfinv", torch.erfinv, low=-0.875, high=0.875, tails=False)
    case("erfinv", torch.erfinv, given([1.5, -2.0, 1 - 2.0**-12, 2.0**-20 - 1]), tag="at the ends")
    function("lgamma", torch.lgamma, low=0.25, whole=True)
    case("lgamma", torch.lgamma, given([-0.5, -1.25, -2.75, -10.5]), tag="below 0")
    # PyTorch's polygamma(1, x), digamma's gradient, is right to 1e-9 only: the registry proves ours.
    function("digamma", torch.digamma, low=0.25, whole=True, gradient=False)
    case("digamma", torch.digamma, fixed([-0.5, -1.25, -2.75, -10.5]), tag="below 0")
    f = lambda x, n: torch.polygamma(n, x)
    case("polygamma", f, const(3, 4, low=0.25), args=[0], variant="n")
    for n in (2, 3, 5):
        case("polygamma", f, leaf(3, 4, low=0.25), args=[n], variant="n")
        case("polygamma", f, leaf(0, 3), args=[n], variant="n")
        case("polygamma", f, given([0.0, 1.0, 2.0, 10.0, 100.0]), args=[n], variant="n", tag=f"whole, {n}")
