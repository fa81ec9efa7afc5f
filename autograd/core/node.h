// Node: one recorded call of an op. Leaf: the node of a tensor that the user made, which keeps its .grad.
//
// One block holds the 48 bytes and, behind them, arrays whose lengths they say (behind a Leaf: its sizes alone):
//
//   Node, 48 bytes | Node* edges[n_in]  | Saved saved[n_saved] | int64 sizes[rank] | int64 attrs[n_attrs]
//                    to each input's      in the order of        of the output
//                    node; null: no       their bits in
//                    gradient wanted      saved_mask
//
// A node's sequence number exceeds those of all its inputs. One tensor, one node: what a hook or retain_grad asks of a
// tensor is kept in its node's Extra.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "autograd/core/counter.h"
#include "autograd/core/op.h"

namespace tapegrad::core {

class BackwardPass;
struct FunctionState;
struct Watch;

struct Hook {
  unsigned id;
  std::shared_ptr<std::function<Tensor(const Tensor&)>> fn;  // held by a call too: a hook may remove itself
};

// Rarely needed fields, allocated on demand.
struct Extra {
  std::vector<Hook> hooks;
  unsigned next_hook = 0;
  bool retain = false;
  bool continues = false;                   // edge 0 is the node that its tensor had before an in-place change
  Tensor grad;                              // of a non-leaf with retain_grad
  std::shared_ptr<FunctionState> function;  // of a user's Function and each of its outputs
  Watch* watch = nullptr;                   // of a leaf, which has this place in it
  std::size_t place = 0;
};

using NodeFlags = Flags<struct Node, std::uint8_t>;
inline constexpr NodeFlags kQueued{1};    // pending in a backward pass
inline constexpr NodeFlags kReleased{2};  // its saved values were let go
inline constexpr NodeFlags kVisited{4};   // marks of the search for what leads to grad()'s inputs
inline constexpr NodeFlags kWanted{8};
inline constexpr NodeFlags kCounted{16};  // its edges were counted, for who watches leaves
inline constexpr NodeFlags kOfBatch{32};  // its tensor is batched: two words more, behind its attributes, tell of which

// A value that a vjp reads, with one weak count, and the version it had.
struct Saved {
  TensorImpl* value;
  std::uint32_t version;
};

struct Node {
  Counter<std::uint32_t> refs{1};  // of tensors whose history it is, edges, a backward pass's queue, GradFn handles
  std::uint16_t n_in = 0;
  std::uint16_t saved_mask = 0;  // which values, as Op::reads
  const Op* op = nullptr;
  union {
    std::uint64_t sequence_nr;
    Node* next_released;
  };
  TensorImpl* pending = nullptr;  // the gradient gathered so far in a backward pass
  Extra* extra = nullptr;
  std::uint8_t n_saved = 0;
  std::uint8_t rank = 0;  // of the output
  std::uint8_t n_attrs = 0;
  Dtype dtype{};
  NodeFlags flags;
  std::uint8_t pool_class = 0;
  std::uint16_t depth = 0;  // of the backward pass in whose queue it waits

