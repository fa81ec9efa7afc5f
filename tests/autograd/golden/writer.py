"""Writes golden cases in the format that ../ops_golden.py describes."""
import math
import random

import torch

torch.set_num_threads(1)
DTYPES = {"real": torch.float64, "f64": torch.float64, "f32": torch.float32, "long": torch.int64, "bool": torch.bool}
NAMES = {torch.float64: "real", torch.float32: "f32", torch.int64: "long", torch.bool: "bool"}
lines, names = [], set()


class Input:
    """Numbers that are given, or (values None) drawn: multiples of 2^-10, or integers."""

    def __init__(self, shape, values, dtype, leaf, low=0, high=0):
        self.shape, self.values, self.dtype, self.leaf, self.low, self.high = shape, values, dtype, leaf, low, high

    def tensor(self, rng):
        values = self.values
        if values is None:
            step = 1024 if DTYPES[self.dtype].is_floating_point else 1
            low, high = math.ceil(self.low * step), math.floor(self.high * step)
            values = [rng.randint(low, high) / step for _ in range(math.prod(self.shape))]
        t = torch.tensor(values, dtype=torch.float64).to(DTYPES[self.dtype]).reshape(self.shape)
        return t.requires_grad_() if self.leaf else t

    def text(self):
        return "(" + ",".join(map(str, self.shape)) + ")" + ("" if self.dtype == "real" else self.dtype)


def leaf(*shape, low=-3, high=3, dtype="real"):
    return Input(shape, None, dtype, True, low, high)


def const(*shape, low=-3, high=3, dtype="real"):
    return Input(shape, None, dtype, False, low, high)


def given(values, dtype="real"):
    return Input(tuple(torch.tensor(values).shape), values, dtype, True)


def fixed(values, dtype="real"):
    return Input(tuple(torch.tensor(values).shape), values, dtype, False)


def longs(values):
    return fixed(values, "long")


def bools(values):
    return fixed(values, "bool")


def number(v):
    if isinstance(v, (bool, int)):
        return str(int(v))
    if not math.isfinite(v):
        return "nan" if v != v else "inf" if v > 0 else "-inf"
    if v == 0:
        return "-0" if math.copysign(1, v) < 0 else "0"
    mantissa, exponent = v.hex().split("p")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + "p" + exponent


def word(v):
    if v is None or isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, (list, tuple)):
        return "[" + ",".join(str(n) for n in v) + "]"
    return number(v) if isinstance(v, float) else str(v)


def put(kind, t, dtype=None):
    numbers = [number(v) for v in t.detach().reshape(-1).tolist()]
    lines.append(" ".join([kind] + ([dtype, word(list(t.shape))] if dtype else []) + numbers))


def case(op, call, *inputs, args=(), variant="-", tag=""):
    """call(*tensors, *args) gives a tensor, a Python bool or several tensors."""
    shown = [tag] if tag else [i.text() for i in inputs] + [word(a) for a in args]
    name = f"{op} {variant} | {' '.join(shown)}"
    assert name not in names, name
    names.add(name)
    rng = random.Random(name)
    tensors = [i.tensor(rng) for i in inputs]
    lines.append("case " + name)
    if args:
        lines.append(" ".join(["args"] + [word(a) for a in args]))
    for i, t in zip(inputs, tensors):
        put("leaf" if i.leaf else "in", t, i.dtype)
    real = any(i.dtype == "real" for i in inputs)
    out = call(*tensors, *args)
    outs = [torch.tensor(out)] if isinstance(out, bool) else [out] if isinstance(out, torch.Tensor) else list(out)
    sources, cotangents = [], []
    for o in outs:
        put("out", o, NAMES[o.dtype] if real or o.dtype != torch.float64 else "f64")
        if o.requires_grad:
            w = [rng.choice([-1, 1]) * rng.randint(256, 1023) / 1024 for _ in range(o.numel())]
            sources.append(o)
            cotangents.append(torch.tensor(w, dtype=o.dtype).reshape(o.shape))
            put("w", cotangents[-1])
    leaves = [t for t in tensors if t.requires_grad]
    if sources:
        for t, g in zip(leaves, torch.autograd.grad(sources, leaves, cotangents, allow_unused=True)):
            put("grad", torch.zeros_like(t) if g is None else g)


EDGES = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan]
TINY = [s * 2.0**-e for e in (12, 30, 60, 100) for s in (1, -1)]


def function(op, f, low=-3, high=3, tails=True, whole=False, gradient=True):
    """A function of one number, drawn from low to high."""
    draw, put = (leaf, given) if gradient else (const, fixed)
    for shape in ((), (1,), (3, 4), (0,), (0, 3), (17,), (2, 1, 3, 1, 2)):
        case(op, f, draw(*shape, low=low, high=high))
    case(op, f, put(EDGES), tag="edges")
    case(op, f, put(TINY if low < 0 else [abs(v) for v in TINY]), tag="tiny")
    if tails:
        case(op, f, put([8.0, 16.0, 24.0]), tag="far right")
        if low < -1:
            case(op, f, put([-4.0, -6.0, -8.0]), tag="left tail")
            case(op, f, put([-16.0, -24.0, -40.0]), tag="far left")
    if whole:
        case(op, f, longs([1, 2, 3]))


def write(path):
    path.write_text("\n".join(lines) + "\n")
    operations = {name.split()[0] for name in names}
    print(f"{len(names)} cases of {len(operations)} operations, {path.stat().st_size} bytes")
