#!/usr/bin/env python3
"""Writes metrics_golden.h, the values of scikit-learn 1.2.1 (NumPy 1.24) that metrics_test.cpp compares with."""
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics as m

rng = np.random.RandomState(0)
FIVE = [0.5, 2.0, 0.0, 1.25, 3.0]
# y_true, y_pred, sample_weight (None: without), labels (None: without)
LABELS = [
    ([0, 1, 1, 0, 1], [0, 1, 0, 1, 1], None, None),
    ([0, 1, 1, 0, 1], [0, 1, 0, 1, 1], FIVE, None),
    ([0, 0, 0, 0], [0, 0, 0, 0], None, None),
    ([1, 1, 1], [0, 0, 0], None, None),
    ([0, 0, 0], [1, 1, 1], None, None),
    ([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], None, None),
    ([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], None, [2, 0]),
    ([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], [1.0, 0.5, 2.0, 0.0, 0.1, 3.0], [0, 1, 2, 3]),
    ([-3, 7, 7, 100, -3], [7, 7, -3, 5, -3], FIVE, None),
    ([0, 1, 2, 0], [0, 1, 2, 0], None, [1, 9]),
    ([0, 1, 0], [1, 0, 1], [0.0, 0.0, 1.0], [1]),
    (rng.randint(0, 6, 24).tolist(), rng.randint(0, 6, 24).tolist(), rng.randint(0, 9, 24).astype(float).tolist(), None),
]
SCORES = [  # of the second of two classes
    ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], None),
    ([0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5], None),
    ([3, 5, 5, 3, 5], [-1.0, 2.0, 0.0, 0.0, 2.0], None),
    ([0, 1, 1, 0, 1], [0.2, 0.2, 0.9, 0.9, 0.1], FIVE),
    ([1, 0, 1], [0.3, 0.3, 0.2], [1.0, 2.0, 0.5]),
    (rng.randint(0, 2, 30).tolist(), (rng.randint(0, 12, 30) / 4).tolist(), rng.randint(0, 4, 30).astype(float).tolist()),
]
ROWS = [  # y_true, a row of scores each, sample_weight, labels
    ([0, 1, 2, 2], [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]], None, None),
    ([2, 5, 9], [[0.4, 0.4, 0.2], [0.3, 0.3, 0.4], [0.25, 0.5, 0.25]], [1.0, 2.0, 0.25], None),
    ([1, 1, 3], [[0.1, 0.6, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25], [1.0, 0.0, 0.0, 0.0]], None, [0, 1, 2, 3]),
    (rng.randint(0, 5, 16).tolist(), (rng.randint(1, 9, (16, 5)) / 8).tolist(), rng.uniform(size=16).tolist(), [0, 1, 2, 3, 4]),
]
NUMBERS = [  # y_true, y_pred, outputs, sample_weight
    ([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0], 1, None),
    ([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0], 1, [0.5, 2.0, 0.0, 1.0]),
    ([0.5, 1.0, -1.0, 1.0, 7.0, -6.0], [0.0, 2.0, -1.0, 2.0, 8.0, -5.0], 2, None),
    ([0.5, 1.0, -1.0, 1.0, 7.0, 1.0], [0.0, 2.0, -1.0, 2.0, 8.0, 1.0], 2, [1.0, 3.0, 0.5]),
    ([2.0, 2.0, 2.0], [2.0, 2.0, 2.0], 1, None),
    ([2.0, 2.0, 2.0], [2.0, 2.0, 2.5], 1, None),
    ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], 1, None),
]


def row(values):
    return "{" + ", ".join(str(v) if isinstance(v, int) else repr(float(v)) for v in values or []) + "}"


def flat(values):
    return row(np.ravel(values).astype(float).tolist())


