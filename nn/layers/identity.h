// Identity: a place in a model where nothing happens.
#pragma once

#include <tapegrad/nn/layer.h>

namespace tapegrad::nn {

/// Gives the x that it gets: for what a model's options turn off.
struct TAPEGRAD_EXPORT IdentityImpl : Layer<IdentityImpl> {
  Tensor forward(const Tensor& x) { return x; }
};
TAPEGRAD_MODULE(Identity);

}  // namespace tapegrad::nn
