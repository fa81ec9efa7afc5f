"""Views, copies, joins, and elements that are picked and placed."""
import math

import torch
from torch.nn import functional as F

from writer import bools, case, const, fixed, given, leaf, longs

inf, nan = math.inf, math.nan
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
    for shape, dim, start, length in (((4, 3), 0, 1, 2), ((4, 3), -1, -2, 1), ((4, 3), 0, 4, 0), ((2, 3, 4), 1, 0, 3)):
        case("narrow", torch.narrow, leaf(*shape), args=[dim, start, length])
    for shape, dim, i in (((4, 3), 0, 1), ((4, 3), 1, -1), ((2, 3, 4), -2, 2), ((3,), 0, 0)):
        case("select", torch.select, leaf(*shape), args=[dim, i])

    def slice_of(a, dim, start, end, step):
        return a[(slice(None),) * (dim % a.dim()) + (slice(start, end, step),)]

    for dim, start, end, step in ((0, 1, 4, 1), (0, None, None, 2), (-1, -2, None, 1), (1, None, -1, 1), (0, 1, 9, 3),
                                  (0, 3, 1, 1), (0, -9, 2, 1), (1, 1, None, 2)):
        case("slice", slice_of, leaf(5, 3), args=[dim, start, end, step])
    for shape, offset, a, b in (((3, 3), 0, 0, 1), ((3, 4), 1, 0, 1), ((3, 4), -1, 0, 1), ((3, 4), 9, 0, 1),
                                ((2, 3, 4), 0, 0, 2), ((2, 3, 4), -1, -1, 1), ((2, 3, 4), 1, 1, 2)):
        case("diagonal", torch.diagonal, leaf(*shape), args=[offset, a, b])
    for length, dim in ((2, 0), (5, 0), (9, 0), (1, -1)):
        case("split", torch.split, leaf(5, 3), args=[length, dim], variant="length")
    for lengths, dim in (([2, 3], 0), ([1, 0, 4], 0), ([2, 1], -1)):
        case("split", torch.split, leaf(5, 3), args=[lengths, dim], variant="lengths")
    for chunks, dim in ((2, 0), (3, 0), (4, 0), (9, 0), (1, 1), (2, -1)):
        case("chunk", torch.chunk, leaf(5, 3), args=[chunks, dim])
    for shape, dim in (((2, 3), 0), ((2, 3), -1), ((3,), 0)):
        case("unbind", torch.unbind, leaf(*shape), args=[dim])


def conversions():
    def to(a, name):
        return a.to({"f32": torch.float32, "f64": torch.float64, "long": torch.int64, "bool": torch.bool}[name])

    case("to", to, given([0.1, 1 / 3, 1e-300, 1e300, nan], "f64"), args=["f32"], variant="dtype")
    case("to", to, leaf(2, 3, dtype="f32"), args=["f64"], variant="dtype")
    case("to", to, leaf(2, 3, dtype="f64"), args=["f64"], variant="dtype")
    case("to", to, fixed([1.75, -1.75, 0.0, -0.5]), args=["long"], variant="dtype")
    case("to", to, fixed([0.0, -0.0, 0.5, nan, inf]), args=["bool"], variant="dtype", tag="real to bool")
    for name in ("f32", "f64", "bool", "long"):
        case("to", to, longs([0, 1, -7]), args=[name], variant="dtype")
        case("to", to, bools([True, False]), args=[name], variant="dtype")
    case("to", T.to, leaf(3, dtype="f32"), const(2, dtype="f64"), variant="other")
    case("to", T.to, longs([1, 2]), const(2, dtype="f32"), variant="other")


