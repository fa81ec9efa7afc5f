#!/usr/bin/env python3
"""Writes digits/: 1,797 images of handwritten digits, 8 x 8, in the files of MNIST's format; every fifth is for testing.

Source: Ethem Alpaydin, Cevdet Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository
(1998), https://doi.org/10.24432/C50P49, CC BY 4.0; its test set as scikit-learn ships it, 0 to 16 stretched to 0 to 255.
"""
import struct
from pathlib import Path

from sklearn.datasets import load_digits


def main():
    folder = Path(__file__).with_name("digits")
    digits = load_digits()
    images = (digits.images * 255 / 16).round().astype("uint8")
    labels = digits.target.astype("uint8")
    for name, rows in (("train", [i for i in range(len(labels)) if i % 5 != 4]), ("t10k", range(4, len(labels), 5))):
        head = struct.pack(">IIII", 0x803, len(rows), 8, 8)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(head + images[rows].tobytes())
        head = struct.pack(">II", 0x801, len(rows))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(head + labels[rows].tobytes())


if __name__ == "__main__":
    main()
