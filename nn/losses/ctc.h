// CTCLoss: how likely a sequence of labels is, whatever steps they fall upon.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

struct CTCLossFields {
  std::int64_t blank = 0;
  Reduction reduction = kMean;  ///< kMean: of the losses, each divided by its number of labels
  bool zero_infinity = false;   ///< 0 in place of infinity, where there are too few steps for the labels
};
struct CTCLossOptions : OptionsOf<CTCLossFields> {
  using OptionsOf::OptionsOf;
  TAPEGRAD_SETTERS(blank, reduction, zero_infinity)
};

namespace functional {
/// -log of the sum, over all ways to say `targets` in the steps that there are, of their probability (Graves et al.,
/// 2006): log_probs [steps, n, classes] (or without n) after log_softmax, targets int64 [n, labels] or one after the
/// other [sum of the lengths], without blanks, and the lengths of both, int64 [n]. ShapeError where sizes do not go
/// together, IndexError for a label outside, ValueError for a length outside.
/// The gradient is that of log_probs themselves. (PyTorch's is that of what went into log_softmax, handed on through
/// it.)
TAPEGRAD_EXPORT Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                                const Tensor& target_lengths, const CTCLossOptions& options = {});
}  // namespace functional

struct TAPEGRAD_EXPORT CTCLossImpl : Layer<CTCLossImpl, CTCLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                 const Tensor& target_lengths) {
    return functional::ctc_loss(log_probs, targets, input_lengths, target_lengths, options);
  }
};
TAPEGRAD_MODULE(CTCLoss);

}  // namespace tapegrad::nn
