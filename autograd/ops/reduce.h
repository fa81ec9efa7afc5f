// What other families need of the reductions.
#pragma once

#include "autograd/core/op.h"

namespace tapegrad::ops {

// x summed to `sizes`, from which it could have been broadcast: ShapeError otherwise.
Tensor sum_to(const Tensor& x, IntList sizes);

}  // namespace tapegrad::ops
