"""Arithmetic, functions of one number, activations, comparisons, in-place forms."""
import math
import operator

import torch
from torch.nn import functional as F

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
SHAPES = [((3, 4), (3, 4)), ((3, 1, 4), (2, 1)), ((4, 1), (1, 5)), ((), (3,)), ((1,), ()), ((0, 3), (1, 3)),
          ((2, 1, 2, 1, 2), (3, 1, 2, 1))]
MANY = [0.0, -0.0, 1.0, -1.0, 2.5, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])

ARITHMETIC = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
              "maximum": torch.maximum, "minimum": torch.minimum}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
COMPARISONS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
               "ge": operator.ge}
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
MIXED = [("long", "f32"), ("long", "long"), ("bool", "long"), ("f32", "f64"), ("bool", "f64")]


def mixed(dtype, *shape):
    low = 0 if dtype == "bool" else 1
    high = 1 if dtype == "bool" else 5
    return (leaf if dtype[0] == "f" else const)(*shape, low=low, high=high, dtype=dtype)


def arithmetic():
    for op, f in ARITHMETIC.items():
        low = 0.5 if op == "pow" else -3
        for a, b in SHAPES:
            case(op, f, leaf(*a, low=low), leaf(*b, low=0.5) if op == "div" else leaf(*b))
        if op in ("maximum", "minimum"):
            pairs = [(a, b) for a, b in zip(*PAIRS) if a == a and b == b]
            case(op, f, given([a for a, _ in pairs]), given([b for _, b in pairs]), tag="zeros and infinities")
            case(op, f, given([nan, 0.0, nan, inf, nan]), given([0.0, nan, -inf, nan, nan]), tag="NaN")
        else:
            case(op, f, given(PAIRS[0]), given(PAIRS[1]), tag="zeros, infinities and NaN")
        for a, b in MIXED:
            if op not in ("sub", "pow") or a != "bool":  # PyTorch has none
                case(op, f, mixed(a, 2, 3), mixed(b, 3))
        case(op, f, leaf(2, 3, low=1, dtype="f32"), leaf(low=1, dtype="f64"))
        case(op, f, const(2, 3, low=1, high=4, dtype="long"), leaf(low=1, dtype="f64"))
    for op in ("maximum", "minimum"):
        case(op, ARITHMETIC[op], given([1.0, 2.0, 3.0, 4.0]), given([1.0, 3.0, 3.0, 0.0]), tag="ties")
    case("max", torch.max, leaf(3, 4), leaf(4), variant="other")
    case("min", torch.min, leaf(3, 4), leaf(4), variant="other")
    for op in ("add", "sub"):
        f = ARITHMETIC[op]
        for alpha in (2.5, -1, 0, 0.125):
            case(op, lambda a, b, alpha, f=f: f(a, b, alpha=alpha), leaf(3, 1), leaf(4), args=[alpha], variant="alpha")
        for other, alpha in ((1.5, 1), (3, -2), (0.1, 0.5)):
            case(op, lambda a, b, alpha, f=f: f(a, b, alpha=alpha), leaf(2, 3), args=[other, alpha], variant="scalar")
        case(op, lambda a, b, alpha, f=f: f(a, b, alpha=alpha), const(3, dtype="long"), args=[2, 3], variant="scalar")
        case(op, lambda a, b, alpha, f=f: f(a, b, alpha=alpha), const(3, dtype="long"), args=[1.5, 1],
             variant="scalar")
    for op in ("mul", "div"):
        for other in (2.5, -3, 0, 0.1, inf):
            case(op, ARITHMETIC[op], leaf(2, 3), args=[other], variant="scalar")
        case(op, ARITHMETIC[op], const(3, dtype="long"), args=[2], variant="scalar")
        case(op, ARITHMETIC[op], bools([True, False]), args=[1.5], variant="scalar")
    for exponent in (2, 3, 0.5, -1, -2, -0.5, 1, 0, 4.0, 1.5):
        case("pow", torch.pow, leaf(3, 4, low=0.5), args=[exponent], variant="scalar")
    for exponent in (2, 3, 0.5, -1, 1, 0, 1.5, -2, -0.5):
        case("pow", torch.pow, given(MANY), args=[exponent], variant="scalar", tag=f"edges to the {exponent}")
    for base in (2, 0.5, 1, 0, 10.0):
        case("pow", lambda e, base: torch.pow(base, e), leaf(2, 3), args=[base], variant="base")
        case("pow", lambda e, base: torch.pow(base, e), given(MANY), args=[base], variant="base",
             tag=f"edges of {base}")
    for op in ("add", "mul", "maximum"):
        case(op, ARITHMETIC[op], bools([True, True, False]), bools([True, False, False]))
    case("pow", torch.pow, const(4, low=-3, high=4, dtype="long"), args=[3], variant="scalar")


