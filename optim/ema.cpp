#include <tapegrad/optim/ema.h>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "autograd/core/recorder.h"
#include "autograd/core/text.h"
#include "autograd/io/keys.h"

namespace tapegrad::optim {

namespace {

std::vector<Tensor> copies(const std::vector<Tensor>& list) {
  std::vector<Tensor> out;
  for (const Tensor& x : list) out.push_back(x.detach().clone());
  return out;
}

}  // namespace

WeightAverage::WeightAverage(std::vector<Tensor> parameters, const WeightAverageFields& fields)
    : parameters_(std::move(parameters)), averages_(copies(parameters_)), decay_(fields.decay) {
  if (const double decay = decay_.value_or(0); !(decay >= 0 && decay <= 1)) {
    throw ValueError(core::joined("WeightAverage: Invalid decay value ", decay, " provided; give one in [0, 1]"));
  }
}

void WeightAverage::update_parameters() {
  core::require_unrecorded("WeightAverage", "counts an update", "call it outside");
  const NoGradGuard no_grad;
  std::vector<Tensor> next = copies(parameters_);
  for (std::size_t i = 0; n_averaged_ > 0 && i < next.size(); ++i) {
    const Tensor &avg = averages_[i], &p = next[i];
    if (!p.is_floating_point()) continue;
    next[i] = decay_ ? avg.mul(*decay_).add(p, 1 - *decay_) : avg.add(p.sub(avg).div(n_averaged_ + 1));
  }
  averages_.swap(next);
  ++n_averaged_;
}

void WeightAverage::swap() {
  const NoGradGuard no_grad;
  std::vector<Tensor> values = copies(parameters_);
  for (std::size_t i = 0; i < values.size(); ++i) parameters_[i].copy_(averages_[i]);
  averages_.swap(values);
}

StateDict WeightAverage::state_dict() const {
  StateDict out{{"n_averaged", full({}, n_averaged_)}};
  for (std::size_t i = 0; i < averages_.size(); ++i) out.insert(std::to_string(i), averages_[i]);
  return out;
}

std::function<void()> WeightAverage::prepare_load(const StateDict& state) {
  tapegrad::detail::KeyReport report(state);
  const Tensor* count = report.find("n_averaged", {});
  std::vector<Tensor> averages = copies(averages_);
  for (std::size_t i = 0; i < averages.size(); ++i) {
    if (const Tensor* x = report.find(std::to_string(i), averages[i].sizes())) averages[i].copy_(*x);
  }
  report.check("WeightAverage");
  return [this, n = count->item<std::int64_t>(), averages = std::move(averages)]() mutable {
    n_averaged_ = n;
    averages_.swap(averages);
  };
}

}  // namespace tapegrad::optim
