#!/usr/bin/env python3
"""Writes layers_golden.txt beside itself: what PyTorch (1.13) computes. Run it by hand.

Of each case a line for its inputs (name/in0 ...), its result (name/out) and the gradient of the sum of the result's
squares by each input (name/grad0 ...); of each draw a line with its numbers.
"""
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

lines = []


def put(name, tensor):
    lines.append(" ".join([name] + [repr(v) for v in tensor.detach().double().flatten().tolist()]))


def case(name, fn, *inputs):
    leaves = [x.clone().requires_grad_() for x in inputs]
    out = fn(*leaves)
    out.square().sum().backward()
    for i, x in enumerate(leaves):
        put(f"{name}/in{i}", x)
    put(f"{name}/out", out)
    for i, x in enumerate(leaves):
        put(f"{name}/grad{i}", x.grad)


def draw(*sizes, low=-3.0, high=3.0):
    return torch.empty(sizes, dtype=torch.float64).uniform_(low, high)


torch.manual_seed(3)

def hardsigmoid(x):
    """F.hardsigmoid, whose gradient in f64 has a sixth of f32."""
    return F.hardtanh(x + 3, 0, 6) / 6


# Activations.
x = draw(4, 6)
for name, fn in {
    "celu": F.celu,
    "celu_half": lambda x: F.celu(x, 0.5),
    "selu": F.selu,
    "glu": F.glu,
    "glu_0": lambda x: F.glu(x, 0),
    "mish": F.mish,
    "softsign": F.softsign,
    "hardshrink": F.hardshrink,
    "hardshrink_2": lambda x: F.hardshrink(x, 2),
    "softshrink": F.softshrink,
    "softshrink_2": lambda x: F.softshrink(x, 2),
    "tanhshrink": F.tanhshrink,
    "threshold": lambda x: F.threshold(x, 0.5, 7),
    "hardsigmoid": hardsigmoid,
    "hardswish": F.hardswish,
    "rrelu": F.rrelu,
    "softplus_threshold": lambda x: F.softplus(x, 2, 1.5),
}.items():
    case(name, fn, x)
case("hardswish_ends", F.hardswish, torch.tensor([-3.0, 3.0, 4.0, -4.0], dtype=torch.float64))
case("hardsigmoid_ends", hardsigmoid, torch.tensor([-3.0, 3.0, 4.0, -4.0], dtype=torch.float64))
case("prelu", F.prelu, draw(2, 3, 2), draw(1))
case("prelu_channels", F.prelu, draw(2, 3, 2), draw(3))
case("softmax2d", nn.Softmax2d(), draw(2, 3, 2, 2))

