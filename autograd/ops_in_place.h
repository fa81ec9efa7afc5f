// The in-place methods as functions, where libtorch has these: torch::relu_(x) is x.relu_().
#pragma once

#include <concepts>

#include <tapegrad/autograd/tensor_methods.h>

namespace tapegrad {

#define TAPEGRAD_IN_PLACE(fn)                            \
  template <std::derived_from<TensorOps> T, class... As> \
  T& fn(T& x, const As&... arguments) {                  \
    x.fn(arguments...);                                  \
    return x;                                            \
  }
TAPEGRAD_IN_PLACE(abs_)
TAPEGRAD_IN_PLACE(acos_)
TAPEGRAD_IN_PLACE(asin_)
TAPEGRAD_IN_PLACE(atan_)
TAPEGRAD_IN_PLACE(ceil_)
TAPEGRAD_IN_PLACE(clamp_)
TAPEGRAD_IN_PLACE(clamp_max_)
TAPEGRAD_IN_PLACE(clamp_min_)
TAPEGRAD_IN_PLACE(cos_)
TAPEGRAD_IN_PLACE(cosh_)
TAPEGRAD_IN_PLACE(erf_)
TAPEGRAD_IN_PLACE(erfc_)
TAPEGRAD_IN_PLACE(exp_)
TAPEGRAD_IN_PLACE(exp2_)
TAPEGRAD_IN_PLACE(expm1_)
TAPEGRAD_IN_PLACE(fill_)
TAPEGRAD_IN_PLACE(floor_)
TAPEGRAD_IN_PLACE(log_)
TAPEGRAD_IN_PLACE(log10_)
TAPEGRAD_IN_PLACE(log1p_)
TAPEGRAD_IN_PLACE(log2_)
TAPEGRAD_IN_PLACE(logit_)
TAPEGRAD_IN_PLACE(nan_to_num_)
TAPEGRAD_IN_PLACE(neg_)
TAPEGRAD_IN_PLACE(reciprocal_)
TAPEGRAD_IN_PLACE(relu_)
TAPEGRAD_IN_PLACE(round_)
TAPEGRAD_IN_PLACE(rsqrt_)
TAPEGRAD_IN_PLACE(sigmoid_)
TAPEGRAD_IN_PLACE(sin_)
TAPEGRAD_IN_PLACE(sinh_)
TAPEGRAD_IN_PLACE(sqrt_)
TAPEGRAD_IN_PLACE(square_)
TAPEGRAD_IN_PLACE(tan_)
TAPEGRAD_IN_PLACE(tanh_)
TAPEGRAD_IN_PLACE(trunc_)
TAPEGRAD_IN_PLACE(xlogy_)
TAPEGRAD_IN_PLACE(zero_)
#undef TAPEGRAD_IN_PLACE

}  // namespace tapegrad
