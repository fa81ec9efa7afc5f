// Op: the constant entry of a primitive. Call: one use of it, as its shape, check and kernel see it. (Grads, in
// grads.h, is the same use as its vjp sees it.)
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include <tapegrad/autograd/tensor.h>

#include "autograd/core/impl.h"
#include "autograd/kernels/loop.h"
#include "autograd/kernels/reduce.h"

namespace tapegrad::core {

struct Node;

// The attributes of a call, as plain words: integers, doubles bit for bit, or pointers to what lives as long as the
// call. An op whose attributes have names declares them as a struct of such members, packed by its caller and unpacked
// by what reads them: pack(SliceAttrs{.dim = d, ...}), c.attrs.as<SliceAttrs>().
struct Attrs {
  const std::int64_t* words = nullptr;
  int count = 0;

  std::int64_t operator[](int i) const noexcept { return words[i]; }
  template <class T>
  T as() const noexcept {
    T attrs;
    std::memcpy(&attrs, words, sizeof attrs);
    return attrs;
  }
};

// They live as long as the full expression that packs them, and so as long as the call.
template <class T>
struct Packed {
  static_assert(sizeof(T) % 8 == 0, "an attribute is a word of 8 bytes");
  std::array<std::int64_t, sizeof(T) / 8> words;
  operator Attrs() const noexcept { return {words.data(), static_cast<int>(words.size())}; }
};
template <class T>
Packed<T> pack(const T& attrs) noexcept {
  return {std::bit_cast<std::array<std::int64_t, sizeof(T) / 8>>(attrs)};
}

struct Op;

struct Call {
  const Op* op;
  TensorImpl* const* in;
  int n_in;
  Attrs attrs;
  // What shape sets. A view also sets strides and offset (in elements, from in[0]'s first). Where there is no shape
  // only dtype is set: the kernel reads the sizes of out.
  Dtype dtype;
  int rank;
  std::int64_t numel = -1;  // the product of sizes, where shape knows it
  std::int64_t sizes[kMaxRank];
  std::int64_t strides[kMaxRank];
  std::int64_t offset;
  // What the kernel fills.
  TensorImpl* out;
};

using OpFlags = Flags<struct Op, std::uint16_t>;
inline constexpr OpFlags kElementwise{
    1};  // dtypes are promoted, shapes broadcast; inputs and output may have any strides
inline constexpr OpFlags kFloatingOnly{2};  // int64 and bool inputs become f32
inline constexpr OpFlags kViewOp{4};        // the output shares the bytes of input 0; no kernel
inline constexpr OpFlags kTakesStrided{8};  // the kernel reads any strides (else it is handed contiguous copies)
inline constexpr OpFlags kNoGrad{16};       // never recorded: the output is constant almost everywhere or not floating
inline constexpr OpFlags kWritesPart{32};   // in place it writes a part of input 0, as through a view
inline constexpr OpFlags kNoBool{64};       // elementwise, but not defined for bool
inline constexpr OpFlags kAnyDtype{128};    // the kernel takes narrow dtypes too (else it is handed int64 copies)
inline constexpr OpFlags kKeepsOrder{
    256};                              // as elementwise ops do, the output lies in memory in the order of the inputs
inline constexpr OpFlags kDraws{512};  // from the generator of the thread
inline constexpr OpFlags kHostData{1024};  // the attributes point to what the caller has: it cannot run again

// Which values a gradient reads: bit k for input k, of the first fifteen, and kReadsOut for the output.
constexpr std::uint16_t reads_input(int k) noexcept { return static_cast<std::uint16_t>(1U << k); }
inline constexpr std::uint16_t kReads0 = 1, kReads1 = 2, kReads2 = 4, kReads3 = 8, kReadsOut = 1U << 15;

class Batch;
class Grads;
class Source;

struct Op {
  const char* name;  // of its own: "mul", or "sum.dim" where another op is called sum; messages print it up to the dot
  const char* grad_name = "";  // "MulBackward0"
  OpFlags flags = {};
  std::uint16_t reads[8] = {};  // reads[k]: what the gradient of input k reads; inputs from 7 on share reads[7]
  // These two alone throw, before anything has changed. shape sees dtypes and sizes (null: elementwise broadcast);
  // check sees the elements too (indices, classes), and a kernel that runs again on other bytes is safe after it.
  void (*shape)(Call& c) = nullptr;
  void (*check)(const Call& c) = nullptr;            // only where there is a shape
  void (*kernel)(const Call& c) noexcept = nullptr;  // null for views
  // The loop that the kernel runs over contiguous inputs of this dtype (kernels/loop.h); null: it is no such kernel.
  kernels::Loop (*loop)(Dtype dtype) noexcept = nullptr;
  // Whether the call adds up all elements of its inputs, which are contiguous and of one floating dtype, and what of
  // them.
  bool (*adds_up)(const Call& c, kernels::TotalSum& total) noexcept = nullptr;
  // Whether a call that is run again does what its caller would do now (null: always): attributes may point to what
  // changes.
  bool (*is_current)(const Call& c) noexcept = nullptr;
  // The call on whole batches (batch.h); null: elementwise ops know how, others run on a sample at a time.
  Tensor (*batch)(const Batch& b) = nullptr;
  // Writes the call as C++, for captured functions that are written out; null: it cannot be.
  void (*source)(Source& s) = nullptr;
  // Where it stands for a history that is not known: what is thrown where a gradient would pass through it.
  const char* no_history = nullptr;
  void (*vjp)(Grads& g) = nullptr;              // written in public Tensor operations; null: no gradient
  void (*release)(Node* n) noexcept = nullptr;  // lets go of what a node keeps beside its saved values
  void (*forget)(Node* n) noexcept = nullptr;   // the same for what a backward pass that failed has left in it
};

// Dispatch, which every operation passes: promotion, shape, check, allocation, node, kernel. Throws what shape and
// check throw, AutogradError for a stale view, std::bad_alloc.
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
  void (*assign)(const Tensor& to, const Tensor& from);           // to.copy_(from)
  void (*add_into)(TensorImpl* a, const TensorImpl* b) noexcept;  // a += b, same shape and dtype
  // AutogradError where x, made in forward or in backward by this node, holds a NaN.
  void (*check_nan)(const Tensor& x, Node* node, bool forward);
};
extern const CoreOps kCoreOps;  // ops/core_ops.cpp

}  // namespace tapegrad::core
