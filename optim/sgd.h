// Stochastic gradient descent, with momentum.
#pragma once

#include <tapegrad/optim/optimizer.h>

namespace tapegrad::optim {

struct SGDFields {
  double lr = __builtin_nan("");  ///< must be given
  double momentum = 0;
  double dampening = 0;
  double weight_decay = 0;
  bool nesterov = false;
  bool maximize = false;
};
/// The options of SGD: {.lr = 0.1, .momentum = 0.9}, or SGDOptions(0.1).momentum(0.9). lr must be given; lr, momentum
/// and weight_decay are at least 0; nesterov needs momentum and no dampening.
class TAPEGRAD_EXPORT SGDOptions : public OptionsWith<SGDOptions, SGDFields> {
 public:
  using OptionsWith::OptionsWith;
  TAPEGRAD_OPTIONS(lr, momentum, dampening, weight_decay, nesterov, maximize)
  void check() const override;
};

/// Stochastic gradient descent, as torch.optim.SGD. For each parameter p with gradient g (-g with maximize):
///
///     d = g + weight_decay * p
///     with momentum: buf = d in the first step, later momentum * buf + (1 - dampening) * d;
///                    d = buf, or d + momentum * buf with nesterov
///     p = p - lr * d
///
/// State: momentum_buffer (buf). What falls below the smallest normal number becomes 0 there.
/// Source: Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.
TAPEGRAD_OPTIMIZER(SGD);

}  // namespace tapegrad::optim