  Node() noexcept : sequence_nr(0) {}
  bool is_leaf() const noexcept { return n_in == 0; }  // another node has at least the input that wants a gradient
  Node** edges() noexcept { return reinterpret_cast<Node**>(this + 1); }
  Saved* saved() noexcept { return reinterpret_cast<Saved*>(edges() + n_in); }
  std::int64_t* sizes() noexcept;
  std::int64_t* attrs() noexcept { return reinterpret_cast<std::int64_t*>(saved() + n_saved) + rank; }
  IntList size_list() noexcept { return {sizes(), rank}; }
  std::int64_t* batch_words() noexcept { return sizes() + rank + n_attrs; }
};
static_assert(sizeof(Node) == 48);

using LeafFlags = Flags<struct Leaf, std::uint8_t>;
inline constexpr LeafFlags kFrozen{1};   // requires_grad_(false) since: takes no gradient, and its hooks see none
inline constexpr LeafFlags kWatched{2};  // somebody is told when its gradient is final: Extra::watch

// Several threads may run backward passes that reach the same leaf. The first claims it, and so finds at once, by
// `slot`, what it has gathered for it; the others search their own short lists. (In a child of fork() the claim of a
// thread that is no more stays: it may look like any pass's.)
struct Leaf : Node {
  Tensor grad;
  std::atomic<BackwardPass*> claim{nullptr};
  std::uint32_t slot = 0;
  std::atomic<std::uint16_t> lock{0};  // held while grad and unreachable are read or changed
  LeafFlags traits;
  bool unreachable = false;  // no handle is left: nobody can ask for its .grad
};

inline std::int64_t* Node::sizes() noexcept {
  auto* words = reinterpret_cast<std::int64_t*>(this + 1);
  return words + (is_leaf() ? (sizeof(Leaf) - sizeof(Node)) / 8 : n_in + std::size_t{2} * n_saved);
}

// How many values a saved_mask of n inputs stands for. (popcount is a call on baseline x86-64.)
inline unsigned bit_count(unsigned mask, int n) noexcept {
  constexpr std::uint64_t kBitsOf = 0x4332322132212110U;  // 0 to 15, four bits each
  const auto few = static_cast<unsigned>(kBitsOf >> (4 * (mask & 15U)) & 15U) + (mask >> 15);
  return n <= 4 ? few : few + static_cast<unsigned>(__builtin_popcount(mask & 0x7ff0U));
}

// A node or a leaf, whose arrays the caller fills at once, with room for the words of a batch. Throws std::bad_alloc.
template <class N = Node>
inline N* new_node(const Op& op, int n_in, unsigned saved_mask, int rank, int n_attrs, int batch_words = 0) {
  const unsigned n_saved = bit_count(saved_mask, n_in);
  const std::size_t bytes =
      sizeof(N) + 8 * (static_cast<std::size_t>(n_in + rank + n_attrs + batch_words) + std::size_t{2} * n_saved);
  const std::uint8_t c = size_class(bytes);
  auto* n = new (pool_get(bytes, c)) N;
  n->op = &op;
  n->n_in = static_cast<std::uint16_t>(n_in);
  n->saved_mask = static_cast<std::uint16_t>(saved_mask);
  n->n_saved = static_cast<std::uint8_t>(n_saved);
  n->rank = static_cast<std::uint8_t>(rank);
  n->n_attrs = static_cast<std::uint8_t>(n_attrs);
  n->pool_class = c;
  return n;
}

// Says in n, which has room for it, that its tensor is of this batch.
constexpr int kBatchWords = 2;
inline int batch_words_of(const TensorImpl* t) noexcept { return t->is_batched() ? kBatchWords : 0; }
inline void set_batch(Node* n, const BatchDim& batch) noexcept {
  n->flags.set(kOfBatch);
  n->batch_words()[0] = batch.size;
  n->batch_words()[1] = static_cast<std::int64_t>(batch.id);
}
inline void set_batch(Node* n, const TensorImpl* t) noexcept {
  if (t->is_batched()) set_batch(n, batch_dim(t));
}
inline BatchDim batch_of(Node* n) noexcept {  // one that repeats a sample
  return {n->batch_words()[0], 0, static_cast<std::uint64_t>(n->batch_words()[1])};
}

void destroy_later(Node* n) noexcept;  // what nothing holds any more
inline void retain_node(Node* n) noexcept { n->refs.add(1); }
inline void release_node(Node* n) noexcept {
  if (n->refs.release(1)) destroy_later(n);
}
struct Release {
  void operator()(Node* n) const noexcept { release_node(n); }
};
using NodeRef = std::unique_ptr<Node, Release>;  // one count
inline NodeRef ref_to(Node* n) noexcept {
  if (n != nullptr) retain_node(n);
  return NodeRef(n);
}
Extra& extra_of(Node* n);
// Of a user's Function or one of its outputs the class, as typeid names it.
const char* function_class(const FunctionState& state) noexcept;
// For a change of t's history to n: what retain_grad() asked of t, and its .grad, are n's from now on.
void keep_grad(const TensorImpl* t, Node* n);

// The leaf of a tensor, made where there is none.
Leaf* leaf_of(TensorImpl* t);
Leaf* new_leaf(const TensorImpl* t);
// New data of a tensor. commit() makes x itself, and so every handle to it, show the elements of `value`: contiguous,
// of x's rank, of any dtype and sizes. x's .grad becomes undefined; nodes that saved x refuse it, as after an
// in-place change. All that can fail is done before.
struct NewData {
  NewData(const Tensor& tensor, const Tensor& value);
  void commit() const noexcept;

  Tensor x, old, moved;
};
// The place of .grad; null where there is none yet.
inline Tensor* grad_slot(const TensorImpl* t) noexcept {
  Node* n = t == nullptr ? nullptr : t->node.load(std::memory_order_acquire);
  if (n == nullptr) return nullptr;
  if (n->is_leaf()) return &static_cast<Leaf*>(n)->grad;
  return n->extra == nullptr ? nullptr : &n->extra->grad;
}

// Lets go of the values that a node saved.
inline void release_saved(Node* n) noexcept {
  for (unsigned k = 0; k < n->n_saved; ++k) {
    if (TensorImpl* v = std::exchange(n->saved()[k].value, nullptr); v != nullptr) release_weak(v);
  }
}
inline void release_edges(Node* n) noexcept {
  for (std::uint32_t k = 0; k < n->n_in; ++k) {
    if (Node* edge = std::exchange(n->edges()[k], nullptr); edge != nullptr) release_node(edge);
  }
}

// PyTorch's sentences, for a node that was let go and for a saved value that was changed.
[[noreturn]] void throw_freed(const char* op);
[[noreturn]] void throw_stale(const char* op, const TensorImpl* t);  // a view out of date
[[noreturn]] void throw_modified(const char* op, const TensorImpl* v, const Node* history, std::uint32_t expected);

// A saved value with the history it had when it was saved, which v itself may have lost or changed since.
Tensor with_history(const TensorImpl* v, NodeRef history);

// A tensor over the value of input or output `bit` of n, as a vjp may use it: with its history where `record`.
// Throws AutogradError where it was changed in place or let go.
Tensor unpack_with_history(Node* n, std::uint16_t bit, bool record);
inline Tensor unpack(Node* n, std::uint16_t bit, bool record) {
  // Saved values are in the order of their bits.
  const unsigned k = bit == kReadsOut ? n->n_saved - 1U : bit_count(n->saved_mask & (bit - 1U), bit <= 16 ? 4 : 16);
  const Saved& s = n->saved()[k];
  if (record || s.value == nullptr || s.value->storage->version != s.version)
    return unpack_with_history(n, bit, record);
  return handle_of(s.value);
}

}  // namespace tapegrad::core