# Losses: x and y by twos, then what is told apart by a target that is no leaf.
p, q = draw(3, 4), draw(3, 4)
probabilities, other = draw(3, 4).softmax(1), draw(3, 4).log_softmax(1)
counts = torch.tensor([[0.0, 1, 2, 3], [1, 0, 5, 2], [3, 1, 0, 4]], dtype=torch.float64)
signs = torch.tensor([[1.0, -1, 1, 1], [-1, -1, 1, -1], [1, 1, -1, 1]], dtype=torch.float64)
bits = (signs + 1) / 2
weight = torch.tensor([1.0, 2.0, 0.5, 1.5], dtype=torch.float64)
labels = torch.tensor([[3, 0, -1, 1], [1, 1, 2, -1], [-1, 0, 1, 2]])
classes = torch.tensor([2, 0, 3])
rows = torch.tensor([1.0, -1, 1], dtype=torch.float64)
for r in ["mean", "sum", "none"]:
    case(f"huber_{r}", lambda x, y: F.huber_loss(x, y, reduction=r, delta=0.8), p, q)
    case(f"kl_div_{r}", lambda x, y: F.kl_div(x, y, reduction=r), other, probabilities)
    case(f"kl_div_log_{r}", lambda x, y: F.kl_div(x, y, reduction=r, log_target=True), other, probabilities.log())
    case(f"poisson_nll_{r}", lambda x: F.poisson_nll_loss(x, counts, reduction=r), p)
    case(f"poisson_nll_full_{r}",
         lambda x: F.poisson_nll_loss(x, counts, log_input=False, full=True, eps=0.1, reduction=r), p.exp())
    case(f"gaussian_nll_{r}", lambda x, y, v: F.gaussian_nll_loss(x, y, v, full=True, eps=0.5, reduction=r), p, q,
         draw(3, 4, low=0.2, high=2))
    case(f"gaussian_nll_rows_{r}", lambda x, y, v: F.gaussian_nll_loss(x, y, v, reduction=r), p, q,
         draw(3, low=0.2, high=2))
    case(f"hinge_embedding_{r}", lambda x: F.hinge_embedding_loss(x, signs, 0.7, reduction=r), p)
    case(f"cosine_embedding_{r}", lambda x, y: F.cosine_embedding_loss(x, y, rows, -0.9, reduction=r), p, q)
    case(f"margin_ranking_{r}", lambda x, y: F.margin_ranking_loss(x, y, signs, 0.3, reduction=r), p, q)
    case(f"triplet_margin_{r}", lambda a, b, c: F.triplet_margin_loss(a, b, c, 2.5, 3, 0.1, True, reduction=r), p, q,
         draw(3, 4))
    case(f"triplet_margin_plain_{r}", lambda a, b, c: F.triplet_margin_loss(a, b, c, 4, reduction=r), p, q, draw(3, 4))
    case(f"triplet_margin_with_distance_{r}",
         lambda a, b, c: F.triplet_margin_with_distance_loss(
             a, b, c, distance_function=lambda u, v: (u - v).square().sum(-1), margin=9, swap=True, reduction=r),
         p, q, draw(3, 4))
    case(f"multilabel_soft_margin_{r}", lambda x: F.multilabel_soft_margin_loss(x, bits, weight, reduction=r), p)
    case(f"multilabel_margin_{r}", lambda x: F.multilabel_margin_loss(x, labels, reduction=r), p)
    case(f"multi_margin_{r}", lambda x: F.multi_margin_loss(x, classes, reduction=r), p)
    case(f"multi_margin_2_{r}", lambda x: F.multi_margin_loss(x, classes, 2, 0.7, weight, reduction=r), p)
    case(f"soft_margin_{r}", lambda x: F.soft_margin_loss(x, signs, reduction=r), p)
case("kl_div_batchmean", lambda x, y: F.kl_div(x, y, reduction="batchmean"), other, probabilities)
case("multilabel_margin_vector", lambda x: F.multilabel_margin_loss(x, labels[0]), p[0])
case("multi_margin_vector", lambda x: F.multi_margin_loss(x, classes[:1]), p[0])
case("cosine_embedding_vector", lambda x, y: F.cosine_embedding_loss(x, y, rows[0]), p[0], q[0])

# Embeddings: what the weight gets.
table = draw(5, 3)
ids = torch.tensor([[1, 4, 1], [0, 2, 1]])
case("embedding", lambda w: F.embedding(ids, w), table)
case("embedding_padding", lambda w: F.embedding(ids, w, padding_idx=1), table)
case("embedding_freq", lambda w: F.embedding(ids, w, scale_grad_by_freq=True), table)
bag, offsets = torch.tensor([1, 4, 1, 0, 2, 1, 3]), torch.tensor([0, 3, 3, 5])
for mode in ["sum", "mean", "max"]:
    case(f"bag_{mode}", lambda w: F.embedding_bag(bag, w, offsets, mode=mode), table)
    case(f"bag_matrix_{mode}", lambda w: F.embedding_bag(ids, w, mode=mode), table)
    case(f"bag_padding_{mode}", lambda w: F.embedding_bag(bag, w, offsets, mode=mode, padding_idx=1), table)
    case(f"bag_last_{mode}", lambda w: F.embedding_bag(bag, w, torch.tensor([0, 3, 7]), mode=mode,
                                                       include_last_offset=True), table)
case("bag_weights", lambda w, s: F.embedding_bag(bag, w, offsets, mode="sum", per_sample_weights=s), table, draw(7))
long = table.clone()
F.embedding(ids, long, max_norm=1.5, norm_type=1.0)
put("embedding_max_norm/in0", table)
put("embedding_max_norm/out", long)

# Padding.
one, two, three = draw(2, 2, 4), draw(1, 2, 3, 4), draw(1, 1, 3, 4, 3)
for mode in ["reflect", "replicate", "circular"]:
    case(f"pad_{mode}_1", lambda x: F.pad(x, (2, 1), mode=mode), one)
    case(f"pad_{mode}_2", lambda x: F.pad(x, (3, 1, 0, 2), mode=mode), two)
    case(f"pad_{mode}_3", lambda x: F.pad(x, (1, 2, 3, 0, 2, 1), mode=mode), three)
    case(f"pad_{mode}_cut", lambda x: F.pad(x, (-1, 2), mode=mode), one)
