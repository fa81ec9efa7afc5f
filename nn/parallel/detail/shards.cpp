#include "nn/parallel/detail/shards.h"

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/grad_watcher.h>
#include <tapegrad/autograd/random.h>

namespace tapegrad::nn::parallel {

namespace {

// In which flat tensor the change of a buffer is summed.
Dtype sum_dtype(const Tensor& x) { return x.dtype() == kFloat ? kFloat : kDouble; }

void add_into(std::map<Dtype, Tensor>& to, const std::map<Dtype, Tensor>& from) {
  for (auto& [dtype, flat] : to) flat.add_(from.at(dtype));
}

}  // namespace

Shards::Shards(ProcessGroup& group, std::vector<Tensor> leaves, std::vector<Tensor> buffers, int count,
               std::int64_t rows)
    : group_(group), leaves_(std::move(leaves)), buffers_(std::move(buffers)), count_(count), rows_(rows) {
  if (rows < 1) throw ValueError("backward: the batch has no rows; give at least one");
  if (leaves_.empty())
    throw AutogradError("backward: the net has no parameters that are trained; let one require grad");
  require_uncaptured("backward(batch, fn)", "runs collectives", "call it outside of the captured function");
}

Tensor Shards::run(const LossOf& loss_of) {
  Generator& generator = default_generator();
  const Tensor seed = tensor({static_cast<std::int64_t>(generator.random64())});
  group_.broadcast(seed);
  seed_ = static_cast<std::uint64_t>(seed.item<std::int64_t>());
  const Generator after = generator;
  for (const Tensor& b : buffers_) before_.push_back(b.detach().clone());
  const auto restore = [&] {
    const NoGradGuard no_grad;
    generator = after;
    for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(before_[i]);
  };
  try {
    run_own(0, count_, loss_of);
  } catch (...) {
    restore();
    throw;
  }
  restore();
  const NoGradGuard no_grad;
  // Who had no shard has not seen the loss.
  const Tensor dtype = tensor({static_cast<std::int64_t>(loss_dtype_)});
  group_.broadcast(dtype);
  total_ = sum(0, count_);
  return total_.at(kDouble)[0].to(static_cast<Dtype>(dtype.item<std::int64_t>()));
}

void Shards::run_own(int low, int high, const LossOf& loss_of) {
  const int first = owner(low), last = owner(high - 1);
  if (first == last) {
    if (first == group_.rank()) own_.emplace(low, own_sum(low, high, loss_of));
    return;
  }
  if (first > group_.rank() || last < group_.rank()) return;
  run_own(low, (low + high) / 2, loss_of);
  run_own((low + high) / 2, high, loss_of);
}

Shards::Part Shards::own_sum(int low, int high, const LossOf& loss_of) {
  if (high - low == 1) return run_shard(low, loss_of);
  Part part = own_sum(low, (low + high) / 2, loss_of);
  add_into(part, own_sum((low + high) / 2, high, loss_of));
  return part;
}

Shards::Part Shards::sum(int low, int high) {
  const int first = owner(low), last = owner(high - 1);
  if (first == last) {
    Part part = first == group_.rank() ? std::move(own_.at(low)) : zero();
    for (auto& [dtype, flat] : part) group_.broadcast(flat, first);
    return part;
  }
  Part part = sum(low, (low + high) / 2);
  add_into(part, sum((low + high) / 2, high));
  return part;
}

// [loss | marks | f64 gradients | changes of buffers that are not f32], and of f32 [gradients | changes].
Shards::Part Shards::zero() const {
  std::int64_t n32 = 0, n64 = 1 + static_cast<std::int64_t>(leaves_.size());
  for (const std::vector<Tensor>* list : {&leaves_, &buffers_})
    for (const Tensor& x : *list) (sum_dtype(x) == kFloat ? n32 : n64) += x.numel();
  return {{kFloat, zeros({n32})}, {kDouble, zeros({n64}, kDouble)}};
}

Shards::Part Shards::run_shard(int shard, const LossOf& loss_of) {
  Part part = zero();
  const std::int64_t from = rows_ * shard / count_, n = rows_ * (shard + 1) / count_ - from;
  if (n == 0) return part;
  default_generator().manual_seed(seed_ + static_cast<std::uint64_t>(shard));
  {
    const NoGradGuard no_grad;
    for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(before_[i]);
  }
  const Tensor loss = loss_of(from, n);
  if (!loss.defined() || loss.numel() != 1)
    throw ShapeError("backward: the loss of a shard is not one number; return the mean over its rows");
  const double weight = static_cast<double>(n) / static_cast<double>(rows_);
  const auto grads = autograd::grad({loss}, leaves_, {full_like(loss.detach(), weight)}, {}, false, true);
  const NoGradGuard no_grad;
  loss_dtype_ = loss.dtype();
  std::map<Dtype, std::int64_t> at{{kDouble, 1 + static_cast<std::int64_t>(leaves_.size())}};
  const auto next = [&](const Tensor& x) {
    std::int64_t& begin = at[sum_dtype(x)];
    return part.at(sum_dtype(x)).narrow(0, std::exchange(begin, begin + x.numel()), x.numel());
  };
  const Tensor& marks = part.at(kDouble);
  marks.narrow(0, 0, 1).fill_(loss.item<double>() * weight);
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const Tensor to = next(leaves_[i]);
    if (!grads[i].defined()) continue;
    to.copy_(grads[i].reshape({-1}));
    marks.narrow(0, 1 + static_cast<std::int64_t>(i), 1).fill_(1);
  }
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const Tensor to = next(buffers_[i]);
    const Dtype dtype = sum_dtype(buffers_[i]);
    // Numbers that count (of batches) rise as in one batch, by the first shard.
    const double share = buffers_[i].is_floating_point() ? weight : from == 0 ? 1 : 0;
    if (share > 0) to.copy_(buffers_[i].to(dtype).sub(before_[i].to(dtype)).mul(share).reshape({-1}));
  }
  return part;
}

void Shards::commit() {
  const NoGradGuard no_grad;
  std::map<Dtype, std::int64_t> at{{kDouble, 1 + static_cast<std::int64_t>(leaves_.size())}};
  const auto next = [&](const Tensor& x) {
    std::int64_t& begin = at[sum_dtype(x)];
    return total_.at(sum_dtype(x)).narrow(0, std::exchange(begin, begin + x.numel()), x.numel()).view(x.sizes());
  };
  const auto marks = total_.at(kDouble).narrow(0, 1, static_cast<std::int64_t>(leaves_.size())).to_vector<double>();
  std::vector<Tensor> grads;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const Tensor grad = next(leaves_[i]), &before = leaves_[i].grad();
    grads.push_back(marks[i] == 0 ? before : before.defined() ? before.detach().add(grad) : grad.clone());
  }
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const Dtype dtype = sum_dtype(buffers_[i]);
    values.push_back(before_[i].to(dtype).add(next(buffers_[i])));
  }
  for (std::size_t i = 0; i < buffers_.size(); ++i) buffers_[i].copy_(values[i]);
  for (std::size_t i = 0; i < leaves_.size(); ++i) leaves_[i].mutable_grad() = grads[i];
}

}  // namespace tapegrad::nn::parallel
