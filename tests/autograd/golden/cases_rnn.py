"""lstm, gru, rnn_tanh, rnn_relu and their cells."""
import torch

from writer import case, leaf, longs

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def small(*shape):
    return leaf(*shape, low=-1, high=1)


def rnn():
    for op, gates in GATES.items():
        states = 2 if op == "lstm" else 1

        def call(*given, op=op, states=states):
            x, *rest = given
            layers, both, first = rest[-3:]
            hx, params = rest[:states], rest[states:-3]
            return getattr(torch, op)(x, hx if states == 2 else hx[0], params, True, layers, 0.0, True, both, first)

        def params(h, n_in, layers, both):
            out = []
            for layer in range(layers):
                for _ in range(1 + both):
                    wide = n_in if layer == 0 else h * (1 + both)
                    out += [small(gates * h, wide), small(gates * h, h), small(gates * h), small(gates * h)]
            return out

        for steps, n, n_in, h, layers, both, first in ((3, 2, 3, 2, 1, False, False), (2, 1, 2, 2, 2, True, False),
                                                       (2, 2, 2, 3, 1, False, True)):
            x = small(n, steps, n_in) if first else small(steps, n, n_in)
            hx = [small(layers * (1 + both), n, h) for _ in range(states)]
            case(op, call, x, *hx, *params(h, n_in, layers, both), args=[layers, both, first])

        def cell(x, *rest, op=op, states=states):
            hx = rest[:states]
            return getattr(torch, op + "_cell")(x, hx if states == 2 else hx[0], *rest[states:])

        case(op + "_cell", cell, small(2, 3), *[small(2, 2) for _ in range(states)], *params(2, 3, 1, False))

    # With projections: h of p numbers, and a weight more of each layer and direction.
    def projected(x, h, c, *rest):
        *params, layers, both, first = rest
        return torch.lstm(x, (h, c), params, len(params) == 5 * layers * (1 + both), layers, 0.0, True, both, first)

    def packed(x, sizes, h, c, *rest):
        *params, layers, both = rest
        return torch.lstm(x, sizes, (h, c), params, True, layers, 0.0, True, both)

    def with_projections(h, p, n_in, layers, both, biases=True):
        out = []
        for layer in range(layers):
            for _ in range(1 + both):
                out += [small(4 * h, p * (1 + both) if layer else n_in), small(4 * h, p)]
                out += [small(4 * h), small(4 * h)] if biases else []
                out += [small(p, h)]
        return out

    for steps, n, n_in, h, p, layers, both, first, biases in (
            (3, 2, 3, 3, 2, 1, False, False, True), (2, 1, 2, 3, 1, 2, True, False, True),
            (3, 2, 2, 4, 3, 2, False, True, False)):
        x = small(n, steps, n_in) if first else small(steps, n, n_in)
        states = [small(layers * (1 + both), n, k) for k in (p, h)]
        case("lstm", projected, x, *states, *with_projections(h, p, n_in, layers, both, biases),
             args=[layers, both, first], variant="projected")
    states = [small(2, 3, k) for k in (2, 4)]
    case("lstm", packed, small(6, 2), longs([3, 2, 1]), *states, *with_projections(4, 2, 2, 1, True), args=[1, True],
         variant="packed")
