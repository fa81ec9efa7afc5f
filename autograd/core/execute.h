// The execution point: the one caller of kernels, and the one way by which the bytes of a tensor change.
#pragma once

#include "autograd/core/op.h"

namespace tapegrad::core {

// Fills c.out, which nobody else can see yet.
inline void execute(const Call& c) noexcept { c.op->kernel(c); }

// Writes over c.out: what was saved of it is out of date.
inline void execute_inplace(const Call& c) noexcept {
  execute(c);
  if ((c.out->flags & kNoBump) == 0) ++c.out->storage->version;
}

}  // namespace tapegrad::core
