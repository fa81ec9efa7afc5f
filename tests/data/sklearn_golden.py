#!/usr/bin/env python3
"""Writes sklearn_golden.h, the numbers of scikit-learn 1.2.1 (NumPy 1.24) that the tests compare with.

Arrays too long to read stand as the FNV-1a hash of their bytes (f64 or int64, little-endian, row-major).
"""
from pathlib import Path

import numpy as np
from sklearn.datasets import make_regression
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler

# n_samples, n_features, n_informative, n_targets, bias, noise, shuffle, random_state
REGRESSIONS = [
    (100, 1, 10, 1, 0.0, 5.0, True, 2),
    (100, 1, 10, 1, 0.0, 0.0, True, 0),
    (3, 1, 1, 1, 1.5, 0.0, False, 42),
    (101, 1, 10, 2, -3.25, 20.0, True, 7),
    (1000, 1, 10, 1, 0.5, 1.0, False, 2**32 - 1),
    (64, 7, 1, 1, 0.0, 2.0, True, 12345),
    (50, 4, 0, 2, 1.0, 0.5, True, 5),
    (200, 12, 10, 1, 0.0, 5.0, True, 1),
    (33, 5, 3, 3, -1.0, 0.1, True, 99),
    (40, 30, 40, 2, 2.0, 0.0, False, 3),
]
# rows, test_size, random_state
SPLITS = [(100, 0.2, 0), (10, 0.25, 42), (7, 3, 1), (442, 0.2, 0), (5, 0.5, 2**32 - 1), (2, 0.01, 9), (3000, 0.333, 123)]
# labels (how many of 0, 1, 2 ..., then shuffled), test_size, random_state
STRATIFIED = [([50, 50], 0.25, 0), ([3, 3, 3, 3], 5, 1), ([10, 5, 2], 0.3, 2), ([7, 7, 7], 0.5, 42), ([90, 9, 2], 0.1, 3),
              ([2, 2], 2, 2**32 - 1), ([11, 13, 17, 19, 23], 0.333, 7), ([40, 30, 30], 10, 5)]
# folds, random_state (None: no shuffle); of the rows with these labels
FOLDS = [(3, None), (13, None), (3, 0), (2, 42), (5, 7)]
LABELS = [5, 1, 1, 0, 5, 5, 1, 0, 0, 0, 5, 1, 1]
SCALED = [[1.0, 0.1, 1e8], [2.0, 0.1, 1e8 + 1], [4.0, 0.1, 1e8 + 2], [8.0, 0.1, 1e8 + 4], [-3.0, 0.1, 1e8 - 3]]


def number(value):
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    return float(value).hex() if isinstance(value, (float, np.floating)) else str(value)


def row(values):
    return "{" + ", ".join(number(value) for value in values) + "}"


def fnv(array):
    value = 0xCBF29CE484222325
    for byte in np.ascontiguousarray(array).tobytes():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:#x}u"


def regression(case):
    n, features, informative, targets, bias, noise, shuffle, seed = case
    x, y, coef = make_regression(n, features, n_informative=informative, n_targets=targets, bias=bias, noise=noise,
                                 shuffle=shuffle, random_state=seed, coef=True)
    y = y.reshape(n, targets)
    exact = min(features, informative) <= 1  # otherwise the matrix product adds in an order of its own
    return "    {{" + row(case)[1:-1] + f"}}, {fnv(x)}, {fnv(coef)}, {fnv(y) if exact else '0u'}, {row(y.ravel()[:3])}}},"


def split(case):
    n, size, seed = case
    train, test = train_test_split(np.arange(n), test_size=size, random_state=seed)
    is_rows = isinstance(size, int)
    fields = [str(n), number(float(size)), number(is_rows), str(seed), str(len(test)), fnv(train), fnv(test)]
    return "    {" + ", ".join(fields) + f", {row(test[:5].tolist())}}},"


def stratified(case):
    counts, size, seed = case
    labels = np.random.RandomState(sum(counts)).permutation(np.repeat(np.arange(len(counts)), counts))
    train, test = train_test_split(np.arange(len(labels)), test_size=size, random_state=seed, stratify=labels)
    fields = [row(labels.tolist()), number(float(size)), number(isinstance(size, int)), str(seed), fnv(train), fnv(test)]
    return "    {" + ", ".join(fields) + f", {row(test[:5].tolist())}}},"


def folds(case):
    k, seed = case
    rows = []
    for kind in (KFold, StratifiedKFold):
        if k > 5 and kind is StratifiedKFold:
            rows.append([])
            continue
        fold_of = np.zeros(len(LABELS), int)
        for fold, (_, test) in enumerate(kind(k, shuffle=seed is not None, random_state=seed).split(LABELS, LABELS)):
            fold_of[test] = fold
        rows.append(fold_of.tolist())
    return f"    {{{k}, {-1 if seed is None else seed}, {row(rows[0])}, {row(rows[1])}}},"


def main():
    scaler = StandardScaler().fit(SCALED)
    lines = [
        "// Written by sklearn_golden.py: do not edit.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <vector>",
        "",
        "namespace sklearn_golden {",
        "",
        "struct Regression {",
        "  struct {",
        "    std::int64_t n, features, informative, targets;",
        "    double bias, noise;",
        "    bool shuffle;",
        "    std::int64_t seed;",
        "  } options;",
        "  std::uint64_t x, coef, y;  // y 0: compare y_begin only",
        "  std::vector<double> y_begin;",
        "};",
        "",
        "struct Split {",
        "  std::int64_t n;",
        "  double size;",
        "  bool size_is_rows;",
        "  std::int64_t seed, n_test;",
        "  std::uint64_t train, test;",
        "  std::vector<std::int64_t> test_begin;",
        "};",
        "",
        "struct Stratified {",
        "  std::vector<std::int64_t> labels;",
        "  double size;",
        "  bool size_is_rows;",
        "  std::int64_t seed;",
        "  std::uint64_t train, test;",
        "  std::vector<std::int64_t> test_begin;",
        "};",
        "",
        "struct Folds {",
        "  std::int64_t n_splits, seed;                  // seed -1: no shuffle",
        "  std::vector<std::int64_t> plain, stratified;  // the fold in which each row tests; empty: refused",
        "};",
        "",
        "// clang-format off",
        "inline const std::vector<Regression> regressions = {",
        *map(regression, REGRESSIONS),
        "};",
        "",
        "inline const std::vector<Split> splits = {",
        *map(split, SPLITS),
        "};",
        "",
        "inline const std::vector<Stratified> stratified = {",
        *map(stratified, STRATIFIED),
        "};",
        "",
        f"inline const std::vector<std::int64_t> fold_labels = {row(LABELS)};",
        "inline const std::vector<Folds> folds = {",
        *map(folds, FOLDS),
        "};",
        "",
        f"inline const std::vector<double> unscaled = {row(np.ravel(SCALED))};",
        f"inline const std::vector<double> scaler_mean = {row(scaler.mean_)};",
        f"inline const std::vector<double> scaler_scale = {row(scaler.scale_)};",
        f"inline const std::vector<double> scaled = {row(scaler.transform(SCALED).ravel())};",
        "// clang-format on",
        "",
        "}  // namespace sklearn_golden",
    ]
    Path(__file__).with_name("sklearn_golden.h").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
