#!/usr/bin/python3
"""Writes ops_golden.txt beside itself: what PyTorch computes for every operation of autograd/ops.h, in f64.

Made with PyTorch 1.13.1 (Debian's python3-torch); run it by hand. The format, line by line:

    case OP VARIANT | LABEL      begins a case. OP is the name in ops.h, VARIANT says which call of it ("-": the plain
                                 one, with tensors only), LABEL tells its cases apart.
    args WORD ...                what the call takes beside tensors: 3, 0x1.8p+0 (a float), [0,-1], true, none, mean
    leaf DTYPE SHAPE NUMBER ...  an input whose gradient is wanted; SHAPE is [2,3], the numbers in row-major order
    in DTYPE SHAPE NUMBER ...    an input without a gradient
    out DTYPE SHAPE NUMBER ...   an output, in order
    w NUMBER ...                 the cotangent of the output before it, of its shape: that output has a gradient
    grad NUMBER ...              the sum over the outputs of w^T d(out)/d(leaf); one line for each leaf, in order

DTYPE: real (the dtype the test runs in: f64, which these numbers are, or f32), or a fixed one: f32, f64, long, bool.
Numbers: hex floats (long, bool: integers), inf, -inf, nan. Inputs and cotangents are exact in f32.

The cases stand in golden/cases_*.py, their twins in C++ in golden/*.cpp.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "golden"))
sys.dont_write_bytecode = True

import cases_activation  # noqa: E402
import cases_arithmetic  # noqa: E402
import cases_attention  # noqa: E402
import cases_compare  # noqa: E402
import cases_concat  # noqa: E402
import cases_conv  # noqa: E402
import cases_copy  # noqa: E402
import cases_cross_entropy  # noqa: E402
import cases_distance  # noqa: E402
import cases_einsum  # noqa: E402
import cases_index  # noqa: E402
import cases_linalg  # noqa: E402
import cases_log  # noqa: E402
import cases_logic  # noqa: E402
import cases_loss  # noqa: E402
import cases_matmul  # noqa: E402
import cases_norm  # noqa: E402
import cases_pointwise  # noqa: E402
import cases_pool  # noqa: E402
import cases_rearrange  # noqa: E402
import cases_rnn  # noqa: E402
import cases_round  # noqa: E402
import cases_products  # noqa: E402
import cases_reduce  # noqa: E402
import cases_scan  # noqa: E402
import cases_slice  # noqa: E402
import cases_softmax  # noqa: E402
import cases_sort  # noqa: E402
import cases_special  # noqa: E402
import cases_statistics  # noqa: E402
import cases_take  # noqa: E402
import cases_ternary  # noqa: E402
import cases_trig  # noqa: E402
import cases_unique  # noqa: E402
import cases_view  # noqa: E402
import writer  # noqa: E402

# In the order of the file.
for cases in (
    cases_arithmetic.arithmetic, cases_compare.where, cases_pointwise.unary, cases_activation.activation,
    cases_pointwise.clamp, cases_compare.comparisons, cases_arithmetic.operators, cases_arithmetic.in_place,
    cases_reduce.sums, cases_reduce.extremes, cases_statistics.statistics, cases_products.products, cases_scan.scan,
    cases_matmul.matrices, cases_einsum.einsum, cases_view.views, cases_slice.slices, cases_copy.conversions,
    cases_concat.concat, cases_rearrange.rearrange, cases_take.one_hot, cases_take.picked, cases_index.indexed,
    cases_softmax.softmax, cases_loss.elementwise, cases_cross_entropy.classes,
    cases_trig.trig, cases_round.rounding, cases_log.logarithms, cases_special.special, cases_logic.logic,
    cases_ternary.ternary,
    cases_sort.sorting, cases_unique.counted, cases_distance.distances, cases_conv.conv,
    cases_pool.pool, cases_norm.norm, cases_rnn.rnn, cases_linalg.linear_algebra, cases_attention.attention,
):
    cases()
writer.write(pathlib.Path(__file__).with_suffix(".txt"))
