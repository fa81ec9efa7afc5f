#include <tapegrad/optim/sgd.h>

#include "optim/detail/update.h"

namespace tapegrad::optim {

void SGDOptions::check() const {
  detail::check(lr() >= 0, "Invalid learning rate: ", lr());
  detail::check(momentum() >= 0, "Invalid momentum value: ", momentum());
  detail::check(weight_decay() >= 0, "Invalid weight_decay value: ", weight_decay());
  if (nesterov() && (momentum() <= 0 || dampening() != 0)) {
    throw ValueError(
        "Optimizer: Nesterov momentum requires a momentum and zero dampening; set both, or nesterov(false)");
  }
}

void SGDOptions::visit(const Visitor& fn) {
  fn("lr", lr());
  fn("momentum", momentum());
  fn("dampening", dampening());
  fn("weight_decay", weight_decay());
  detail::visit(fn, "nesterov", nesterov());
  detail::visit(fn, "maximize", maximize());
}

namespace {
void sgd_kernel(const core::Call& c) noexcept {
  kernels::sgd(detail::param_of<1>(c), c.attrs.at<const kernels::SgdArgs>(0));
}
constexpr core::Op kSgd{.name = "sgd", .flags = core::kNoGrad, .kernel = sgd_kernel};
}  // namespace

Tensor SGD::step(LossClosure closure) {
  Tensor loss = evaluate(closure);
  detail::Rooms rooms =
      detail::prepare<SGDOptions>(param_groups(), [](const SGDOptions& o) { return o.momentum() != 0 ? 1U : 0U; });
  for (OptimizerParamGroup& group : param_groups()) {
    const SGDOptions& o = detail::options_of<SGDOptions>(group);
    const kernels::SgdArgs args{.lr = o.lr(),
                                .sign = o.maximize() ? -1.0 : 1.0,
                                .weight_decay = o.weight_decay(),
                                .keep = o.momentum(),
                                .take = 1 - o.dampening(),
                                .nesterov = o.nesterov() ? o.momentum() : 0};
    if (args.keep == 0) {
      detail::update(
          group, rooms, kSgd, 0, [&](ParamState&) -> const auto& { return args; });
      continue;
    }
    kernels::SgdArgs first = args;
    first.keep = 0;
    first.take = 1;
    detail::update(
        group, rooms, kSgd, 1, [&](ParamState & state) -> const auto& { return state.step++ > 0 ? args : first; });
  }
  return loss;
}

}  // namespace tapegrad::optim
