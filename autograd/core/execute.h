// The execution point: the one caller of kernels, and the one way by which the bytes of a tensor change.
#pragma once

#include "autograd/core/op.h"
#include "autograd/core/recorder.h"

namespace tapegrad::core {

// What was saved of t's bytes is out of date.
inline void raise_version(const TensorImpl* t) noexcept {
  if (!t->flags.has(kNoBump)) ++t->storage->version;
}

// The kernel alone: of a call that is run again, or where the caller has looked at the watch flags.
inline void run_kernel(const Call& c) noexcept { c.op->kernel(c); }

// The kernel, and what the watch flags ask for beside.
void run_watched(const Call& c, bool in_place) noexcept;

// Fills c.out, which nobody else can see yet.
inline void execute(const Call& c) noexcept {
  if (context().watch.bits != 0) [[unlikely]]
    return run_watched(c, /*in_place=*/false);
  run_kernel(c);
}

// Writes over c.out, and for an optimiser's update over the inputs behind the gradient, which nothing has saved.
inline void execute_inplace(const Call& c) noexcept {
  context().watch.bits != 0 ? run_watched(c, /*in_place=*/true) : run_kernel(c);
  raise_version(c.out);
}

// A use of an op, of which the shape is not known yet.
inline Call call_of(const Op& op, TensorImpl* const* in, int n_in, Attrs attrs) noexcept {
  Call c;
  c.op = &op;
  c.in = in;
  c.n_in = n_in;
  c.attrs = attrs;
  return c;
}
// The same, with the output there.
inline Call call_of(const Op& op, TensorImpl* const* in, int n_in, Attrs attrs, TensorImpl* out) noexcept {
  Call c = call_of(op, in, n_in, attrs);
  c.out = out;
  return c;
}
inline Call call_of(const Op& op, Attrs attrs, TensorImpl* out) noexcept { return call_of(op, nullptr, 0, attrs, out); }

// A fresh tensor of `numel` elements, the product of sizes, that such an op fills.
inline Tensor create(const Op& op, Dtype dtype, IntList sizes, std::int64_t numel, Attrs attrs) {
  Tensor out = Tensor::adopt(new_tensor(dtype, sizes.data(), static_cast<int>(sizes.size()), numel));
  execute(call_of(op, attrs, out.impl()));
  return out;
}

}  // namespace tapegrad::core
