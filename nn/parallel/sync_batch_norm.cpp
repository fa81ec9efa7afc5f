#include <tapegrad/nn/parallel/functional.h>
#include <tapegrad/nn/parallel/sync_batch_norm.h>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::nn::parallel {

SyncBatchNormImpl::SyncBatchNormImpl(std::int64_t num_features, ProcessGroup& group, double eps, double momentum)
    : Module("SyncBatchNorm"),
      weight(register_parameter("weight", ones({num_features}))),
      bias(register_parameter("bias", zeros({num_features}))),
      running_mean(register_buffer("running_mean", zeros({num_features}))),
      running_var(register_buffer("running_var", ones({num_features}))),
      num_batches_tracked(register_buffer("num_batches_tracked", zeros({}, kLong))),
      group_(&group),
      eps_(eps),
      momentum_(momentum) {}

Tensor SyncBatchNormImpl::forward(const Tensor& x) {
  if (x.dim() < 2 || x.size(1) != weight.size(0)) {
    throw ShapeError("SyncBatchNorm: the input has not " + std::to_string(weight.size(0)) +
                     " channels in dim 1; give [N, C, ...]");
  }
  std::vector<std::int64_t> others{0}, shape(static_cast<std::size_t>(x.dim()), 1);
  for (std::int64_t d = 2; d < x.dim(); ++d) others.push_back(d);
  shape[1] = x.size(1);
  Tensor mean = running_mean, var = running_var;
  if (is_training()) {
    const Tensor counted = tensor({x.numel() / x.size(1)});
    group_->all_reduce(counted);
    const double n = counted.item<double>();
    if (n < 2) throw ValueError("SyncBatchNorm: Expected more than 1 value per channel when training; give more rows");
    mean = functional::all_reduce(x.sum(others), *group_) / n;
    var = functional::all_reduce((x - mean.view(shape)).square().sum(others), *group_) / n;
    const NoGradGuard no_grad;
    running_mean.mul_(1 - momentum_).add_(mean.detach() * momentum_);
    running_var.mul_(1 - momentum_).add_(var.detach() * (momentum_ * n / (n - 1)));
    num_batches_tracked.add_(1);
  }
  return (x - mean.view(shape)) * (weight / (var + eps_).sqrt()).view(shape) + bias.view(shape);
}

}  // namespace tapegrad::nn::parallel