def where():
    f = torch.where
    m = bools([[True, False, True], [False, False, True]])
    case("where", f, m, leaf(2, 3), leaf(2, 3))
    case("where", f, m, leaf(2, 1), leaf(3))
    case("where", f, bools([[True], [False]]), leaf(4), leaf())
    case("where", f, bools(True), leaf(2), leaf(3, 1))
    case("where", f, const(0, 3, dtype="bool"), leaf(0, 3), leaf(3))
    case("where", f, bools([True, False, True]), given([nan, nan, inf]), given([inf, 1.0, nan]),
         tag="NaN where it is not selected")
    case("where", lambda m, a, b: torch.where(m, a, b), m, leaf(2, 3), args=[1.5], variant="scalar")
    case("where", lambda m, b, a: torch.where(m, a, b), m, leaf(2, 3), args=[-2.0], variant="from scalar")
    case("where", lambda m, a, b: torch.where(m, a, b), m, leaf(3), const(2, 3), tag="a constant")


UNARY = {
    "neg": torch.neg, "exp": torch.exp, "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p,
    "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal, "sin": torch.sin, "cos": torch.cos,
    "erf": torch.erf, "abs": torch.abs, "sign": torch.sign, "square": torch.square, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "relu": torch.relu, "softplus": F.softplus, "silu": F.silu, "gelu": F.gelu, "elu": F.elu,
    "leaky_relu": F.leaky_relu, "hardtanh": F.hardtanh, "clone": torch.clone, "contiguous": torch.Tensor.contiguous,
    "operator-": operator.neg,
}
POSITIVE = {"log", "sqrt", "rsqrt", "reciprocal"}
EDGES = [0.0, -0.0, 1.0, -1.0, inf, -inf, nan]
TINY = [s * 2.0**-e for e in (12, 30, 60, 100) for s in (1, -1)]


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
        if op in ("exp", "sqrt", "sigmoid", "tanh", "sin", "log", "reciprocal", "expm1", "rsqrt", "erf"):
            case(op, f, longs([1, 2, 3]))
        if op in ("neg", "abs", "sign", "square", "relu"):
            case(op, f, longs([-2, 0, 3]))
    for beta in (0.5, 2.0):
        case("softplus", F.softplus, leaf(3, 4), args=[beta], variant="beta")
    for alpha in (0.5, 2.0):
        case("elu", F.elu, leaf(3, 4), args=[alpha], variant="alpha")
    for slope in (0.25, 0.0, -0.5):
        case("leaky_relu", F.leaky_relu, leaf(3, 4), args=[slope], variant="slope")
        case("leaky_relu", F.leaky_relu, given(EDGES), args=[slope], variant="slope", tag=f"edges with {slope}")
    case("hardtanh", F.hardtanh, leaf(3, 4), args=[-0.5, 2.0], variant="bounds")
    case("hardtanh", F.hardtanh, given([-0.5, 2.0, -0.75, 2.25, 0.0]), args=[-0.5, 2.0], variant="bounds", tag="bounds")
    for approximate in ("none", "tanh"):
        case("gelu", lambda a, how: F.gelu(a, approximate=how), leaf(3, 4), args=[approximate], variant="form")
    case("gelu", lambda a, how: F.gelu(a, approximate=how), given(EDGES), args=["tanh"], variant="form",
         tag="edges of tanh")
    case("gelu", lambda a, how: F.gelu(a, approximate=how), given([-4.0, -6.0, 4.0, 6.0]), args=["tanh"],
         variant="form", tag="tails of tanh")
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


