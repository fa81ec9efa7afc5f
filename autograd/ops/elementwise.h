// What op files share: from a call to the loops of the kernels, scalars as tensors, both spellings.
#pragma once

#include <atomic>

#include "autograd/core/batch.h"
#include "autograd/core/shape.h"
#include "autograd/core/source.h"
#include "autograd/kernels/by_dtype.h"
#include "autograd/kernels/map.h"
#include "autograd/kernels/source.h"

namespace tapegrad::ops {

using namespace core;
using kernels::by_dtype;
using kernels::by_floating;
using kernels::Fn;

// A short list of sizes or dims that needs no heap.
class Dims {
 public:
  Dims() noexcept = default;
  Dims(IntList list) noexcept : n_(list.size()) { std::copy(list.begin(), list.end(), v_); }
  void push_back(std::int64_t v) noexcept { v_[n_++] = v; }
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
  std::int64_t operator[](std::int64_t i) const noexcept { return v_[i]; }
  std::int64_t& back() noexcept { return v_[n_ - 1]; }
  std::size_t size() const noexcept { return n_; }
  bool empty() const noexcept { return n_ == 0; }
  operator IntList() const noexcept { return {v_, n_}; }
  operator Attrs() const noexcept { return {v_, static_cast<int>(n_)}; }