case("pad_replicate_far", lambda x: F.pad(x, (6, 5), mode="replicate"), one)
case("pad_reflect_unbatched", lambda x: F.pad(x, (2, 1), mode="reflect"), one[0])
case("pad_constant_1", lambda x: F.pad(x, (1, -2), value=2.5), one)
case("pad_constant_2", lambda x: F.pad(x, (1, 2, -1, 3), value=-1), two)
case("pad_constant_3", lambda x: F.pad(x, (1, 0, 1, 1, 0, 2), value=0.5), three)
case("pad_zero_2", nn.ZeroPad2d((1, 0, 2, 1)), two)

# Shapes.
image = draw(1, 2, 4, 5)
case("unfold", lambda x: F.unfold(x, (2, 3)), image)
case("unfold_far", lambda x: F.unfold(x, (2, 3), dilation=(2, 1), padding=(1, 2), stride=(2, 1)), image)
case("fold", lambda x: F.fold(x, (4, 5), (2, 2)), draw(1, 4, 12))
case("fold_far", lambda x: F.fold(x, (3, 4), (2, 3), dilation=(2, 1), padding=(1, 2), stride=(2, 1)), draw(1, 6, 12))
case("fold_unbatched", lambda x: F.fold(x, (3, 3), (2, 2)), draw(4, 4))
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), draw(1, 8, 2, 2))
case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 3), draw(1, 3, 6))
case("bilinear", F.bilinear, draw(2, 2, 3), draw(2, 2, 2), draw(4, 3, 2), draw(4))
line, volume = draw(2, 2, 5), draw(1, 1, 3, 4, 2)
for mode in ["nearest", "nearest-exact", "area"]:
    name = mode.replace("-", "_")
    case(f"{name}_1", lambda x: F.interpolate(x, 8, mode=mode), line)
    case(f"{name}_2", lambda x: F.interpolate(x, (7, 3), mode=mode), image)
    case(f"{name}_3", lambda x: F.interpolate(x, (5, 2, 4), mode=mode), volume)
    case(f"{name}_factor", lambda x: F.interpolate(x, scale_factor=(1.7, 0.6), mode=mode), image)
for mode, x, size, factor in [("linear", line, (8,), (1.7,)), ("bilinear", image, (7, 3), (1.7, 0.6)),
                              ("trilinear", volume, (5, 2, 4), (1.5, 0.6, 2.0))]:
    for corners in [False, True]:
        name = f"up_{mode}{'_corners' if corners else ''}"
        case(name, lambda x: F.interpolate(x, size, mode=mode, align_corners=corners), x)
        case(f"{name}_factor", lambda x: F.interpolate(x, scale_factor=factor, mode=mode, align_corners=corners), x)
        case(f"{name}_again", lambda x: F.interpolate(x, scale_factor=factor, mode=mode, align_corners=corners,
                                                      recompute_scale_factor=True), x)
case("upsample_twice", lambda x: F.interpolate(x, scale_factor=(2, 1.5)), image)
case("upsample_size", lambda x: F.interpolate(x, (4, 5), mode="bilinear", align_corners=True), image)

# What is drawn.
source = torch.arange(1.0, 25).view(2, 3, 4)
wide = torch.arange(1.0, 49).view(2, 3, 2, 2, 2)


def drawn(name, fn):
    torch.manual_seed(5)
    with torch.no_grad():
        put(name, fn())


