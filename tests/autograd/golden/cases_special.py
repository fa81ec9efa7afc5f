"""Special functions."""
import torch

from writer import case, function, given, leaf


def special():
    function("erfc", torch.erfc, whole=True)
    function("erfinv", torch.erfinv, low=-0.875, high=0.875, tails=False)
    case("erfinv", torch.erfinv, given([1.5, -2.0, 1 - 2.0**-12, 2.0**-20 - 1]), tag="at the ends")
    for op in ("lgamma", "digamma"):
        f = getattr(torch, op)
        function(op, f, low=0.25, whole=True)
        case(op, f, given([-0.5, -1.25, -2.75, -10.5]), tag="below 0")
    for n in (0, 1, 2, 4):
        f = lambda x, n: torch.polygamma(n, x)
        case("polygamma", f, leaf(3, 4, low=0.25), args=[n], variant="n")
        case("polygamma", f, leaf(0, 3), args=[n], variant="n")
        case("polygamma", f, given([0.0, 1.0, 2.0, 10.0, 100.0]), args=[n], variant="n", tag=f"whole, {n}")
