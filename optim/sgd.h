// Stochastic gradient descent, with momentum, as torch.optim.SGD.
#pragma once

#include <tapegrad/autograd/option.h>
#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

// SGDOptions(0.1).momentum(0.9)
class TAPEGRAD_EXPORT SGDOptions : public OptimizerCloneableOptions<SGDOptions> {
 public:
  SGDOptions(double lr) : lr_(lr) {}
  // lr, momentum, weight_decay >= 0; nesterov needs momentum > 0 and dampening 0.
  void check() const override;
  void visit(const Visitor& fn) override;
  TAPEGRAD_OPTION(double, lr);
  TAPEGRAD_OPTION(double, momentum) = 0;
  TAPEGRAD_OPTION(double, dampening) = 0;
  TAPEGRAD_OPTION(double, weight_decay) = 0;
  TAPEGRAD_OPTION(bool, nesterov) = false;
  TAPEGRAD_OPTION(bool, maximize) = false;
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
