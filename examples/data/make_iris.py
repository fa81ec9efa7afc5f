#!/usr/bin/env python3
"""Writes iris.csv: 150 irises, 50 of each of three species, by the lengths and widths of their leaves in cm.

Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936), 179-188, of
measurements by Edgar Anderson; UCI Machine Learning Repository, https://doi.org/10.24432/C56C76, CC BY 4.0; as
scikit-learn ships it, with two rows as they stand in Fisher's paper.
"""
from pathlib import Path

from sklearn.datasets import load_iris


def main():
    iris = load_iris()
    lines = [",".join([*(name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names), "species"])]
    for row, target in zip(iris.data.tolist(), iris.target.tolist()):
        lines.append(",".join([*(f"{value!r}".removesuffix(".0") for value in row), str(iris.target_names[target])]))
    Path(__file__).with_name("iris.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
