#include "nn/parallel/detail/averager.h"

#include <algorithm>
#include <map>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::nn::parallel {

Averager::Averager(std::vector<Tensor> parameters, ProcessGroup& group, std::int64_t bucket_bytes,
                   std::function<void()> next_step)
    : GradWatcher(parameters),
      parameters_(std::move(parameters)),
      group_(group),
      bucket_bytes_(bucket_bytes),
      next_step_(std::move(next_step)) {
  // Until a pass has shown the order of use: the last registered is used last, and so is ready first.
  std::vector<std::int64_t> order;
  for (std::size_t i = parameters_.size(); i > 0; --i) order.push_back(static_cast<std::int64_t>(i - 1));
  make_buckets(order);
}

void Averager::make_buckets(const std::vector<std::int64_t>& order) {
  buckets_.clear();
  places_.resize(parameters_.size());
  std::map<Dtype, std::size_t> open;
  for (const std::int64_t k : order) {
    const auto i = static_cast<std::size_t>(k);
    const Tensor& p = parameters_[i];
    auto found = open.find(p.dtype());
    if (found == open.end() || buckets_[found->second].begins.back() * p.element_size() >= bucket_bytes_) {
      found = open.insert_or_assign(p.dtype(), buckets_.size()).first;
      buckets_.emplace_back().begins.push_back(0);
    }
    Bucket& b = buckets_[found->second];
    places_[i] = {found->second, b.members.size()};
    b.members.push_back(i);
    b.begins.push_back(b.begins.back() + p.numel());
  }
  for (Bucket& b : buckets_) {
    const auto n = static_cast<std::int64_t>(b.members.size());
    b.flat = zeros({b.begins.back() + n}, parameters_[b.members[0]].dtype());
    b.missing = b.members.size();
  }
  told_.assign(parameters_.size(), false);
}

void Averager::ready(std::size_t index, const Tensor& grad) {
  if (!on_) return;
  if (grad.requires_grad()) {
    throw AutogradError(
        "backward: gradients that are averaged over ranks have no history; use create_graph within no_sync()");
  }
  if (told_[index]) {
    group_.fail("backward: the last pass of this rank ended by an exception; the other ranks have gone on without it");
  }
  if (!knows_order_) order_.push_back(static_cast<std::int64_t>(index));
  add(index, grad);
  start_full_buckets();
  for (std::size_t b = 0; b < started_; ++b) buckets_[b].work.is_completed();  // moves messages
}

// One gradient less is missing: this one, and what no_sync() has left in .grad; undefined for none.
void Averager::add(std::size_t index, const Tensor& grad) {
  const NoGradGuard no_grad;
  told_[index] = true;
  const auto [bucket, member] = places_[index];
  Bucket& b = buckets_[bucket];
  --b.missing;
  const Tensor& p = parameters_[index];
  const bool has_local = has_local_ && p.grad().defined();
  const Tensor to = b.flat.narrow(0, b.begins[member], p.numel());
  if (!grad.defined() && !has_local) {
    to.zero_();
    return;
  }
  to.copy_((grad.defined() ? grad : p.grad()).reshape({-1}));
  if (grad.defined() && has_local) to.add_(p.grad().reshape({-1}));
  if (weight_ >= 0) to.mul_(weight_);
  b.flat.narrow(0, b.begins.back() + static_cast<std::int64_t>(member), 1).fill_(1);
}

void Averager::start_full_buckets() {
  for (; started_ < buckets_.size() && buckets_[started_].missing == 0; ++started_)
    buckets_[started_].work = group_.start_sum(buckets_[started_].flat);
}

void Averager::settle(std::vector<Tensor>& grads) {
  if (!on_) {
    has_local_ = true;
    return;
  }
  const NoGradGuard no_grad;
  for (std::size_t i = 0; i < told_.size(); ++i)
    if (!told_[i]) add(i, {});
  start_full_buckets();
  const auto start = std::chrono::steady_clock::now();
  const double share = weight_ < 0 ? 1.0 / group_.size() : 1;
  for (Bucket& b : buckets_) {
    b.work.wait();
    for (std::size_t m = 0; m < b.members.size(); ++m) {
      if (b.flat[b.begins.back() + static_cast<std::int64_t>(m)].item<double>() == 0) continue;
      const Tensor& p = parameters_[b.members[m]];
      grads[b.members[m]] = b.flat.narrow(0, b.begins[m], p.numel()).mul(share).view(p.sizes());
    }
    b.flat.narrow(0, b.begins.back(), static_cast<std::int64_t>(b.members.size())).zero_();
    b.missing = b.members.size();
  }
  seconds_waited_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  started_ = 0;
  told_.assign(told_.size(), false);
  weight_ = -1;
  if (!std::exchange(knows_order_, true)) take_order_of_use();
  next_step_();
  if (std::exchange(has_local_, false)) {
    for (std::size_t i = 0; i < grads.size(); ++i)
      if (grads[i].defined()) parameters_[i].mutable_grad().reset();  // which is in the mean
  }
}

// Rank 0's, so that all have the same buckets.
void Averager::take_order_of_use() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto k = static_cast<std::int64_t>(i);
    if (std::find(order_.begin(), order_.end(), k) == order_.end()) order_.push_back(k);
  }
  const Tensor order = tensor(order_);
  if (!parameters_.empty()) group_.broadcast(order);
  make_buckets(order.to_vector<std::int64_t>());
}

void Averager::empty_pass() {
  std::vector<Tensor> grads(parameters_.size());
  settle(grads);
  for (std::size_t i = 0; i < grads.size(); ++i) {
    if (!grads[i].defined()) continue;
    Tensor& grad = parameters_[i].mutable_grad();
    if (grad.defined()) grads[i].add_(grad.detach());
    grad = grads[i];
  }
}

}  // namespace tapegrad::nn::parallel
