#include <tapegrad/nn/losses/huber.h>

#include "autograd/core/text.h"

namespace tapegrad::nn {

Tensor functional::huber_loss(const Tensor& x, const Tensor& target, const HuberLossOptions& options) try {
  if (!(options.delta() > 0)) {
    core::throw_value("huber_loss", "huber_loss does not support non-positive values for delta, but got ",
                      options.delta(), "; give more than 0");
  }
  const Tensor d = x - target, c = d.clamp(-options.delta(), options.delta());
  return detail::reduced(c * d.sub(c, 0.5), options.reduction());
} catch (const Error&) {
  core::throw_as("huber_loss");
}

}  // namespace tapegrad::nn
