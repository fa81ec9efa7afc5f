// Op: one constant row for each primitive. Call: one use of it, as its shape rule and kernel see it. Grads: the same
// use as its gradient rule sees it.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/impl.h"

namespace tapegrad::core {

struct Node;

// The attributes of a call, as plain words: integers, or doubles bit for bit.
struct Attrs {
  const std::int64_t* words = nullptr;
  int count = 0;

  std::int64_t operator[](int i) const noexcept { return words[i]; }
  double real(int i) const noexcept { return std::bit_cast<double>(words[i]); }
  static std::int64_t word(double v) noexcept { return std::bit_cast<std::int64_t>(v); }
};

struct Op;

struct Call {
  const Op* op;
  TensorImpl* const* in;
  int n_in;
  Attrs attrs;
  // What the shape rule sets. A view also sets strides and offset (in elements, from in[0]'s first). Where there is no
  // shape rule only dtype is set: the kernel reads the sizes of out.
  Dtype dtype;
  int rank;
  std::int64_t numel = -1;  // the product of sizes, where the rule knows it
  std::int64_t sizes[kMaxRank];
  std::int64_t strides[kMaxRank];
  std::int64_t offset;
  // What the kernel fills.
  TensorImpl* out;
};

// Op::flags
enum : std::uint16_t {
  kElementwise = 1,      // dtypes are promoted, shapes broadcast; inputs and output may have any strides
  kRealOnly = 2,         // int64 and bool inputs become f32
  kViewOp = 4,           // the output shares the bytes of input 0; no kernel
  kTakesStrided = 8,     // the kernel reads any strides (else apply hands it contiguous copies)
  kNoGrad = 16,          // never recorded: the output is constant almost everywhere or not a real number
  kFunctionOp = 32,      // a user's Function
  kFunctionOutput = 64,  // one output of a user's Function
  kWritesPart = 128,     // in place it writes a part of input 0, as through a view
  kNoBool = 256          // elementwise, but not defined for bool
};

// Which values a gradient reads: bit k for input k, kReadsOut for the output.
inline constexpr std::uint8_t kReads0 = 1, kReads1 = 2, kReads2 = 4, kReads3 = 8, kReadsOut = 128;

class Grads;

struct Op {
  const char* name;       // "mul", for messages
  const char* grad_name;  // "MulBackward0"
  std::uint16_t flags;
  std::uint8_t reads[5];   // reads[k]: what the gradient of input k reads; inputs from 4 on share reads[4]
  void (*shape)(Call& c);  // the only place that throws; null: elementwise broadcast
  void (*eval)(const Call& c) noexcept;  // null for views
  void (*vjp)(Grads& g);                 // written in public Tensor operations; null: no gradient
};

// What a gradient rule sees: it reads g and the saved values it declared, and sets the gradients that are needed. A
// gradient may have the shape of the output: it is summed to its input's shape and cast to its dtype afterwards.
class Grads {
 public:
  // needed: bit k for each input whose gradient is wanted, of the first 32.
  Grads(Node* node, const Tensor& g, Tensor* out, unsigned needed, bool record) noexcept
      : node_(node), g_(g), out_(out), needed_(needed), record_(record) {}

  const Tensor& g() const noexcept { return g_; }
  bool needs(int k) const noexcept { return k < 32 ? (needed_ >> k & 1U) != 0 : has_edge(k); }
  Tensor in(int k) const { return saved(1U << k); }  // declared with kReads0, kReads1 ...
  Tensor out() const { return saved(kReadsOut); }    // declared with kReadsOut
  Attrs attrs() const noexcept;
  int inputs() const noexcept;
  IntList sizes(int k) const noexcept;  // of input k, which must be needed
  IntList out_sizes() const noexcept;
  Dtype dtype(int k) const noexcept;
  void set(int k, Tensor grad) noexcept { out_[k] = std::move(grad); }

 private:
  Tensor saved(unsigned bit) const;
  bool has_edge(int k) const noexcept;

  Node* node_;
  const Tensor& g_;
  Tensor* out_;
  unsigned needed_;
  bool record_;
};

// Every operation passes this door: shape rule, record, kernel. Throws what the shape rule throws, AutogradError for a
// stale view, std::bad_alloc.
Tensor apply(const Op& op, const Tensor* const* in, int n_in, Attrs attrs);

inline Tensor apply(const Op& op, const Tensor& a, Attrs attrs = {}) {
  const Tensor* in[] = {&a};
  return apply(op, in, 1, attrs);
}
inline Tensor apply(const Op& op, const Tensor& a, const Tensor& b, Attrs attrs = {}) {
  const Tensor* in[] = {&a, &b};
  return apply(op, in, 2, attrs);
}
inline Tensor apply(const Op& op, const Tensor& a, const Tensor& b, const Tensor& c, Attrs attrs = {}) {
  const Tensor* in[] = {&a, &b, &c};
  return apply(op, in, 3, attrs);
}

// The same, with the result written over in[0] (which must have the result's shape).
void apply_inplace(const Op& op, const Tensor* const* in, int n_in, Attrs attrs);

// What core needs of the layer above, set once by ops.
struct Above {
  Tensor (*add)(const Tensor& a, const Tensor& b);
  Tensor (*sum_to)(const Tensor& x, IntList sizes);
  Tensor (*cast)(const Tensor& x, Dtype dtype);
  Tensor (*copy)(const Tensor& x);                                // contiguous, fresh bytes
  void (*add_into)(TensorImpl* a, const TensorImpl* b) noexcept;  // a += b, same shape and dtype; bumps nothing
};
extern const Above kAbove;  // ops/above.cpp

}  // namespace tapegrad::core
