#!/usr/bin/env python3
"""Writes diabetes.csv: 442 patients, 10 measurements and the progression of the disease after a year.

Source: Bradley Efron, Trevor Hastie, Iain Johnstone, Robert Tibshirani, "Least Angle Regression", Annals of
Statistics 32 (2004), 407-499; the values in their own units, as scikit-learn (1.1 or newer) ships them.
"""
from pathlib import Path

from sklearn.datasets import load_diabetes


def main():
    diabetes = load_diabetes(scaled=False)
    lines = [",".join([*diabetes.feature_names, "target"])]
    for row, target in zip(diabetes.data.tolist(), diabetes.target.tolist()):
        lines.append(",".join(f"{value!r}".removesuffix(".0") for value in [*row, target]))
    Path(__file__).with_name("diabetes.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