def comparisons():
    for op, f in COMPARISONS.items():
        case(op, f, const(3, 4, low=-1, high=1), const(4, low=-1, high=1))
        case(op, f, fixed(PAIRS[0]), fixed(PAIRS[1]), tag="zeros, infinities and NaN")
        case(op, f, longs([1, 2, 3]), longs([3, 2, 1]))
        case(op, f, longs([1, 2, 3]), fixed([1.5, 2.0, 2.5]), tag="long and real")
        case(op, f, bools([True, False]), longs([1, 2]))
        case(op, f, const(0, 3), const(3))
        case(op, f, fixed([1.0, 2.0, nan]), args=[2], variant="scalar")
        case(op, f, longs([1, 2, 3]), args=[1.5], variant="scalar")
        named = "operator" + SIGNS[op]
        case(named, f, const(3, 1, low=-1, high=1), const(4, low=-1, high=1))
        case(named, f, fixed([1.0, 2.0, nan]), args=[2], variant="scalar")
        case(named, lambda a, b, f=f: f(b, a), fixed([1.0, 2.0, nan]), args=[2], variant="reversed")
    case("isnan", torch.isnan, fixed(MANY), tag="edges")
    case("isnan", torch.isnan, longs([1, 2]))
    case("isnan", torch.isnan, const(0, 3))
    case("equal", torch.equal, fixed([1.0, 2.0]), fixed([1.0, 2.0]), tag="same")
    case("equal", torch.equal, fixed([1.0, 2.0]), fixed([1.0, 2.5]), tag="another")
    case("equal", torch.equal, fixed([1.0, nan]), fixed([1.0, nan]), tag="NaN")
    case("equal", torch.equal, fixed([1.0, 1.0]), fixed([1.0]), tag="shapes")
    case("equal", torch.equal, const(0, 3), const(0, 3), tag="empty")
    rows = [("same", [1.0, 2.0], [1.0, 2.0], 0.5), ("near", [1.0, 2.0], [1.0, 2.5], 0.25),
            ("at the bound", [3.0], [4.0], 0.25), ("far", [3.0], [4.5], 0.25), ("infinity", [inf], [inf], 0.5),
            ("infinities", [inf], [-inf], 0.5), ("NaN", [nan], [nan], 0.5), ("finite and infinite", [1.0], [inf], 0.5)]
    for tag, a, b, rtol in rows:
        for equal_nan in (False, True):
            case("allclose", lambda a, b, r, t, n: torch.allclose(a, b, r, t, n), fixed(a), fixed(b),
                 args=[rtol, 0.0, equal_nan], tag=tag + (" with NaN equal" if equal_nan else ""))


def operators():
    for sign, f in OPERATORS.items():
        op, low = "operator" + sign, 0.5 if sign == "/" else -3
        case(op, f, leaf(3, 1), leaf(4, low=low))
        case(op, f, longs([7, -5]), longs([2, 2]))
        case(op, f, leaf(2, 3), args=[1.5], variant="scalar")
        case(op, lambda a, b, f=f: f(b, a), leaf(2, 3, low=low), args=[1.5], variant="reversed")
        case(op, lambda a, b, f=f: f(b, a), longs([2, 4]), args=[3], variant="reversed")


def in_place():
    for op in ("add_", "sub_"):
        f = getattr(torch.Tensor, op)
        case(op, lambda a, b, alpha, f=f: f(a.clone(), b, alpha=alpha), leaf(3, 4), leaf(4), args=[2.5])
        case(op, lambda a, b, alpha, f=f: f(a.clone(), b, alpha=alpha), leaf(2, 3), args=[1.5, 2], variant="scalar")
        case(op, lambda a, b, alpha, f=f: f(a.clone(), b, alpha=alpha), longs([1, 2]), longs([3, 4]), args=[2])
    for op in ("mul_", "div_"):
        f = getattr(torch.Tensor, op)
        case(op, lambda a, b, f=f: f(a.clone(), b), leaf(3, 4), leaf(3, 1, low=0.5))
        case(op, lambda a, b, f=f: f(a.clone(), b), leaf(2, 3), args=[-2.5], variant="scalar")
    case("clamp_", lambda a, low, high: a.clone().clamp_(low, high), leaf(3, 4), args=[-1, 1.5])
    case("clamp_", lambda a, low, high: a.clone().clamp_(low, high), leaf(3, 4), args=[None, 0.5])
    case("relu_", lambda a: a.clone().relu_(), leaf(3, 4))
    case("relu_", lambda a: a.clone().relu_(), given(EDGES), tag="edges")
    case("copy_", lambda a, b: a.clone().copy_(b), leaf(3, 4), leaf(4))
    case("copy_", lambda a, b: a.clone().copy_(b), longs([1, 2, 3]), fixed([1.5, -1.5, 2.0]), tag="real to long")
    case("copy_", lambda a, b: a.clone().copy_(b), leaf(3), bools([True, False, True]))
    case("fill_", lambda a, v: a.clone().fill_(v), leaf(3, 4), args=[1.5], variant="scalar")
    case("zero_", lambda a: a.clone().zero_(), leaf(3, 4))
    mask = bools([[True, False, True], [False, False, True]])
    case("masked_fill_", lambda a, m, v: a.clone().masked_fill_(m, v), leaf(2, 3), mask, args=[-inf])
    case("masked_fill_", lambda a, m, v: a.clone().masked_fill_(m, v), leaf(2, 3), bools([True, False, True]),
         args=[7])


def add():
    for family in (arithmetic, where, unary, comparisons, operators, in_place):
        family()
