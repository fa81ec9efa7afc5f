// Op: one constant row for each primitive. Call: one use of it, as its shape rule and kernel see it. (Grads, in
// grads.h, is the same use as its gradient rule sees it.)
#pragma once

#include <bit>
#include <cstdint>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/impl.h"

namespace tapegrad::core {

struct Node;

// The attributes of a call, as plain words: integers, doubles bit for bit, or pointers.
struct Attrs {
  const std::int64_t* words = nullptr;
  int count = 0;

  std::int64_t operator[](int i) const noexcept { return words[i]; }
  double as_double(int i) const noexcept { return std::bit_cast<double>(words[i]); }
  template <class T>
  T* pointer(int i) const noexcept {  // to what lives as long as the call
    return reinterpret_cast<T*>(words[i]);
  }
  template <class T>
  T& at(int i) const noexcept {
    return *pointer<T>(i);
  }
  static std::int64_t word(double v) noexcept { return std::bit_cast<std::int64_t>(v); }
  static std::int64_t word(const void* p) noexcept { return reinterpret_cast<std::intptr_t>(p); }
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
  kElementwise = 1,   // dtypes are promoted, shapes broadcast; inputs and output may have any strides
  kFloatingOnly = 2,  // int64 and bool inputs become f32
  kViewOp = 4,        // the output shares the bytes of input 0; no kernel
  kTakesStrided = 8,  // the kernel reads any strides (else apply hands it contiguous copies)
  kNoGrad = 16,       // never recorded: the output is constant almost everywhere or not a real number
  kWritesPart = 64,   // in place it writes a part of input 0, as through a view
  kNoBool = 128       // elementwise, but not defined for bool
};

// Which values a gradient reads: bit k for input k, of the first fifteen, and kReadsOut for the output.
constexpr std::uint16_t reads_input(int k) noexcept { return static_cast<std::uint16_t>(1U << k); }
inline constexpr std::uint16_t kReads0 = 1, kReads1 = 2, kReads2 = 4, kReads3 = 8, kReadsOut = 1U << 15;

class Grads;

struct Op {
  const char* name;       // "mul", for messages
  const char* grad_name;  // "MulBackward0"
  std::uint16_t flags;
  std::uint16_t reads[8];  // reads[k]: what the gradient of input k reads; inputs from 7 on share reads[7]
  // These two alone throw, before anything has changed. shape sees dtypes and sizes (null: elementwise broadcast);
  // check sees the elements too (indices, classes), and a kernel that runs again on other bytes is safe after it.
  void (*shape)(Call& c);
  void (*kernel)(const Call& c) noexcept;       // null for views
  void (*vjp)(Grads& g);                        // written in public Tensor operations; null: no gradient
  void (*check)(const Call& c) = nullptr;       // only where there is a shape rule
  void (*release)(Node* n) noexcept = nullptr;  // lets go of what a record keeps beside its saved values
  void (*forget)(Node* n) noexcept = nullptr;   // the same for what a pass that failed has left in it
};

// Every operation passes this door: shape rule, record, kernel. Throws what the shape rule throws, AutogradError for a
// stale view, std::bad_alloc.
Tensor apply(const Op& op, const Tensor& a, Attrs attrs = {});
Tensor apply(const Op& op, const Tensor& a, const Tensor& b, Attrs attrs = {});
Tensor apply(const Op& op, const Tensor& a, const Tensor& b, const Tensor& c, Attrs attrs = {});
Tensor apply(const Op& op, const Tensor* const* in, int n_in, Attrs attrs);

// The same, with the result written over in[0] (which must have the result's shape).
void apply_inplace(const Op& op, const Tensor* const* in, int n_in, Attrs attrs);

// What core needs of the layer above, set once by ops.
struct CoreOps {
  Tensor (*add)(const Tensor& a, const Tensor& b);
  Tensor (*sum_to)(const Tensor& x, IntList sizes);
  Tensor (*cast)(const Tensor& x, Dtype dtype);
  Tensor (*copy)(const Tensor& x);                                // contiguous, fresh bytes
  void (*add_into)(TensorImpl* a, const TensorImpl* b) noexcept;  // a += b, same shape and dtype
  // AutogradError where x, made in forward or in backward by this record, holds a NaN.
  void (*check_nan)(const Tensor& x, Node* record, bool forward);
};
extern const CoreOps kCoreOps;  // ops/core_ops.cpp

}  // namespace tapegrad::core
