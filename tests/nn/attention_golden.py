#!/usr/bin/env python3
"""Writes attention_golden.txt beside itself: outputs, weights and gradients of attention and transformer layers, in f64,
by PyTorch 1.13. Run it by hand.

Each line: a name, the numbers. NAME/out are the outputs, one after the other; NAME/grad the gradients of their
sum, weighted with a wave, by the inputs; NAME/state the sums of the squares of all parameters' gradients, in the order of their
names.
"""
import pathlib

import torch
from torch import nn

lines = []


def wave(sizes, step):
    n = 1
    for size in sizes:
        n *= size
    return torch.sin(torch.arange(n, dtype=torch.float64) * step).reshape(sizes)


def write(name, tensors):
    lines.append(" ".join([name] + [repr(v) for t in tensors for v in t.detach().flatten().tolist()]))


def run(name, make, sizes, call):
    torch.manual_seed(0)
    layer = make().double()
    x = [wave(s, 0.37 + 0.1 * i).requires_grad_() for i, s in enumerate(sizes)]
    out = call(layer, *x)
    out = [t for t in (out if isinstance(out, tuple) else (out,)) if t is not None]
    write(name + "/out", out)
    sum((t * wave(t.shape, 0.21)).sum() for t in out).backward()
    write(name + "/grad", [t.grad for t in x])
    grads = dict((k, p.grad) for k, p in layer.named_parameters())
    write(name + "/state", [grads[k].square().sum() for k in sorted(grads)])


def mha(**options):
    return lambda: nn.MultiheadAttention(4, 2, **options)


causal = torch.triu(torch.full((3, 3), float("-inf"), dtype=torch.float64), 1)
padding = torch.tensor([[False, False, True], [False, True, True]])
qkv = [(3, 2, 4), (3, 2, 4), (3, 2, 4)]

run("self", mha(), [(3, 2, 4)], lambda m, x: m(x, x, x))
run("cross", mha(), [(2, 2, 4), (3, 2, 4), (3, 2, 4)], lambda m, q, k, v: m(q, k, v))
run("causal", mha(), [(3, 2, 4)], lambda m, x: m(x, x, x, attn_mask=causal, average_attn_weights=False))
run("causal_bool", mha(), [(3, 2, 4)], lambda m, x: m(x, x, x, attn_mask=causal < 0))
run("padding", mha(), qkv, lambda m, q, k, v: m(q, k, v, key_padding_mask=padding))
run("both", mha(bias=False), qkv, lambda m, q, k, v: m(q, k, v, key_padding_mask=padding, attn_mask=wave((4, 3, 3), 0.7)))
run("sizes", mha(kdim=3, vdim=5), [(2, 2, 4), (3, 2, 3), (3, 2, 5)], lambda m, q, k, v: m(q, k, v))
run(
    "bias_kv",
    mha(add_bias_kv=True, add_zero_attn=True),
    qkv,
    lambda m, q, k, v: m(q, k, v, key_padding_mask=padding, attn_mask=causal, need_weights=False),
)
run("encoder_layer", lambda: nn.TransformerEncoderLayer(4, 2, 8, 0.0, "gelu"), [(3, 2, 4)], lambda m, x: m(x, causal, padding))
run(
    "decoder_layer",
    lambda: nn.TransformerDecoderLayer(4, 2, 8, 0.0, torch.tanh),
    [(3, 2, 4), (3, 2, 4)],
    lambda m, x, y: m(x, y, causal, None, None, padding),
)
run(
    "transformer",
    lambda: nn.Transformer(4, 2, 2, 2, 8, 0.0),
    [(3, 2, 4), (3, 2, 4)],
    lambda m, x, y: m(x, y, None, causal, None, padding, None, padding),
)

pathlib.Path(__file__).with_name("attention_golden.txt").write_text("\n".join(lines) + "\n")
