#include <tapegrad/optim/sgd.h>

#include "autograd/core/source.h"
#include "autograd/kernels/optim_sgd.h"
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

namespace {

void sgd_kernel(const core::Call& c) noexcept {
  const detail::Update<SGDOptions> u(c);
  const SGDOptions& o = u.options;
  kernels::SgdArgs args{.lr = o.lr(), .sign = o.maximize() ? -1.0 : 1.0, .weight_decay = o.weight_decay()};
  if (o.momentum() != 0 && (args.buffer = u.buffer(0)) != nullptr) {
    const bool first = u.state.step++ == 0;
    args.keep = first ? 0 : o.momentum();
    args.take = first ? 1 : 1 - o.dampening();
    args.nesterov = o.nesterov() ? o.momentum() : 0;
  }
  kernels::sgd(u.param(), args);
}
void sgd_source(core::Source& s) {
  const detail::Update<SGDOptions> u(s.call());
  const SGDOptions& o = u.options;
  const std::string lr = "T(" + s.variable(&o, "lr", o.lr()) + ")", keep = core::literal(o.momentum());
  std::string g = o.maximize() ? "-b" : "b";
  if (o.weight_decay() != 0) g = core::joined("(", g, " + T(", core::literal(o.weight_decay()), ") * a)");
  if (o.momentum() != 0) {
    s.each(core::joined("T(", keep, ") * c + T(", core::literal(1 - o.dampening()), ") * ", g).c_str(), 2);
    g = o.nesterov() ? core::joined("(", g, " + T(", keep, ") * c)") : "c";
  }
  s.each(core::joined("a - ", lr, " * ", g).c_str(), 0);
}
constexpr StateBuffer kBuffers[] = {
    {"momentum_buffer", [](const OptimizerOptions& o) { return detail::as<SGDOptions>(o).momentum() != 0; }}};
constexpr core::Op kSgd = detail::update_op<kBuffers>("sgd", sgd_kernel, sgd_source);

}  // namespace

TAPEGRAD_OPTIMIZER_STEP(SGD, kSgd, /*counts_steps=*/false)

}  // namespace tapegrad::optim
