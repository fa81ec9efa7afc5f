"""scaled_dot_product_attention."""
import torch

from writer import bools, case, leaf


def attention():
    def call(q, k, v, mask=None, causal=False):
        return torch.nn.functional._scaled_dot_product_attention(q, k, v, mask, 0.0, False, causal)[0]

    for batch, queries, keys, d, e in (((2,), 3, 4, 2, 3), ((), 1, 2, 1, 1), ((2, 1), 2, 5, 4, 2), ((3,), 4, 4, 3, 3)):
        inputs = [leaf(*batch, queries, d, low=-1, high=1), leaf(*batch, keys, d, low=-1, high=1), leaf(*batch, keys, e)]
        case("scaled_dot_product_attention", call, *inputs)
        case("scaled_dot_product_attention", lambda q, k, v: call(q, k, v, None, True), *inputs, variant="causal")
        seen = [[(i * keys + j) % 3 != 1 for j in range(keys)] for i in range(queries)]
        case("scaled_dot_product_attention", call, *inputs, bools(seen), variant="mask")