def labels_case(case):
    truth, guess, weight, labels = case
    averaged, binary = [], []
    for zero in (0, 1):
        for f in (m.precision_score, m.recall_score, m.f1_score):
            for average in ("macro", "micro", "weighted"):
                averaged.append(f(truth, guess, average=average, labels=labels, sample_weight=weight, zero_division=zero))
            if set(truth) | set(guess) <= {0, 1}:
                binary.append(f(truth, guess, sample_weight=weight, zero_division=zero))
    by_class = m.precision_recall_fscore_support(truth, guess, labels=labels, sample_weight=weight, zero_division=0)
    matrices = [m.confusion_matrix(truth, guess, labels=labels, sample_weight=weight, normalize=n).astype(float)
                for n in (None, "true", "pred", "all")]
    return "    {" + ", ".join([row(truth), row(guess), row(weight), row(labels),
                                repr(float(m.accuracy_score(truth, guess, sample_weight=weight))), flat(averaged),
                                flat(binary), flat(by_class), flat(matrices)]) + "},"


def scores_case(case):
    truth, scores, weight = case
    values = [m.roc_auc_score(truth, scores, sample_weight=weight), m.top_k_accuracy_score(truth, scores, k=1, sample_weight=weight),
              m.top_k_accuracy_score(truth, scores, k=2, sample_weight=weight),
              m.log_loss(truth, scores, sample_weight=weight)]
    return "    {" + ", ".join([row(truth), row(scores), row(weight), "{}", "1", flat(values)]) + "},"


def rows_case(case):
    truth, scores, weight, labels = case
    columns = len(scores[0])
    values = [m.top_k_accuracy_score(truth, scores, k=k, sample_weight=weight, labels=labels) for k in range(1, columns + 1)]
    values.append(m.log_loss(truth, scores, sample_weight=weight, labels=labels))
    return "    {" + ", ".join([row(truth), flat(scores), row(weight), row(labels), str(columns), flat(values)]) + "},"


def numbers_case(case):
    truth, guess, outputs, weight = case
    y, p = np.reshape(truth, (-1, outputs)), np.reshape(guess, (-1, outputs))
    values = [f(y, p, sample_weight=weight) for f in (m.r2_score, m.mean_absolute_error, m.mean_squared_error)]
    return "    {" + ", ".join([row(truth), row(guess), str(outputs), row(weight), flat(values)]) + "},"


def main():
    warnings.simplefilter("ignore")
    Path(__file__).with_name("metrics_golden.h").write_text("\n".join([
        "// Written by metrics_golden.py: do not edit.",
        "#pragma once",
        "",
        "#include <cstdint>",
        "#include <vector>",
        "",
        "namespace metrics_golden {",
        "",
        "struct Labels {",
        "  std::vector<std::int64_t> y_true, y_pred;",
        "  std::vector<double> weight;",
        "  std::vector<std::int64_t> labels;",
        "  double accuracy;",
        "  std::vector<double> averaged;   // macro, micro, weighted of precision, recall, F1, with zero_division 0, then 1",
        "  std::vector<double> binary;     // precision, recall, F1, the same; none where there are more classes",
        "  std::vector<double> by_class;   // precision, recall, F1, support",
        "  std::vector<double> confusion;  // not normalised, by true, by pred, by all",
        "};",
        "struct Scores {",
        "  std::vector<std::int64_t> y_true;",
        "  std::vector<double> y_score, weight;",
        "  std::vector<std::int64_t> labels;",
        "  std::int64_t columns;",
        "  std::vector<double> values;  // of one column: area, top 1, top 2, log loss; else top 1, 2 ..., log loss",
        "};",
        "struct Numbers {",
        "  std::vector<double> y_true, y_pred;",
        "  std::int64_t outputs;",
        "  std::vector<double> weight, values;  // R2, mean absolute error, mean squared error",
        "};",
        "",
        "// clang-format off",
        "inline const std::vector<Labels> labels = {",
        *map(labels_case, LABELS),
        "};",
        "",
        "inline const std::vector<Scores> scores = {",
        *map(scores_case, SCORES),
        *map(rows_case, ROWS),
        "};",
        "",
        "inline const std::vector<Numbers> numbers = {",
        *map(numbers_case, NUMBERS),
        "};",
        "// clang-format on",
        "",
        "}  // namespace metrics_golden",
    ]) + "\n")


if __name__ == "__main__":
    main()
