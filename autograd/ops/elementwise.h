// From a call to the row functions of the kernels.
#pragma once

#include <atomic>

#include "autograd/core/shape.h"
#include "autograd/kernels/map.h"

namespace tapegrad::ops {

using namespace core;
using kernels::Fn;

// A short list of sizes or dims that needs no heap.
class Dims {
 public:
  Dims() noexcept = default;
  Dims(IntList list) noexcept : n_(list.size()) { std::copy(list.begin(), list.end(), v_); }
  void push_back(std::int64_t v) noexcept { v_[n_++] = v; }
  void pop_back() noexcept { --n_; }
  void insert(int at, std::int64_t v) noexcept {
    std::copy_backward(v_ + at, v_ + n_, v_ + n_ + 1);
    v_[at] = v;
    ++n_;
  }
  void erase(int at) noexcept {
    std::copy(v_ + at + 1, v_ + n_, v_ + at);
    --n_;
  }
  std::int64_t& operator[](std::int64_t i) noexcept { return v_[i]; }
  std::int64_t& back() noexcept { return v_[n_ - 1]; }
  std::size_t size() const noexcept { return n_; }
  bool empty() const noexcept { return n_ == 0; }
  operator IntList() const noexcept { return {v_, n_}; }
  operator Attrs() const noexcept { return {v_, static_cast<int>(n_)}; }

 private:
  std::int64_t v_[kMaxRank + 2];
  std::size_t n_ = 0;
};

// Runs `row` over the inputs of c (from `first` on), broadcast to the output.
void map_strided(const Call& c, kernels::Row row, int first) noexcept;
void map_large(const Call& c, kernels::Row row, int first, unsigned scalar) noexcept;
inline void map_call(const Call& c, kernels::Row row, int first = 0) noexcept {
  const TensorImpl* out = c.out;
  const void* data[kernels::kMaxInputs];
  unsigned scalar = 0;
  bool simple = is_contiguous(out);
  for (int k = first; k < c.n_in; ++k) {
    const TensorImpl* t = c.in[k];
    data[k - first] = t->data;
    if (t->numel == 1) {
      scalar |= 1U << (k - first);
    } else {
      simple = simple && is_contiguous(t) && t->numel == out->numel;  // what broadcasts is then of size 1
    }
  }
  if (!simple) return map_strided(c, row, first);
  if (out->numel > kernels::kGrain) return map_large(c, row, first, scalar);
  if (out->numel > 0) row(out->data, data, scalar, out->numel, c.attrs.words);
}

// The kernel of an op whose row function follows from the dtype of its first input.
template <Fn kFn>
void eval_row(const Call& c) noexcept {
  static constinit std::atomic<kernels::Row> found[4] = {};  // finding a row costs as much as running a short one
  std::atomic<kernels::Row>& slot = found[static_cast<int>(c.in[0]->dtype)];
  kernels::Row row = slot.load(std::memory_order_relaxed);
  if (row == nullptr) {
    row = kernels::row(kFn, c.in[0]->dtype);
    slot.store(row, std::memory_order_relaxed);
  }
  map_call(c, row);
}

// A number as a 0-dim tensor that does not widen x: its kind may still raise integers to floating point.
Tensor wrapped(const Scalar& v, Dtype with);
Tensor scalar_tensor(const Scalar& v, Dtype dtype);

Tensor in_real(const Tensor& x);  // int64 and bool as f32

inline Tensor& done(const Tensor& x) noexcept { return const_cast<Tensor&>(x); }

inline void in_place(const Op& op, const Tensor& self, const Tensor& other, Attrs attrs = {}) {
  const Tensor* in[] = {&self, &other};
  apply_inplace(op, in, 2, attrs);
}
inline void in_place(const Op& op, const Tensor& self, Attrs attrs = {}) {
  const Tensor* in[] = {&self};
  apply_inplace(op, in, 1, attrs);
}

}  // namespace tapegrad::ops
