// Batched tensors, which autograd::functional::vmap() hands to its function. Their sizes and strides are those of one
// sample; one dim more, the batch dim, does not show. So shapes, nodes and gradients are of samples, while kernels run
// over whole batches: dispatch hands a call with a batched input to apply_batched(), which runs the op on whole tensors
// by the op's rule for them (Op::batch), or on one sample after the other where it has none.
#pragma once

#include <cstdint>

#include "autograd/core/op.h"

namespace tapegrad::core {

// A call as the op's rule for batches sees it. `whole` tensors have the batch dim in front; what the rule gives is
// whole.
class Batch {
 public:
  explicit Batch(const Call& c);

  const Call& call() const noexcept { return c_; }
  const Op& op() const noexcept { return *c_.op; }
  Attrs attrs() const noexcept { return c_.attrs; }
  int inputs() const noexcept { return c_.n_in; }
  std::int64_t size() const noexcept { return dim_.size; }
  std::uint64_t id() const noexcept { return dim_.id; }
  int rank(int k) const noexcept { return c_.in[k]->rank; }             // of a sample
  std::int64_t numel(int k) const noexcept { return c_.in[k]->numel; }  // of a sample
  bool has(int k) const noexcept { return c_.in[k]->is_batched(); }
  Tensor in(int k) const;                 // whole, or as it is where it is no batch
  Tensor spread(int k) const;             // whole in any case
  Tensor aligned(int k, int rank) const;  // as in(), a sample of a batch having as many dims, ones in front

 private:
  const Call& c_;
  BatchDim dim_{-1, 0, 0};  // of a batch that repeats a sample
};

// The op itself on whole tensors: of one whose leading dims are independent of one another, or elementwise.
Tensor spread_batch(const Batch& b);
Tensor elementwise_batch(const Batch& b);
// The op on one sample after the other, which is what an op without a rule does.
Tensor by_sample(const Batch& b);

Tensor whole_batch(const Tensor& x);
Tensor apply_batched(const Op& op, TensorImpl** in, int n, Attrs attrs);

// The batch whose samples lie along dim of x, of the run of vmap with this id; a batch of x for each sample; and a
// batch with its dim shown. All are views, and recorded.
Tensor hide_dim(const Tensor& x, std::int64_t dim, std::uint64_t id);
Tensor repeated(const Tensor& x, const BatchDim& batch);  // whose stride is 0
Tensor show_dim(const Tensor& x, std::int64_t dim);

// A run of vmap, whose gradients stay one by one where they reach what is no batch.
class BatchScope {
 public:
  explicit BatchScope(std::uint64_t id) noexcept : before_(context().batch) { context().batch = id; }
  ~BatchScope() { context().batch = before_; }
  BatchScope(const BatchScope&) = delete;
  BatchScope& operator=(const BatchScope&) = delete;

 private:
  std::uint64_t before_;
};
std::uint64_t new_batch_id() noexcept;

// AutogradError: what a batch cannot do. Who can work on a sample at a time then does so (Context::unbatchable).
[[noreturn]] void throw_unbatchable(const char* op, const char* what, const char* instead);
inline void require_unbatched(const TensorImpl* t, const char* op, const char* what, const char* instead) {
  if (t->is_batched()) [[unlikely]]
    throw_unbatchable(op, what, instead);
}

// Of dispatch.cpp.
void infer_shape(Call& c);
void record(const Call& c, TensorImpl* out);  // the node of a call whose result is there

}  // namespace tapegrad::core