drawn("draw_dropout", lambda: F.dropout(source, 0.3))
drawn("draw_dropout_all", lambda: F.dropout(source, 1.0))
drawn("draw_dropout_f64", lambda: F.dropout(source.double(), 0.7))
drawn("draw_dropout1d", lambda: F.dropout1d(source, 0.5))
drawn("draw_dropout2d", lambda: F.dropout2d(wide[0], 0.5))
drawn("draw_dropout2d_batch", lambda: F.dropout2d(wide[:, :, 0], 0.5))
drawn("draw_dropout3d", lambda: F.dropout3d(wide, 0.4))
drawn("draw_alpha", lambda: F.alpha_dropout(source, 0.3, training=True))
drawn("draw_feature_alpha", lambda: F.feature_alpha_dropout(source, 0.3, training=True))
drawn("draw_rrelu", lambda: F.rrelu(source - 12, 0.1, 0.4, training=True))
drawn("draw_embedding", lambda: nn.Embedding(5, 4, padding_idx=2).weight)
drawn("draw_bag", lambda: nn.EmbeddingBag(3, 4).weight)
drawn("draw_bilinear", lambda: torch.cat([p.flatten() for p in nn.Bilinear(3, 2, 4).parameters()]))
drawn("draw_orthogonal_tall", lambda: nn.init.orthogonal_(torch.empty(6, 2, 2, dtype=torch.float64)))
drawn("draw_orthogonal_wide", lambda: nn.init.orthogonal_(torch.empty(3, 5, dtype=torch.float64), 1.5))
drawn("draw_orthogonal_f32", lambda: nn.init.orthogonal_(torch.empty(4, 4)))
drawn("draw_sparse", lambda: nn.init.sparse_(torch.empty(5, 4), 0.3, 2.0))
drawn("draw_trunc_normal", lambda: nn.init.trunc_normal_(torch.empty(20), 1.0, 2.0, -1.0, 2.5))
drawn("draw_dirac", lambda: nn.init.dirac_(torch.empty(3, 2, 3, 4)))
drawn("draw_eye", lambda: nn.init.eye_(torch.empty(3, 2)))

# Sampling: pools back and forth, grids, another norm, CTC. What came later stands at the end: numbers before it stay.
torch.manual_seed(11)


def kept(fn, *inputs):
    """The places of a max pool of these draws, as integers."""
    return fn(*inputs, return_indices=True)[1]


line, image, volume = draw(1, 2, 6), draw(2, 2, 5, 7), draw(1, 1, 4, 4, 2)
case("unpool_1", lambda x: F.max_unpool1d(x, kept(F.max_pool1d, line, 2), 2), draw(1, 2, 3))
put("unpool_1/places", kept(F.max_pool1d, line, 2))
put("unpool_2/places", kept(F.max_pool2d, image, (2, 3)))
put("unpool_3/places", kept(F.max_pool3d, volume, 2))
case("unpool_2", lambda x: F.max_unpool2d(x, kept(F.max_pool2d, image, (2, 3)), (2, 3), (2, 3), 0, (5, 7)),
     draw(2, 2, 2, 2))
case("unpool_3", lambda x: F.max_unpool3d(x, kept(F.max_pool3d, volume, 2), 2), draw(1, 1, 2, 2, 1))
case("lp_pool_1", lambda x: F.lp_pool1d(x, 3, 2), draw(1, 2, 7, low=0.5))
case("lp_pool_2", lambda x: F.lp_pool2d(x, 2, (3, 2), (2, 1), True), draw(2, 1, 6, 3, low=0.5))
case("lrn", lambda x: F.local_response_norm(x, 3), draw(2, 5, 2, 2))
case("lrn_even", lambda x: F.local_response_norm(x, 2, 0.3, 0.5, 2.0), draw(1, 4, 3))
samples = torch.tensor([[[0.1, 0.7], [0.9, 0.35]]], dtype=torch.float64)
samples3 = torch.tensor([[[0.1, 0.7, 0.4], [0.9, 0.35, 0.6]]], dtype=torch.float64)
case("fractional_2", lambda x: F.fractional_max_pool2d(x, (2, 3), (3, 2), _random_samples=samples), draw(1, 2, 7, 6))
case("fractional_ratio", lambda x: F.fractional_max_pool2d(x, 2, output_ratio=(0.6, 0.5), _random_samples=samples),
     draw(1, 2, 5, 6))
case("fractional_3", lambda x: F.fractional_max_pool3d(x, 2, (2, 3, 2), _random_samples=samples3),
     draw(1, 2, 4, 5, 5))
picture, grid = draw(2, 2, 4, 5), draw(2, 3, 2, 2, low=-1.4, high=1.4)
body, places = draw(1, 2, 3, 4, 2), draw(1, 2, 2, 3, 3, low=-1.4, high=1.4)
for mode in ["bilinear", "nearest", "bicubic"]:
    for padding in ["zeros", "border", "reflection"]:
        for corners in [False, True]:
            name = f"grid_{mode}_{padding}" + ("_corners" if corners else "")
            case(name, lambda x, g: F.grid_sample(x, g, mode, padding, corners), picture, grid)
            if mode != "bicubic":
                case(name + "_3", lambda x, g: F.grid_sample(x, g, mode, padding, corners), body, places)
