#include <tapegrad/optim/adam.h>

#include <cmath>

#include "autograd/kernels/optim_adam.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

template <bool kDecoupled>
std::tuple<double, double> AdamOptionsOf<kDecoupled>::powers(double t) const {
  const auto [beta1, beta2] = betas();
  if (const double of[] = {t, beta1, beta2}; !std::equal(of, of + 3, power_of_)) {
    powers_ = {std::pow(beta1, t), std::pow(beta2, t)};
    std::copy(of, of + 3, power_of_);
  }
  return powers_;
}

namespace {

template <bool kDecoupled>
void adam_kernel(const core::Call& c) noexcept {
  const detail::Update<AdamOptionsOf<kDecoupled>> u(c);
  const auto& o = u.options;
  const auto [beta1, beta2] = o.betas();
  const auto [power1, power2] = o.powers(static_cast<double>(++u.state.step));
  kernels::adam(u.param(), {.m = u.buffer(0),
                            .v = u.buffer(1),
                            .vmax = o.amsgrad() ? u.buffer(2) : nullptr,
                            .step_size = o.lr() / (1 - power1),
                            .sqrt_correction2 = std::sqrt(1 - power2),
                            .beta1 = beta1,
                            .beta2 = beta2,
                            .eps = o.eps(),
                            .weight_decay = kDecoupled ? 0 : o.weight_decay(),
                            .decay = kDecoupled ? 1 - o.lr() * o.weight_decay() : 1});
}
template <bool kDecoupled>
constexpr core::Op kAdam = detail::update_op("adam", adam_kernel<kDecoupled>);

template <bool kDecoupled>
constexpr StateBuffer kBuffers[] = {
    {"exp_avg"},
    {"exp_avg_sq"},
    {.name = "max_exp_avg_sq",
     .needed = [](const OptimizerOptions& o) { return detail::as<AdamOptionsOf<kDecoupled>>(o).amsgrad(); },
     .joins = true}};

}  // namespace

template <bool kDecoupled>
Tensor AdamOf<kDecoupled>::step(Optimizer::LossClosure closure) {
  return this->step_by(kAdam<kDecoupled>, kBuffers<kDecoupled>, closure);
}
template <bool kDecoupled>
Optimizer::Kept AdamOf<kDecoupled>::kept() const {
  return {kBuffers<kDecoupled>};
}

template class AdamOptionsOf<false>;
template class AdamOptionsOf<true>;
template class AdamOf<false>;
template class AdamOf<true>;

}  // namespace tapegrad::optim
