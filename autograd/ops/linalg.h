// What the decompositions share: checks of matrices, a kernel a matrix, and what it says when it fails.
#pragma once

#include <new>

#include "autograd/core/recorder.h"
#include "autograd/kernels/linalg.h"
#include "autograd/ops/elementwise.h"

namespace tapegrad::ops {

// The thread's last kernel that failed: which matrix of the batch, and the status (kernels/linalg.h). A kernel cannot
// throw, so decomposed() does, right behind it.
struct Failure {
  std::int64_t batch, status;
};
extern constinit thread_local Failure last_failure;

// apply(), and what the kernel says: std::bad_alloc; ValueError by `failed`, which gets the text "(Batch element 1): "
// of a batch, and the status.
template <class... In>
Tensor decomposed(void (*failed)(const std::string& which, std::int64_t status), const Op& op, Attrs attrs,
                  const In&... in) {
  require_unrecorded(op.name, "decomposes a matrix, which may fail for its values,", "do it outside");
  last_failure = {};
  const Tensor* inputs[] = {&in...};
  Tensor out = apply(op, inputs, sizeof...(in), attrs);
  if (last_failure.status == kernels::kNoMemory) throw std::bad_alloc();
  const bool batched = inputs[0]->dim() > 2;
  if (last_failure.status != 0 && failed != nullptr)
    failed(batched ? joined("(Batch element ", last_failure.batch, "): ") : "", last_failure.status);
  return out;
}

// DtypeError, ShapeError: not floating point; not [.., m, n]; not [.., n, n].
void require_matrix(const char* op, const Tensor& a, const char* name = "A");
void require_square(const char* op, const Tensor& a);
void require_same_dtype(const char* op, const Tensor& a, const Tensor& b);
void require_finite(const Call& c);  // an op's check of its first input; ValueError

inline std::int64_t rows(const TensorImpl* a) noexcept { return a->sizes()[a->rank - 2]; }
inline std::int64_t cols(const TensorImpl* a) noexcept { return a->sizes()[a->rank - 1]; }
inline IntList lead(const TensorImpl* a) noexcept { return {a->sizes(), static_cast<std::size_t>(a->rank) - 2}; }
void set_batched(Call& c, std::initializer_list<std::int64_t> last);  // sizes: the batch dims of input 0, and these

// f(of) for each matrix of input 0, where of(t) is where t has its part. f gives the kernel's status.
template <class F>
void each_matrix(const Call& c, const F& f) noexcept {
  std::int64_t count = 1;
  for (const std::int64_t n : lead(c.in[0])) count *= n;
  by_floating(c.dtype, [&]<class T>() {
    for (std::int64_t b = 0; b < count; ++b) {
      const std::int64_t status = f([=](const TensorImpl* t) { return t->ptr<T>() + t->numel / count * b; });
      if (status != 0 && last_failure.status == 0) last_failure = {b, status};
    }
  });
}

inline Tensor flipped(const Tensor& x) { return x.transpose(-2, -1); }
inline Tensor scaled_columns(const Tensor& x, const Tensor& by) { return x.mul(by.unsqueeze(-2)); }

// Both with the batch dims that they broadcast to.
struct Both {
  Tensor a, b;
};
Both same_batches(const char* op, const Tensor& a, const Tensor& b);

// u [.., m, k], s [.., k] and v [.., n, k] of a [.., m, n] = u diag(s) v^T, k = min(m, n).
struct ThinSvd {
  Tensor u, s, v;
};
ThinSvd thin_svd(const Tensor& a);

}  // namespace tapegrad::ops
