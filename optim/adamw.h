// Adam with decoupled weight decay.
#pragma once

#include <tapegrad/optim/adam.h>

namespace tapegrad::optim {

/// The options of AdamW, as those of Adam: {.weight_decay = 0.1}, or AdamWOptions(1e-3).weight_decay(0.1).
using AdamWOptions = AdamOptionsOf</*kDecoupled=*/true>;

/// AdamW, as torch.optim.AdamW: p = p * (1 - lr * weight_decay), then Adam's step with a weight_decay of 0. The state
/// is Adam's. Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
using AdamW = AdamOf</*kDecoupled=*/true>;

}  // namespace tapegrad::optim
