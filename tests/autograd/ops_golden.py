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

import cases_elementwise  # noqa: E402
import cases_loss  # noqa: E402
import cases_reduce  # noqa: E402
import cases_shape  # noqa: E402
import writer  # noqa: E402

for family in (cases_elementwise, cases_reduce, cases_shape, cases_loss):
    family.add()
writer.write(pathlib.Path(__file__).with_suffix(".txt"))
