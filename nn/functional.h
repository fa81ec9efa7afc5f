// What the modules of this folder do, as functions of tensors: libtorch's F::mse_loss(x, y,
// F::MSELossFuncOptions(kSum)). The operations of autograd/ops.h do the same with plain arguments.
#pragma once

#include <tapegrad/autograd/ops.h>
#include <tapegrad/nn/activation.h>
#include <tapegrad/nn/loss.h>

namespace tapegrad::nn::functional {

using MSELossFuncOptions = MSELossOptions;
using L1LossFuncOptions = L1LossOptions;
using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using ReLUFuncOptions = ReLUOptions;
using SoftmaxFuncOptions = SoftmaxOptions;
using LogSoftmaxFuncOptions = LogSoftmaxOptions;

inline Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = undefined()) {
  return tapegrad::linear(x, weight, bias);
}
inline Tensor relu(const Tensor& x, const ReLUFuncOptions& options = {}) {
  return options.inplace() ? x.relu_() : x.relu();
}
using tapegrad::sigmoid;
using tapegrad::tanh;
inline Tensor softmax(const Tensor& x, const SoftmaxFuncOptions& options) { return x.softmax(options.dim()); }
inline Tensor log_softmax(const Tensor& x, const LogSoftmaxFuncOptions& options) {
  return x.log_softmax(options.dim());
}

inline Tensor mse_loss(const Tensor& x, const Tensor& target, const MSELossFuncOptions& options = {}) {
  return tapegrad::mse_loss(x, target, options.reduction());
}
inline Tensor l1_loss(const Tensor& x, const Tensor& target, const L1LossFuncOptions& options = {}) {
  return tapegrad::l1_loss(x, target, options.reduction());
}
inline Tensor binary_cross_entropy(const Tensor& x, const Tensor& target,
                                   const BinaryCrossEntropyFuncOptions& options = {}) {
  return detail::binary_cross_entropy(x, target, options.weight(), options.reduction());
}
inline Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target,
                                               const BinaryCrossEntropyWithLogitsFuncOptions& options = {}) {
  return tapegrad::binary_cross_entropy_with_logits(x, target, options.weight(), options.pos_weight(),
                                                    options.reduction());
}
inline Tensor nll_loss(const Tensor& x, const Tensor& target, const NLLLossFuncOptions& options = {}) {
  return tapegrad::nll_loss(x, target, options.weight(), options.reduction(), options.ignore_index());
}
inline Tensor cross_entropy(const Tensor& x, const Tensor& target, const CrossEntropyFuncOptions& options = {}) {
  return tapegrad::cross_entropy(x, target, options.weight(), options.reduction(), options.ignore_index(),
                                 options.label_smoothing());
}

}  // namespace tapegrad::nn::functional