for corners in [False, True]:
    end = "_corners" if corners else ""
    case("affine_2" + end, lambda t: F.affine_grid(t, (2, 1, 3, 4), corners), draw(2, 2, 3))
    case("affine_3" + end, lambda t: F.affine_grid(t, (1, 1, 3, 1, 2), corners), draw(1, 3, 4))
    case("cubic_size" + end, lambda x: F.interpolate(x, (7, 3), mode="bicubic", align_corners=corners), draw(1, 2, 4, 5))
    case("cubic_factor" + end, lambda x: F.interpolate(x, scale_factor=(1.7, 0.6), mode="bicubic", align_corners=corners),
         draw(1, 2, 4, 5))
said = draw(6, 3, 5)
words, steps, counts = torch.tensor([[1, 2, 2], [3, 1, 4], [4, 0, 0]]), torch.tensor([6, 4, 5]), torch.tensor([3, 2, 1])
for r in ["mean", "sum", "none"]:
    case(f"ctc_{r}", lambda x: F.ctc_loss(x.log_softmax(2), words, steps, counts, reduction=r), said)
case("ctc_flat", lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([1, 2, 2, 3, 1, 4]), steps, counts), said)
case("ctc_blank", lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([[0, 1], [2, 2]]), torch.tensor([6, 5]),
                                       torch.tensor([2, 2]), blank=3), draw(6, 2, 4))
case("ctc_none_said", lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([[0, 1], [2, 2]]), torch.tensor([6, 5]),
                                           torch.tensor([0, 2]), blank=3, reduction="sum"), draw(6, 2, 4))
case("ctc_infinite", lambda x: F.ctc_loss(x.log_softmax(2), torch.tensor([[1, 2, 3], [2, 2, 1]]), torch.tensor([2, 5]),
                                          torch.tensor([3, 2]), reduction="sum", zero_infinity=True), draw(6, 2, 4))
case("ctc_one", lambda x: F.ctc_loss(x.log_softmax(1), torch.tensor([1, 2]), torch.tensor(5), torch.tensor(2)), draw(5, 3))


# What drops elements, and the gradient of what it leaves; a norm, pools and draws that came later.
def seeded(fn):
    """fn after manual_seed(5); the draws of this file go on as if it had not been called."""
    def run(x):
        with torch.random.fork_rng():
            torch.manual_seed(5)
            return fn(x)
    return run


case("dropout", seeded(lambda x: F.dropout(x, 0.3)), draw(2, 3, 4))
case("dropout_1", seeded(lambda x: F.dropout1d(x, 0.5)), draw(2, 3, 4))
case("dropout_2", seeded(lambda x: F.dropout2d(x, 0.5)), draw(2, 3, 2, 2))
case("dropout_3", seeded(lambda x: F.dropout3d(x, 0.4)), draw(2, 3, 2, 1, 2))
case("dropout_alpha", seeded(lambda x: F.alpha_dropout(x, 0.3, training=True)), draw(2, 3, 4))
case("dropout_feature_alpha", seeded(lambda x: F.feature_alpha_dropout(x, 0.3, training=True)), draw(2, 3, 4))
case("gumbel", seeded(lambda x: F.gumbel_softmax(x, 0.7)), draw(3, 4))
case("gumbel_hard", seeded(lambda x: F.gumbel_softmax(x, 0.7, True, dim=0)), draw(3, 4))
case("instance_norm_3", lambda x, w, b: F.instance_norm(x, weight=w, bias=b).sin(), draw(2, 2, 2, 3, 2), draw(2), draw(2))
case("avg_pool_2", lambda x: F.avg_pool2d(x, (2, 3), 2, 1, True, False), draw(1, 2, 5, 6))
case("avg_pool_divisor", lambda x: F.avg_pool2d(x, 2, divisor_override=3), draw(1, 2, 5, 6))
case("adaptive_max_1", lambda x: F.adaptive_max_pool1d(x, 3), draw(2, 2, 7))
with torch.random.fork_rng():
    torch.manual_seed(5)
    asm = nn.AdaptiveLogSoftmaxWithLoss(6, 10, [4, 8], 2.0).double()
case("asm", lambda x: asm(x, torch.tensor([3, 9, 0, 4, 9])).output, draw(5, 6))
case("asm_log_prob", asm.log_prob, draw(5, 6))
drawn("draw_adaptive_log_softmax",
      lambda: torch.cat([p.flatten() for p in nn.AdaptiveLogSoftmaxWithLoss(6, 10, [4, 8], 2.0, True).parameters()]))

pathlib.Path(__file__).with_name("layers_golden.txt").write_text("\n".join(lines) + "\n")
