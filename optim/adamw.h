// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW.
#pragma once

#include <tapegrad/optim/adam.h>

namespace tapegrad::optim {

// {.weight_decay = 0.1}, or AdamWOptions(1e-3).weight_decay(0.1)
using AdamWOptions = AdamOptionsOf</*kDecoupled=*/true>;

// p = p * (1 - lr * weight_decay), then Adam's step (adam.h) with a weight_decay of 0. The state is Adam's.
using AdamW = AdamOf</*kDecoupled=*/true>;

}  // namespace tapegrad::optim
