"""+ - * / pow, maximum, minimum, and everything in place."""
import math
import operator

import torch

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
SHAPES = [((3, 4), (3, 4)), ((3, 1, 4), (2, 1)), ((4, 1), (1, 5)), ((), (3,)), ((1,), ()), ((0, 3), (1, 3)),
          ((2, 1, 2, 1, 2), (3, 1, 2, 1))]
MANY = [0.0, -0.0, 1.0, -1.0, 2.5, inf, -inf, nan]
PAIRS = ([a for a in MANY for _ in MANY], [b for _ in MANY for b in MANY])

ARITHMETIC = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
              "maximum": torch.maximum, "minimum": torch.minimum}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
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
    case("relu_", lambda a: a.clone().relu_(), given([0.0, -0.0, 1.0, -1.0, inf, -inf, nan]), tag="edges")
    case("copy_", lambda a, b: a.clone().copy_(b), leaf(3, 4), leaf(4))
    case("copy_", lambda a, b: a.clone().copy_(b), longs([1, 2, 3]), fixed([1.5, -1.5, 2.0]), tag="real to long")
    case("copy_", lambda a, b: a.clone().copy_(b), leaf(3), bools([True, False, True]))
    case("fill_", lambda a, v: a.clone().fill_(v), leaf(3, 4), args=[1.5], variant="scalar")
    case("zero_", lambda a: a.clone().zero_(), leaf(3, 4))
    mask = bools([[True, False, True], [False, False, True]])
    case("masked_fill_", lambda a, m, v: a.clone().masked_fill_(m, v), leaf(2, 3), mask, args=[-inf])
    case("masked_fill_", lambda a, m, v: a.clone().masked_fill_(m, v), leaf(2, 3), bools([True, False, True]),
         args=[7])
