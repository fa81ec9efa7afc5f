// Stochastic gradient descent, with momentum, as torch.optim.SGD.
#pragma once

#include <tapegrad/autograd/option.h>
#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct SGDFields {
  double lr = __builtin_nan("");  // must be given
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};
// SGD(parameters, {.lr = 0.1, .momentum = 0.9}), or SGD(parameters, SGDOptions(0.1).momentum(0.9))
class TAPEGRAD_EXPORT SGDOptions : public OptimizerCloneableOptions<SGDOptions>, public OptionsOf<SGDFields> {
 public:
  using OptionsOf::OptionsOf;
  SGDOptions(double lr) : OptionsOf({.lr = lr}) {}
  // lr, momentum, weight_decay >= 0; nesterov needs momentum > 0 and dampening 0.
  void check() const override;
  void visit(const Visitor& fn) override;
  TAPEGRAD_SETTER(lr)
  TAPEGRAD_SETTER(momentum)
  TAPEGRAD_SETTER(dampening)
  TAPEGRAD_SETTER(weight_decay)
  TAPEGRAD_SETTER(nesterov)
  TAPEGRAD_SETTER(maximize)
};

// For each parameter p with gradient g (-g with maximize):
//   d = g + weight_decay * p
//   with momentum: buf = d in the first step, later momentum * buf + (1 - dampening) * d;
//                  d = buf, or d + momentum * buf with nesterov
//   p = p - lr * d
// State: momentum_buffer. What falls below the smallest normal number becomes 0 there.
class TAPEGRAD_EXPORT SGD : public OptimizerWith<SGDOptions> {
 public:
  using OptimizerWith::OptimizerWith;
  Tensor step(LossClosure closure = nullptr) override;

 protected:
  StateNames state_names() const override { return {{"momentum_buffer"}, false, 1}; }
};

}  // namespace tapegrad::optim
