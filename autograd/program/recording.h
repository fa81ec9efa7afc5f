// Recording: what one run of a captured function did, as plain data: lines (calls of ops) over slots (tensors) over
// roots (runs of bytes).
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "autograd/core/op.h"

namespace tapegrad::program {

enum class RootKind : std::uint8_t { kInput, kOutside, kGrad, kConstant, kValue };

// The bytes that a storage holds.
struct Root {
  RootKind kind{};
  int index = 0;  // of the input; the place in `outside` of the first tensor that shows it, or whose .grad it is
  std::size_t bytes = 0;              // that slots reach, of a constant and a value
  bool is_written = false;            // in place
  std::byte* data = nullptr;          // where offsets count from while it is recorded
  std::vector<std::byte> image;       // of a constant, before the first line that reads or writes it
  std::int64_t shift = 0;             // of a .grad: from where offsets count to its first byte
  std::vector<std::int64_t> strides;  // of a .grad
};

// What a line reads or writes of a root.
struct Slot {
  int root = 0;
  std::int64_t offset = 0;  // in bytes
  Dtype dtype{};
  bool no_bump = false;  // data(): versions do not see it written
  std::vector<std::int64_t> sizes, strides;
  bool operator==(const Slot&) const = default;
};

struct Line {
  core::Call call;  // as it was executed; its pointers are those of that time
  std::vector<std::int64_t> attrs;
  std::vector<int> in;  // slots
  int out = 0;
  bool in_place = false;
};

// Keeps a tensor's object and bytes, but is no handle: who holds the tensor stays as it was.
class Kept {
 public:
  Kept() = default;
  explicit Kept(core::TensorImpl* t) noexcept : impl_(t) { t->counts.add(core::TensorImpl::kOneWeak); }
  Kept(const Kept& o) noexcept : impl_(o.impl_) {
    if (impl_ != nullptr) impl_->counts.add(core::TensorImpl::kOneWeak);
  }
  Kept(Kept&& o) noexcept : impl_(std::exchange(o.impl_, nullptr)) {}
  Kept& operator=(Kept o) noexcept {
    std::swap(impl_, o.impl_);
    return *this;
  }
  ~Kept() {
    if (impl_ != nullptr) core::release_weak(impl_);
  }
  core::TensorImpl* impl() const noexcept { return impl_; }

 private:
  core::TensorImpl* impl_ = nullptr;
};

// Dtype, rank, and the flags that a program depends on: four bytes that lie side by side.
inline std::uint32_t head_of(const core::TensorImpl* t) noexcept {
  static_assert(offsetof(core::TensorImpl, flags) == offsetof(core::TensorImpl, dtype) + 2);
  constexpr core::TensorFlags kSeen = core::kRequiresGrad | core::kContiguous | core::kNoBump;
  std::uint32_t head = 0;
  std::memcpy(&head, &t->dtype, 3);
  return head & (0xffffU | std::uint32_t{kSeen.bits} << 16);
}

// Whether a program has the bytes itself.
inline bool is_memory(RootKind k) noexcept { return k == RootKind::kValue || k == RootKind::kConstant; }

// A tensor that the function found outside, and how it stood when the function had ended.
struct Outside {
  Kept tensor;
  std::uint32_t head = 0;  // dtype, rank, flags
  core::Storage* storage = nullptr;
  std::byte* data = nullptr;
  std::uint32_t handles = 0;
  std::uint32_t returned = 0;  // how often the function returned it

  core::TensorImpl* impl() const noexcept { return tensor.impl(); }
  void note() noexcept;
  bool holds() const noexcept {
    const core::TensorImpl* t = impl();
    return head == head_of(t) && data == t->data && storage == t->storage &&
           handles == static_cast<std::uint32_t>(t->counts.load());
  }
};
inline std::uint32_t handles_of(const core::TensorImpl* t) noexcept {
  return static_cast<std::uint32_t>(t->counts.load());
}
// The leaf of a tensor; null where it has none.
core::Node* leaf_node(const core::TensorImpl* t) noexcept;

// The .grad of a leaf: whether it was defined before, and what the function left there.
struct Grad {
  enum Effect : std::uint8_t { kKept, kCleared, kSet };
  int outside = 0;  // whose leaf
  bool before = false;
  Effect effect = kKept;
  int slot = -1;  // of what was set
  bool operator==(const Grad&) const = default;
};

// A tensor that the function returned; slot -1: undefined.
struct Result {
  int slot = -1;
  bool requires_grad = false;
  bool operator==(const Result&) const = default;
};

struct Recording {
  std::vector<Root> roots;
  std::vector<Slot> slots;
  std::vector<Line> lines;
  std::vector<Outside> outside;
  std::vector<const std::byte*> pins;  // the bytes of inputs that the function reached by another way too; or null
  std::vector<Grad> grads;
  std::vector<Result> results;
  std::vector<std::size_t> lengths;                   // of the lists among the results
  std::uint32_t structure_before = 0, structure = 0;  // structure_version, before it ran and after
  bool knew_leaves = false;                           // all whose .grad it changed were known before it ran
  bool is_refused = false;                            // an error was thrown for its problem
  std::string problem;                                // why it cannot be replayed; empty: it can

  const Root& root_of(int slot) const noexcept {
    return roots[static_cast<std::size_t>(slots[static_cast<std::size_t>(slot)].root)];
  }
};

// What two runs did differently, as a sentence; empty: nothing.
std::string difference(const Recording& a, const Recording& b);
// A line, as text() of a captured function prints it.
std::string text(const Recording& r, const Line& line);
std::string text(const Recording& r, int slot);
// All lines as a graph, in Graphviz's language.
std::string dot(const Recording& r);

}  // namespace tapegrad::program
