"""Activations with arguments."""
import math

import torch
from torch.nn import functional as F

from writer import EDGES, case, function, given, leaf

inf, nan = math.inf, math.nan


def activation():
    function("log_sigmoid", F.logsigmoid, whole=False)
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
