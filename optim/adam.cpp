#include <tapegrad/optim/adam.h>

#include <cmath>

#include "autograd/core/source.h"
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
// The powers of beta1 and beta2 are multiplied from step to step.
template <bool kDecoupled>
void adam_source(core::Source& s) {
  const detail::Update<AdamOptionsOf<kDecoupled>> u(s.call());
  const auto& o = u.options;
  const auto of = [](double v) { return "T(" + core::literal(v) + ")"; };
  const auto [beta1, beta2] = o.betas();
  const auto step = static_cast<double>(u.state.step);
  const std::string lr = s.variable(&o, "lr", o.lr());
  const auto own = [&](const char* name, double v) { return s.variable(&u.state, name, v); };
  const std::string power1 = own("_power1", std::pow(beta1, step)), power2 = own("_power2", std::pow(beta2, step));
  const std::string size = own("_size", 0), scale = own("_scale", 0);
  s.line(core::joined(power1, " *= ", core::literal(beta1), ", ", power2, " *= ", core::literal(beta2), ";"));
  s.line(core::joined(size, " = ", lr, " / (1 - ", power1, "), ", scale, " = 1 / std::sqrt(1 - ", power2, ");"));
  std::string g = "b", v = "d";
  if (o.weight_decay() != 0 && kDecoupled)
    s.each(core::joined("a * T(1 - ", lr, " * ", core::literal(o.weight_decay()), ")").c_str(), 0);
  if (o.weight_decay() != 0 && !kDecoupled) g = core::joined("(b + ", of(o.weight_decay()), " * a)");
  s.each(core::joined(of(beta1), " * c + ", of(1 - beta1), " * ", g).c_str(), 2);
  s.each(core::joined(of(beta2), " * d + ", of(1 - beta2), " * ", g, " * ", g).c_str(), 3);
  if (o.amsgrad()) s.each("e > d ? e : d", 4), v = "e";
  s.each(core::joined("a - T(", size, ") * c / (std::sqrt(", v, ") * T(", scale, ") + ", of(o.eps()), ")").c_str(), 0);
}
template <bool kDecoupled>
constexpr StateBuffer kBuffers[] = {
    {"exp_avg"},
    {"exp_avg_sq"},
    {.name = "max_exp_avg_sq",
     .needed = [](const OptimizerOptions& o) { return detail::as<AdamOptionsOf<kDecoupled>>(o).amsgrad(); },
     .joins = true}};
template <bool kDecoupled>
constexpr core::Op kAdam = detail::update_op<kBuffers<kDecoupled>>("adam", adam_kernel<kDecoupled>,
                                                                   adam_source<kDecoupled>);

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
