#!/usr/bin/env python3
"""Writes linalg_golden.txt beside itself: matrices and what numpy.linalg (NumPy 1.24, LAPACK) makes of them, in f64.
Run it by hand.

Each line: function and matrix, then numbers, row by row. "a", "b" and "cond" are the matrix itself, the right hand side
of a x = b (two columns), and the condition number.
"""
import pathlib

import numpy as np

i = np.arange(1, 6)
hilbert = 1.0 / (i[:, None] + i - 1)
general = np.array([[3, 1, -0.5, 0.25], [-1, 2.5, 1, 0], [0.5, -0.75, 4, 1], [1, 0.5, -1, 2]])
definite = np.array([[4, 1, -0.5, 0.25], [1, 3, 0.75, -1], [-0.5, 0.75, 5, 0.5], [0.25, -1, 0.5, 2]])
tall = np.array([[2, -1, 0.5], [0.25, 3, 1], [-1, 0.5, 2.5], [1, 1.5, -0.75], [0.5, -2, 1]])
matrices = {"general": general, "definite": definite, "tall": tall, "hilbert": hilbert}

L = np.linalg
# The function's results, one after the other.
functions = {
    "cholesky": lambda a, b: [L.cholesky(a)],
    "solve": lambda a, b: [L.solve(a, b)],
    "inv": lambda a, b: [L.inv(a)],
    "det": lambda a, b: [L.det(a)],
    "slogdet": lambda a, b: L.slogdet(a),
    "q": lambda a, b: [L.qr(a)[0]],
    "r": lambda a, b: [L.qr(a)[1]],
    "eigenvalues": lambda a, b: [L.eigh(a)[0]],
    "eigenvectors": lambda a, b: [L.eigh(a)[1]],
    "svdvals": lambda a, b: [L.svd(a, compute_uv=False)],
    "lstsq": lambda a, b: [L.lstsq(a, b, rcond=None)[0]],
    "residuals": lambda a, b: [L.lstsq(a, b, rcond=None)[1]],
    "rank": lambda a, b: [L.lstsq(a, b, rcond=None)[2]],
    "norms": lambda a, b: [L.norm(a, k) for k in ("fro", "nuc", 2, 1, np.inf)],
    "norm_-2": lambda a, b: [L.norm(a, -2)],
}
of = {
    "cholesky": ["definite"],
    "solve": ["general", "definite"],
    "eigenvalues": ["definite"],
    "eigenvectors": ["definite"],
    "q": ["tall"],
    "r": ["tall"],
    "svdvals": ["tall"],
    "lstsq": ["tall"],
    "residuals": ["tall"],
    "rank": ["tall"],
}

lines = []


def line(name, arrays):
    numbers = [float(v) for x in arrays for v in np.ravel(x)]
    if numbers:  # a square matrix leaves no residuals
        lines.append(" ".join([name] + [repr(v) for v in numbers]))


sides = {}
for name, a in matrices.items():
    rows = np.arange(a.shape[0])
    sides[name] = np.stack([1 - rows / 4, (rows % 3) + 0.5], 1)
    line(f"a_{name}", [a])
    line(f"b_{name}", [sides[name]])
    line(f"cond_{name}", [L.cond(a)])
for function, make in functions.items():
    for name in of.get(function, ["general"]) + ["hilbert"]:
        line(f"{function}_{name}", make(matrices[name], sides[name]))

pathlib.Path(__file__).with_name("linalg_golden.txt").write_text("\n".join(lines) + "\n")