 private:
  std::int64_t v_[kMaxRank + 2];
  std::size_t n_ = 0;
};

// t, broadcast, in a loop over `rank` dims.
kernels::Operand operand_of(const TensorImpl* t, int rank) noexcept;

// Runs `loop` over the inputs of c (from `first` on), broadcast to the output.
void map_strided(const Call& c, kernels::Loop loop, int first) noexcept;
inline void map_call(const Call& c, kernels::Loop loop, int first = 0) noexcept {
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
  if (!simple || out->numel > kernels::kGrain) return map_strided(c, loop, first);
  if (out->numel > 0) loop(out->data, data, scalar, out->numel, c.attrs.words);
}

// The kernel of an op whose loop follows from the dtype of its first input.
template <Fn kFn>
void run_loop(const Call& c) noexcept {
  static constinit std::atomic<kernels::Loop> found[kDtypeEnd] = {};  // finding a loop costs as much as running one
  std::atomic<kernels::Loop>& slot = found[static_cast<int>(c.in[0]->dtype)];
  kernels::Loop loop = slot.load(std::memory_order_relaxed);
  if (loop == nullptr) {
    loop = kernels::find_loop(kFn, c.in[0]->dtype);
    slot.store(loop, std::memory_order_relaxed);
  }
  map_call(c, loop);
}

// The op that kernels::find_loop(kFn, dtype) computes. Without a shape of its own dtypes promote and shapes broadcast.
template <Fn kFn>
constexpr Op elementwise(const char* name, const char* grad_name, OpFlags flags,
                         std::initializer_list<std::uint16_t> reads, void (*vjp)(Grads&),
                         void (*shape)(Call&) = nullptr, void (*check)(const Call&) = nullptr) {
  Op op{.name = name,
        .grad_name = grad_name,
        .flags = kElementwise | flags,
        .shape = shape,
        .check = check,
        .kernel = run_loop<kFn>,
        .loop = [](Dtype dtype) noexcept { return kernels::find_loop(kFn, dtype); },
        .source = [](Source& s) { s.each(kernels::source_of(kFn)); },
        .vjp = vjp};
  std::copy(reads.begin(), reads.end(), op.reads);
  return op;
}

// The spellings of an operation that is one op: function and method; and in place, where PyTorch has that form too.
#define TAPEGRAD_UNARY_RESULT(fn, op)                 \
  Tensor fn(const Tensor& x) { return apply(op, x); } \
  Tensor TensorOps::fn() const { return apply(op, self()); }
#define TAPEGRAD_UNARY(fn, op)  \
  TAPEGRAD_UNARY_RESULT(fn, op) \
  Tensor& TensorOps::fn##_() const { return in_place(op, self()); }
#define TAPEGRAD_BINARY_RESULT(fn, op)                                    \
  Tensor fn(const Tensor& a, const Tensor& b) { return apply(op, a, b); } \
  Tensor TensorOps::fn(const Tensor& other) const { return apply(op, self(), other); }
#define TAPEGRAD_BINARY(fn, op)  \
  TAPEGRAD_BINARY_RESULT(fn, op) \
  Tensor& TensorOps::fn##_(const Tensor& other) const { return in_place(op, self(), other); }
// With a number in the second place, too.
#define TAPEGRAD_BINARY_SCALAR_RESULT(fn, op)                                                 \
  TAPEGRAD_BINARY_RESULT(fn, op)                                                              \
  Tensor fn(const Tensor& a, const Scalar& b) { return apply(op, a, wrapped(b, a.dtype())); } \
  Tensor TensorOps::fn(const Scalar& other) const { return tapegrad::fn(self(), other); }
#define TAPEGRAD_BINARY_SCALAR(fn, op)                                                        \
  TAPEGRAD_BINARY_SCALAR_RESULT(fn, op)                                                       \
  Tensor& TensorOps::fn##_(const Tensor& other) const { return in_place(op, self(), other); } \
  Tensor& TensorOps::fn##_(const Scalar& other) const { return fn##_(wrapped(other, self().dtype())); }
// The operators of two tensors, `both`, and of a tensor and a number on either side.
#define TAPEGRAD_OPERATOR(sign, fn, both)                                     \
  Tensor operator sign(const Tensor& a, const Tensor& b) { return both; }     \
  Tensor operator sign(const Tensor& a, const Scalar& b) { return fn(a, b); } \
  Tensor operator sign(const Scalar& a, const Tensor& b) { return fn(wrapped(a, b.dtype()), b); }

// A number as a 0-dim tensor that does not widen x: its kind may still raise integers to floating point.
Tensor wrapped(const Scalar& v, Dtype with);
Tensor scalar_tensor(const Scalar& v, Dtype dtype, IntList sizes = {});  // sizes of 1

// full(v): an op a dtype, and its attribute: Error where the dtype cannot hold v.
struct Full {
  const Op* op;
  std::int64_t word;
  operator Attrs() const noexcept { return {&word, 1}; }
};
Full full_of(const Scalar& v, Dtype dtype);

Tensor with_options(Tensor t, TensorOptions options);  // a new t, requiring grad where the options say so

// Where what a narrow dtype shall hold is computed.
constexpr Dtype computed_in(Dtype d) noexcept { return !is_narrow(d) ? d : is_floating_point(d) ? kFloat : kLong; }
Tensor contiguous_clone(const Tensor& x);  // where clone() keeps the order in memory

Tensor in_floating(const Tensor& x);  // int64 and bool as f32

// Runs op over self and returns it.
inline Tensor& in_place(const Op& op, const Tensor& self, const Tensor& other, Attrs attrs = {}) {
  const Tensor* in[] = {&self, &other};
  apply_inplace(op, in, 2, attrs);
  return const_cast<Tensor&>(self);
}
inline Tensor& in_place(const Op& op, const Tensor& self, Attrs attrs = {}) {
  const Tensor* in[] = {&self};
  apply_inplace(op, in, 1, attrs);
  return const_cast<Tensor&>(self);
}

// The in-place form of what gives another dtype, or is made of others: its result, copied over self.
Tensor& copy_over(const char* op, const Tensor& self, const Tensor& result);

// The sum of each sample of a whole batch.
inline Tensor sample_sums(const Tensor& x) { return x.dim() == 1 ? x : x.flatten(1).sum(1); }

// What ran over the rows of all samples, n of each, as a whole batch.
inline Tensor batch_of_rows(const Batch& b, const Tensor& rows, std::int64_t n) {
  Dims sizes = rows.sizes();
  sizes[0] = b.size();
  sizes.insert(1, n);
  return rows.reshape(sizes);
}

void bool_shape(Call& c);  // the shapes broadcast, to bool

void fill_zero(TensorImpl* x) noexcept;  // of a contiguous x, in a kernel

}  // namespace tapegrad::ops
