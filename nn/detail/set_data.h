#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::nn::detail {

// Makes x itself, and so every handle to it, show the elements of `value`: a fresh contiguous tensor of the same sizes,
// of any dtype. x's .grad becomes undefined; records that saved x refuse it, as after an in-place change.
void set_data(const Tensor& x, const Tensor& value);

}  // namespace tapegrad::nn::detail
