"""Functions of one number, activations with their defaults among them; clamp."""
import math
import operator

import torch
from torch.nn import functional as F

from writer import EDGES, TINY, case, given, leaf, longs

inf, nan = math.inf, math.nan
UNARY = {
    "neg": torch.neg, "exp": torch.exp, "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p,
    "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal,
    "erf": torch.erf, "abs": torch.abs, "sign": torch.sign, "square": torch.square, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "relu": torch.relu, "softplus": F.softplus, "silu": F.silu, "gelu": F.gelu, "elu": F.elu,
    "leaky_relu": F.leaky_relu, "hardtanh": F.hardtanh, "clone": torch.clone, "contiguous": torch.Tensor.contiguous,
    "operator-": operator.neg,
}
POSITIVE = {"log", "sqrt", "rsqrt", "reciprocal"}


def unary():
    for op, f in UNARY.items():
        variant = "negated" if op == "operator-" else "-"
        low = 0.25 if op in POSITIVE else -0.75 if op == "log1p" else -3
        for shape in ((), (1,), (3, 4), (0,), (0, 3), (17,), (2, 1, 3, 1, 2)):
            case(op, f, leaf(*shape, low=low), variant=variant)
        case(op, f, given(EDGES), tag="edges", variant=variant)
        case(op, f, given([abs(v) for v in TINY] if op in POSITIVE else TINY), tag="tiny", variant=variant)
        if op not in ("clone", "contiguous"):
            case(op, f, given([8.0, 16.0, 24.0]), tag="far right", variant=variant)
            if op not in POSITIVE and op != "log1p":
                case(op, f, given([-4.0, -6.0, -8.0]), tag="left tail", variant=variant)
                case(op, f, given([-16.0, -24.0, -40.0]), tag="far left", variant=variant)
        if op in ("exp", "sqrt", "sigmoid", "tanh", "log", "reciprocal", "expm1", "rsqrt", "erf"):
            case(op, f, longs([1, 2, 3]))
        if op in ("neg", "abs", "sign", "square", "relu"):
            case(op, f, longs([-2, 0, 3]))


def clamp():
    clamps = [(-1, 1.5), (-1, None), (None, 1.5), (2, 1)]
    for low, high in clamps:
        case("clamp", torch.clamp, leaf(3, 4), args=[low, high], variant="bounds")
        case("clamp", torch.clamp, given([-1.0, 1.5, -2.0, 2.0, 0.0, 1.0, inf, -inf, nan]), args=[low, high],
             variant="bounds", tag=f"edges of {low} {high}")
    case("clamp", torch.clamp, longs([-2, 0, 3]), args=[-1, 2], variant="bounds")
    for op, f, bound in (("clamp_min", torch.clamp_min, -1), ("clamp_max", torch.clamp_max, 1.5)):
        case(op, f, leaf(3, 4), args=[bound], variant="scalar")
        case(op, f, leaf(0, 3), args=[bound], variant="scalar")
        case(op, f, given([-1.0, 1.5, -2.0, 2.0, inf, -inf, nan]), args=[bound], variant="scalar", tag="edges")
