// A matrix product as C++.
#pragma once

#include "autograd/core/source.h"

namespace tapegrad::ops {

// As C++: a short sum as one expression, one along the memory of both as sums side by side, else rows, added up.
void write_product(core::Source& s, int a, int b, int bias = -1, bool b_transposed = false, bool a_transposed = false);

}  // namespace tapegrad::ops
