// SyncBatchNorm: batch normalisation by the statistics of all ranks' rows.
#pragma once

#include <tapegrad/nn/module_holder.h>
#include <tapegrad/nn/parallel/process_group.h>

namespace tapegrad::nn::parallel {

/// What BatchNorm1d, 2d and 3d compute (x: [N, C, ...]), where in training mode mean and variance are those of the rows
/// of all ranks of `group`, which may have different numbers of them. Parameters and buffers have BatchNorm's names.
/// forward() and backward() run collectives: every rank calls both.
class SyncBatchNormImpl : public Module {
 public:
  SyncBatchNormImpl(std::int64_t num_features, ProcessGroup& group, double eps = 1e-5, double momentum = 0.1);
  Tensor forward(const Tensor& x);

  Parameter weight, bias;
  Buffer running_mean, running_var, num_batches_tracked;

 private:
  ProcessGroup* group_;
  double eps_, momentum_;
};
TAPEGRAD_MODULE(SyncBatchNorm);

}  // namespace tapegrad::nn::parallel
