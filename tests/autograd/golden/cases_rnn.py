"""lstm, gru, rnn_tanh, rnn_relu and their cells."""
import torch

from writer import case, leaf

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
