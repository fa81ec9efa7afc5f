#include <tapegrad/optim/adam.h>

#include <cmath>

#include "optim/detail/update.h"

namespace tapegrad::optim {

template <bool kDecoupled>
void AdamOptionsOf<kDecoupled>::check() const {
  const auto [beta1, beta2] = betas();
  detail::check(lr() >= 0, "Invalid learning rate: ", lr());
  detail::check(eps() >= 0, "Invalid epsilon value: ", eps());
  detail::check(beta1 >= 0 && beta1 < 1, "Invalid beta parameter at index 0: ", beta1);
  detail::check(beta2 >= 0 && beta2 < 1, "Invalid beta parameter at index 1: ", beta2);
  detail::check(weight_decay() >= 0, "Invalid weight_decay value: ", weight_decay());
}

template <bool kDecoupled>
void AdamOptionsOf<kDecoupled>::visit(const OptimizerOptions::Visitor& fn) {
  fn("lr", lr());
  fn("betas.0", std::get<0>(betas()));
  fn("betas.1", std::get<1>(betas()));
  fn("eps", eps());
  fn("weight_decay", weight_decay());
  detail::visit(fn, "amsgrad", amsgrad());
}

namespace {
void adam_kernel(const core::Call& c) noexcept {
  kernels::adam(detail::param_of<3>(c), c.attrs.at<const kernels::AdamArgs>(0));
}
constexpr core::Op kAdam{.name = "adam", .flags = core::kNoGrad, .kernel = adam_kernel};
}  // namespace

template <bool kDecoupled>
Tensor AdamOf<kDecoupled>::step(Optimizer::LossClosure closure) {
  using Options = AdamOptionsOf<kDecoupled>;
  Tensor loss = this->evaluate(closure);
  detail::Rooms rooms =
      detail::prepare<Options>(this->param_groups(), [](const Options& o) { return o.amsgrad() ? 3U : 2U; });
  for (OptimizerParamGroup& group : this->param_groups()) {
    const Options& o = detail::options_of<Options>(group);
    const auto [beta1, beta2] = o.betas();
    kernels::AdamArgs args{.step_size = 0,
                           .sqrt_correction2 = 0,
                           .beta1 = beta1,
                           .beta2 = beta2,
                           .eps = o.eps(),
                           .weight_decay = kDecoupled ? 0 : o.weight_decay(),
                           .decay = kDecoupled ? 1 - o.lr() * o.weight_decay() : 1};
    std::int64_t step_of_args = 0;  // parameters mostly march in step: two powers for all of them
    detail::update(
        group, rooms, kAdam, o.amsgrad() ? 3 : 2, [&, lr = o.lr() ](ParamState & state) -> const auto& {
          if (++state.step != step_of_args) {
            step_of_args = state.step;
            const auto t = static_cast<double>(state.step);
            args.step_size = lr / (1 - std::pow(args.beta1, t));
            args.sqrt_correction2 = std::sqrt(1 - std::pow(args.beta2, t));
          }
          return args;
        });
  }
  return loss;
}

template class AdamOptionsOf<false>;
template class AdamOptionsOf<true>;
template class AdamOf<false>;
template class AdamOf<true>;

}  // namespace tapegrad::optim
