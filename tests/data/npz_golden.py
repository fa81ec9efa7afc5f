#!/usr/bin/env python3
"""Writes npz_golden.h, archives as NumPy 1.24 writes them, in hexadecimal; npz_test.cpp says what is in them."""
import io
import zipfile
from pathlib import Path

import numpy as np

SMALL = {"x": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)), "y": np.array([True, False]),
         "a/b": np.array(-7, dtype=np.int16)}
TYPED = {"i4": np.array([[-2**31, -1, 0], [1, 65537, 2**31 - 1]], dtype=np.int32),
         "i1": np.asfortranarray(np.array([[-128, -1, 0], [1, 64, 127]], dtype=np.int8)),
         # The largest; the smallest normal and subnormal ones; rounded; and what is no number.
         "f2": np.array([1.5, -65504, 2**-14, 2**-24, 0.1, -0.0, np.inf, -np.inf, np.nan], dtype=np.float16)}
# Copies from far away, of the greatest length; numbers with a code of their own; nothing to pack at all.
PACKED = {"steps": (np.arange(70000) // 64 * 37 % 256).astype(np.uint8), "squares": np.arange(500) ** 2 % 97,
          "noise": np.random.RandomState(0).bytes(600), "none": np.zeros((0, 3))}
PACKED["noise"] = np.frombuffer(PACKED["noise"], np.uint8)


def saved(save, arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def at_level(level):
    def save(file, **arrays):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
            for name, array in arrays.items():
                archive.writestr(zipfile.ZipInfo(name + ".npy"), saved(lambda f, x: np.save(f, x), {"x": array}),
                                 zipfile.ZIP_DEFLATED, level)
    return save


def text(name, data):
    digits = data.hex()
    lines = [f'    "{digits[i:i + 112]}"' for i in range(0, len(digits), 112)]
    return [f"inline constexpr const char* {name} =", *lines[:-1], lines[-1] + ";"]


def main():
    short = {name: array for name, array in PACKED.items() if name != "steps"}
    Path(__file__).with_name("npz_golden.h").write_text("\n".join([
        "// Written by npz_golden.py: do not edit.",
        "#pragma once",
        "",
        "#include <string>",
        "",
        "namespace npz_golden {",
        "",
        "inline std::string bytes_of(const char* hex) {",
        "  std::string out;",
        "  for (const char* c = hex; *c != 0; c += 2) out += static_cast<char>(std::stoi(std::string(c, 2), nullptr, 16));",
        "  return out;",
        "}",
        "",
        "// clang-format off",
        *text("stored", saved(np.savez, SMALL)),
        *text("small", saved(np.savez_compressed, SMALL)),
        *text("packed", saved(np.savez_compressed, PACKED)),
        *text("fast", saved(at_level(1), PACKED)),
        *text("unpacked", saved(at_level(0), short)),
        *text("empty", saved(np.savez, {})),
        *text("typed", saved(np.savez, TYPED)),
        *text("typed_small", saved(np.savez_compressed, TYPED)),
        "// clang-format on",
        "",
        "}  // namespace npz_golden",
    ]) + "\n")


if __name__ == "__main__":
    main()
