// Node: one recorded line of the tape. Leaf: the node of a tensor that the user made, which keeps its .grad.
//
// Behind the 48 bytes stand, in this order: an edge to each input's node (null: no gradient wanted), the saved values,
// the output's sizes, the attributes, the versions of the saved values. The number of a record exceeds that of all its
// inputs. One tensor, one node: what a hook or retain_grad asks of a tensor stands in its node's Extra.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/core/counter.h"
#include "autograd/core/op.h"

namespace tapegrad::core {

struct Pass;
struct FunctionState;

struct Hook {
  unsigned id;
  std::function<Tensor(const Tensor&)> fn;
};

// What few nodes have.
struct Extra {
  std::vector<Hook> hooks;
  unsigned next_hook = 0;
  bool retain = false;
  Tensor grad;                              // of a non-leaf with retain_grad
  std::shared_ptr<FunctionState> function;  // of a user's Function and each of its outputs
};

// Node::flags
enum : std::uint8_t {
  kQueued = 1,    // pending in a backward pass
  kReleased = 2,  // its saved values were let go
  kVisited = 4,   // marks of the search for what leads to grad()'s inputs
  kWanted = 8,
  kIsLeaf = 16
};

struct Node {
  Counter<std::uint32_t> refs{1};  // of tensors whose history it is, edges, a pass's queue, GradFn handles
  std::uint32_t n_in = 0;
  const Op* op = nullptr;
  union {
    std::uint64_t number;
    Node* next_dying;
  };
  TensorImpl* pending = nullptr;  // the gradient gathered so far in a pass
  Extra* extra = nullptr;
  std::uint8_t n_saved = 0;
  std::uint8_t saved_mask = 0;
  std::uint8_t rank = 0;  // of the output
  std::uint8_t n_attrs = 0;
  Dtype dtype{};
  std::uint8_t flags = 0;
  std::uint8_t pool_class = 0;
  std::uint8_t depth = 0;  // of the pass in whose queue it stands

  Node() noexcept : number(0) {}
  bool is_leaf() const noexcept { return (flags & kIsLeaf) != 0; }
  std::byte* tail() noexcept;
  Node** edges() noexcept { return reinterpret_cast<Node**>(tail()); }
  TensorImpl** saved() noexcept { return reinterpret_cast<TensorImpl**>(tail()) + n_in; }
  std::int64_t* sizes() noexcept { return reinterpret_cast<std::int64_t*>(tail()) + n_in + n_saved; }
  std::int64_t* attrs() noexcept { return sizes() + rank; }
  std::uint32_t* versions() noexcept { return reinterpret_cast<std::uint32_t*>(attrs() + n_attrs); }
  IntList size_list() noexcept { return {sizes(), rank}; }
};
static_assert(sizeof(Node) == 48);

// Passes in other threads may reach the same leaf: a pass claims it to find its gathered gradient at once; while it is
// claimed by another, a pass searches its own short list.
struct Leaf : Node {
  Tensor grad;
  std::atomic<Pass*> claim{nullptr};
  std::uint32_t slot = 0;
  std::atomic<bool> lock{false};  // held while grad and orphan are read or changed
  bool orphan = false;            // no handle is left: nobody can ask for its .grad
};

inline std::byte* Node::tail() noexcept {
  return reinterpret_cast<std::byte*>(this) + (is_leaf() ? sizeof(Leaf) : sizeof(Node));
}

// std::popcount is a call on baseline x86-64.
inline int bit_count(unsigned v) noexcept {
  int n = 0;
  for (; v != 0; v &= v - 1) ++n;
  return n;
}

// What a record will hold, counted before it is made.
struct NodeShape {
  std::uint32_t n_in;
  int n_saved;
  int rank;
  int n_attrs;
};

// A record with every edge null and nothing saved. Throws std::bad_alloc.
Node* new_node(const Op& op, NodeShape shape);
Leaf* new_leaf(const TensorImpl* t);
void retain_node(Node* n) noexcept;
void release_node(Node* n) noexcept;
Extra& extra_of(Node* n);

// The leaf of a tensor, made where there is none.
Leaf* leaf_of(TensorImpl* t);

// Lets go of the values that a record saved; with `edges` of its edges too.
void release_saved(Node* n) noexcept;

// PyTorch's sentences, for a record that was let go and for a saved value that was changed.
[[noreturn]] void throw_freed(const char* op);
[[noreturn]] void throw_modified(const char* op, const TensorImpl* v, const Node* history, std::uint32_t expected);

// A tensor over the value of input or output `bit` of n, as a rule may use it: with its history where `record`.
// Throws AutogradError where it was changed in place or let go.
Tensor unpack(Node* n, std::uint8_t bit, bool record);
// The k-th saved value, whose history is that of `history`.
Tensor unpack_saved(Node* n, int k, Node* history, bool record);

}  // namespace tapegrad::core
