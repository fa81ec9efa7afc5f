"""t[...] and t[...] = value."""
import torch

from writer import bools, case, leaf, longs


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
