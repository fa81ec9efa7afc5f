// Softmax and its relatives, along one dim, each as a function and as a module: functional::softmax(x, 1),
// nn::Softmax(1).
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct SoftmaxFields {
  std::int64_t dim;  ///< must be given
};
struct SoftmaxOptions : OptionsOf<SoftmaxFields> {
  using OptionsOf::OptionsOf;
  SoftmaxOptions(std::int64_t dim) : OptionsOf({dim}) {}
  TAPEGRAD_SETTERS(dim)
};
using LogSoftmaxOptions = SoftmaxOptions;
using SoftminOptions = SoftmaxOptions;

namespace functional {

/// e^x / sum of e^x along dim.
inline Tensor softmax(const Tensor& x, const SoftmaxOptions& options) { return x.softmax(options.dim()); }
/// log(softmax(x)), without losing digits.
inline Tensor log_softmax(const Tensor& x, const LogSoftmaxOptions& options) { return x.log_softmax(options.dim()); }
/// softmax(-x).
inline Tensor softmin(const Tensor& x, const SoftminOptions& options) { return (-x).softmax(options.dim()); }

}  // namespace functional

TAPEGRAD_LAYER(Softmax, functional::softmax);
TAPEGRAD_LAYER(LogSoftmax, functional::log_softmax);
TAPEGRAD_LAYER(Softmin, functional::softmin);

}  // namespace tapegrad::nn
