// require: a check of values for functions that are made of operations. A replay of a captured function makes it again.
#pragma once

#include "autograd/core/op.h"

namespace tapegrad::ops {

// fail(number), which throws, where an element of the mask is false.
void require(const Tensor& mask, void (*fail)(std::int64_t number), std::int64_t number = 0);

}  // namespace tapegrad::ops