def copies():
    def join(f):
        return lambda *t: f(t[:-1], t[-1])

    for shapes, dim in ((((2, 3), (1, 3)), 0), (((2, 3), (2, 1), (2, 2)), 1), (((2, 3), (0, 3)), 0), (((3,),), 0),
                        (((0,), (2,)), -1), (((2, 1, 2), (2, 3, 2)), -2)):
        case("cat", join(torch.cat), *[leaf(*s) for s in shapes], args=[dim])
    case("cat", join(torch.cat), longs([1, 2]), leaf(2, dtype="f32"), args=[0])
    for shape, n, dim in (((2, 3), 2, 0), ((2, 3), 3, 1), ((2, 3), 2, -1), ((), 3, 0), ((0,), 2, 0)):
        case("stack", join(torch.stack), *[leaf(*shape)] * n, args=[dim])
    for shape, repeats in (((2, 3), [2, 2]), ((2, 3), [3, 1, 2]), ((3,), [0]), ((), [3]), ((2,), [2, 0, 1])):
        case("repeat", T.repeat, leaf(*shape), args=[repeats])
    for shape, dims in (((3,), [0]), ((2, 3), [0, 1]), ((2, 3), [-1]), ((2, 3), []), ((0, 3), [0])):
        case("flip", torch.flip, leaf(*shape), args=[dims])
    for op, f in (("tril", torch.tril), ("triu", torch.triu)):
        for shape, k in (((3, 3), 0), ((3, 4), 1), ((4, 3), -1), ((2, 3, 3), 0), ((3, 3), 9), ((3, 3), -9),
                         ((0, 3), 0)):
            case(op, f, leaf(*shape), args=[k])
        case(op, f, given([[nan, inf], [-inf, nan]]), args=[0], tag="NaN")
        case(op, f, longs([[1, 2], [3, 4]]), args=[0])

    def pad(a, pads, value):
        return F.pad(a, pads, value=value)

    for shape, pads in (((3,), [1, 2]), ((2, 3), [1, 0, 0, 2]), ((2, 3), [-1, 1]), ((2, 3), [0, -1, -1, 0]),
                        ((2, 2, 2), [1, 1, 0, 0, 1, 0]), ((0, 2), [1, 1, 2, 0])):
        case("pad", pad, leaf(*shape), args=[pads, 1.5])
    for classes in (-1, 3, 5):
        case("one_hot", F.one_hot, longs([[0, 2], [1, 1]]), args=[classes])
    case("one_hot", F.one_hot, longs(1), args=[2])


def picked():
    for shape, dim, i in (((4, 3), 0, [3, 0, 0]), ((4, 3), -1, [2]), ((2, 3, 2), 1, [1, 1, 0, 2]), ((4, 3), 0, []),
                          ((3,), 0, [2, 1])):
        index = longs(i) if i else const(0, dtype="long")
        case("index_select", lambda a, i, dim: torch.index_select(a, dim, i), leaf(*shape), index, args=[dim],
             tag=f"{shape} {dim} {i}")
        src = leaf(*(len(i) if d == dim % len(shape) else n for d, n in enumerate(shape)))
        for alpha in (1, -0.5):
            case("index_add", lambda a, i, s, dim, alpha: torch.index_add(a, dim, i, s, alpha=alpha),
                 leaf(*shape), index, src, args=[dim, alpha], tag=f"{shape} {dim} {i} {alpha}")
    places = [((3, 4), 0, [[0, 2, 1, 0]]), ((3, 4), 1, [[3, 0], [1, 2], [2, 0]]), ((5,), -1, [4, 0, 2])]
    doubled = [((3, 4), 0, [[0, 2, 1, 0], [0, 1, 1, 2]]), ((5,), 0, [1, 1, 1])]
    for shape, dim, i in places + doubled:
        index = longs(i)
        case("gather", lambda a, i, dim: torch.gather(a, dim, i), leaf(*shape), index, args=[dim], tag=f"{dim} of {i}")
        for op in ("scatter", "scatter_add", "scatter_", "scatter_add_"):
            if not (op.startswith("scatter_add")) and (shape, dim, i) in doubled:
                continue
            f = getattr(T, op)
            case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(*shape), index, leaf(*index.shape),
                 args=[dim], tag=f"{dim} of {i}")
            if not op.startswith("scatter_add"):
                case(op, lambda a, i, dim, v, f=f: f(a.clone(), dim, i, v), leaf(*shape), index, args=[dim, 1.5],
                     variant="scalar", tag=f"{dim} of {i}")
    for op in ("scatter", "scatter_"):
        f = getattr(T, op)
        case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(4), longs([1, 1, 0]), leaf(3), args=[0],
             tag="one place twice")
        case(op, lambda a, i, s, dim, f=f: f(a.clone(), dim, i, s), leaf(3), longs([1]), const(3), args=[0],
             tag="an index smaller than src")
    mask = [[True, False, True], [False, False, True]]
    for value in (0, -inf, 2.5):
        case("masked_fill", torch.masked_fill, leaf(2, 3), bools(mask), args=[value])
    case("masked_fill", torch.masked_fill, leaf(2, 3), bools([True, False, True]), args=[1])
    case("masked_fill", torch.masked_fill, given([nan, 1.0]), bools([True, False]), args=[0], tag="NaN")


