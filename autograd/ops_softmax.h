// Normalised exponentials along a dim, without overflow.
#pragma once

#include <cstdint>

#include <tapegrad/autograd/export.h>

namespace tapegrad {

class Tensor;

/// e^x / sum e^x along dim. grad: y (g - sum g y).
TAPEGRAD_EXPORT Tensor softmax(const Tensor& x, std::int64_t dim);

/// x - log sum e^x along dim. grad: g - e^y sum g.
TAPEGRAD_EXPORT Tensor log_softmax(const Tensor& x, std::int64_t dim);

}  // namespace tapegrad
