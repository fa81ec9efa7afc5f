#!/usr/bin/env python3
"""Writes toy_golden.h, the toy data of scikit-learn 1.2.1 (NumPy 1.24) that toy_data_test.cpp compares with.

Of each set: how many rows, the first rows of x, the sum of all rows, each times its number, and the FNV-1a hash of y
(int64, little-endian).
"""
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import make_blobs, make_circles, make_classification, make_moons

from sklearn_golden import fnv, row

# n_samples, shuffle, noise, random_state
CURVES = [(100, True, 0.1, 0), (7, False, 0.0, 1), (1, True, 0.5, 2), (2, True, 0.0, 3), (101, True, 2.5, 2**32 - 1)]
# n_samples, n_features, centers (a number, or points), cluster_std, center_box, shuffle, random_state
BLOBS = [
    (100, 2, 3, [1.0], (-10.0, 10.0), True, 0),
    (17, 4, 5, [0.5], (0.0, 1.0), False, 1),
    (50, 3, [[1.0, 2.0, 3.0], [-1.5, 0.0, 9.0]], [0.1, 3.0], (-10.0, 10.0), True, 42),
    (2, 1, 4, [0.0], (-1.0, 2.0), True, 9),
]
# n_samples, n_features, n_informative, n_redundant, n_repeated, n_classes, n_clusters_per_class, weights, flip_y,
# class_sep, hypercube, shift (None: drawn), scale (None: drawn), shuffle, random_state
CLASSIFICATIONS = [
    (100, 20, 2, 2, 0, 2, 2, [], 0.01, 1.0, True, 0.0, 1.0, True, 0),
    (100, 20, 2, 2, 0, 2, 2, [], 0.5, 1.0, True, 0.0, 1.0, False, 1),
    (60, 12, 5, 3, 2, 3, 2, [0.5, 0.3], 0.2, 2.0, False, None, None, True, 7),
    (60, 6, 1, 0, 0, 2, 1, [0.9], -1.0, 0.5, True, 1.5, 3.0, True, 3),
    (50, 5, 3, 1, 1, 4, 2, [0.1, 0.2, 0.3, 0.4], 1.0, 1.0, True, 0.0, 1.0, True, 11),  # every vertex
    (300, 8, 7, 0, 1, 127, 1, [], 0.0, 1.0, True, 0.0, 1.0, True, 12),  # all vertices but one
    (40, 40, 33, 4, 3, 3, 1, [], 0.1, 1.0, True, None, 1.0, True, 13),  # more dims than bits
    (40, 14, 12, 0, 0, 2, 2, [], 0.1, 1.0, True, 0.0, None, False, 2**32 - 1),
    (5, 3, 2, 1, 0, 2, 2, [1.0], 0.3, 1.0, True, 0.0, 1.0, True, 4),  # clusters without rows
]


def flag(value):
    return str(value).lower()


def option(value):
    return "std::nullopt" if value is None else float(value).hex()


def data(x, y):
    sums = np.arange(1, len(x) + 1) @ x
    return f"{{{fnv(y.astype(np.int64))}, {x.shape[1]}, {row(x[:4].ravel())}, {row(sums)}}}"


def curves(case):
    n, shuffle, noise, seed = case
    moons = make_moons(n, shuffle=shuffle, noise=noise, random_state=seed)
    circles = make_circles(n, shuffle=shuffle, noise=noise, random_state=seed, factor=0.4)
    return f"    {{{n}, {flag(shuffle)}, {noise.hex()}, {seed}, {data(*moons)}, {data(*circles)}}},"


def blobs(case):
    n, features, centers, deviations, box, shuffle, seed = case
    x, y, at = make_blobs(n, features, centers=centers, cluster_std=deviations[0] if len(deviations) == 1 else deviations,
                          center_box=box, shuffle=shuffle, random_state=seed, return_centers=True)
    points = [] if isinstance(centers, int) else np.ravel(centers)
    return (f"    {{{n}, {features}, {len(at)}, {row(points)}, {row(deviations)}, {box[0].hex()}, {box[1].hex()}, "
            f"{flag(shuffle)}, {seed}, {row(np.ravel(at))}, {fnv(x)}, {data(x, y)}}},")


def classification(case):
    (n, features, informative, redundant, repeated, classes, clusters, weights, flip_y, class_sep, hypercube, shift, scale,
     shuffle, seed) = case
    made = make_classification(n, features, n_informative=informative, n_redundant=redundant, n_repeated=repeated,
                               n_classes=classes, n_clusters_per_class=clusters, weights=weights or None, flip_y=flip_y,
                               class_sep=class_sep, hypercube=hypercube, shift=shift, scale=scale, shuffle=shuffle,
                               random_state=seed)
    return (f"    {{{n}, {features}, {informative}, {redundant}, {repeated}, {classes}, {clusters}, {row(weights)}, "
            f"{flip_y.hex()}, {class_sep.hex()}, {flag(hypercube)}, {option(shift)}, {option(scale)}, {flag(shuffle)}, "
            f"{seed}, {data(*made)}}},")


def main():
    warnings.simplefilter("ignore")
    Path(__file__).with_name("toy_golden.h").write_text("\n".join([
        "// Written by toy_golden.py: do not edit.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <optional>",
        "#include <vector>",
        "",
        "namespace toy_golden {",
        "",
        "struct Data {",
        "  std::uint64_t y;",
        "  std::int64_t features;",
        "  std::vector<double> x_begin;  // four rows, or all there are",
        "  std::vector<double> x_sums;   // of all rows, each times its number from 1 on",
        "};",
        "",
        "struct Curves {",
        "  std::int64_t n;",
        "  bool shuffle;",
        "  double noise;",
        "  std::int64_t seed;",
        "  Data moons, circles;  // factor 0.4",
        "};",
        "",
        "struct Blobs {",
        "  std::int64_t n, features, centers;",
        "  std::vector<double> points, deviations;  // points: unless drawn",
        "  double low, high;",
        "  bool shuffle;",
        "  std::int64_t seed;",
        "  std::vector<double> at;",
        "  std::uint64_t x;",
        "  Data data;",
        "};",
        "",
        "struct Classification {",
        "  std::int64_t n, features, informative, redundant, repeated, classes, clusters;",
        "  std::vector<double> weights;",
        "  double flip_y, class_sep;",
        "  bool hypercube;",
        "  std::optional<double> shift, scale;",
        "  bool shuffle;",
        "  std::int64_t seed;",
        "  Data data;",
        "};",
        "",
        "// clang-format off",
        "inline const std::vector<Curves> curves = {",
        *map(curves, CURVES),
        "};",
        "",
        "inline const std::vector<Blobs> blobs = {",
        *map(blobs, BLOBS),
        "};",
        "",
        "inline const std::vector<Classification> classifications = {",
        *map(classification, CLASSIFICATIONS),
        "};",
        "// clang-format on",
        "",
        "}  // namespace toy_golden",
    ]) + "\n")


if __name__ == "__main__":
    main()