def parsed(words, tensors):
    def one(w):
        if w == "...":
            return Ellipsis
        if w == "None":
            return None
        if w[0] == "@":
            return tensors[int(w[1:])]
        return slice(*[int(p) if p else None for p in w.split(":")]) if ":" in w else int(w)

    return tuple(one(w) for w in words)


def indexed():
    def index(*t_and_words):
        tensors = [t for t in t_and_words if isinstance(t, torch.Tensor)]
        return tensors[0][parsed(t_and_words[len(tensors):], tensors)]

    rows, cols, grid = longs([2, 0, 2]), longs([1, 1, 3]), longs([[0, 1], [2, 2]])
    mask, matrix_mask = bools([True, False, True]), bools([[True, False, True, True]] * 2 + [[False] * 4])
    for words in (["1"], ["-1"], ["1:3"], ["::2"], ["...", "0"], ["None"], [":", "None", "1"], ["1:", "...", ":-1"],
                  ["2", "3"], ["..."]):
        case("index", index, leaf(3, 4), args=words, variant="view")
    picks = [([rows], ["@1"]), ([rows], [":", "@1"]), ([rows, cols], ["@1", "@2"]), ([grid], ["@1"]),
             ([grid, rows], ["@1", ":"]), ([mask], ["@1"]), ([matrix_mask], ["@1"]), ([rows], ["@1", "None"]),
             ([rows], ["@1", "1:3"]), ([rows], ["@1", "2"]), ([longs([-1, -3])], ["@1"]),
             ([longs([[0], [1]]), cols], ["@1", "@2"]), ([mask, cols], ["@1", ":"]), ([longs(1)], ["@1"])]
    for k, (tensors, words) in enumerate(picks):
        case("index", index, leaf(3, 4), *tensors, args=words, tag=f"pick {k}: {' '.join(words)}")
    deep = [([rows, rows], ["@1", ":", "@2"]), ([rows], [":", "@1"]), ([rows, rows], ["...", "@1", "@2"]),
            ([rows], ["0", "...", "@1"]), ([rows, mask], [":", "@1", "0"])]
    for k, (tensors, words) in enumerate(deep):
        case("index", index, leaf(3, 3, 4), *tensors, args=words, tag=f"deep {k}: {' '.join(words)}")

    def put(a, value, *rest):
        tensors = [a, value] + [t for t in rest if isinstance(t, torch.Tensor)]
        words, out = rest[len(tensors) - 2:], a.clone()
        if words[0] == "true":
            out.index_put_(parsed(words[1:], tensors), value, True)
        else:
            out[parsed(words[1:], tensors)] = value
        return out

    for value, tensors, words in (
            (leaf(), [], ["1"]), (leaf(4), [], ["1"]), (leaf(2, 4), [], ["1:"]), (leaf(3), [], [":", "-1"]),
            (leaf(2, 2), [], ["::2", "1:3"]), (leaf(2, 4), [longs([2, 0])], ["@2"]), (leaf(4), [mask], ["@2"]),
            (leaf(6), [matrix_mask], ["@2"]), (leaf(), [matrix_mask], ["@2"]),
            (leaf(3, 2), [longs([3, 1])], [":", "@2"]), (leaf(2), [longs([2, 0]), longs([1, 3])], ["@2", "@3"])):
        case("index_put_", put, leaf(3, 4), value, *tensors, args=["false"] + words)
    for value, tensors, words in (
            (leaf(3, 4), [rows], ["@2"]), (leaf(4), [rows], ["@2"]), (leaf(2, 4), [mask], ["@2"]),
            (leaf(3), [longs([2, 0, 2]), longs([1, 1, 1])], ["@2", "@3"])):
        case("index_put_", put, leaf(3, 4), value, *tensors, args=["true"] + words)
    case("index_put_", put, leaf(3, 4), leaf(3, 4), rows, args=["false", "@2"], tag="one place twice")

    def put_number(a, *rest):
        tensors = [a] + [t for t in rest if isinstance(t, torch.Tensor)]
        words, out = rest[len(tensors) - 1:], a.clone()
        out[parsed(words[1:], tensors)] = words[0]
        return out

    case("index_put_", put_number, leaf(3, 4), args=[1.5, "1", "::2"], variant="scalar")
    case("index_put_", put_number, leaf(3, 4), rows, args=[-2, ":", "@1"], variant="scalar")
    case("index_put_", put_number, leaf(3, 4), matrix_mask, args=[0, "@1"], variant="scalar")


def add():
    for family in (views, conversions, copies, picked, indexed):
        family()
