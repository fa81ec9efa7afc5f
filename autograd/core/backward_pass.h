// One backward pass: what it keeps, and the way of a gradient through it.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "autograd/core/batch.h"
#include "autograd/core/context.h"
#include "autograd/core/engine.h"
#include "autograd/core/grads.h"
#include "autograd/core/recorder.h"
#include "autograd/core/shape.h"

// The way of a gradient. It waits in Node::pending while further ones arrive for the same tensor. One that arrives for
// a leaf waits in Engine::staged instead, and one that retain_grad() asked for in Engine::retained, until nothing can
// fail any more. prepare() runs hooks and makes copies; where a .grad cannot be added to in place, the sum stands ready
// in Staged::grad, and Staged::before holds the .grad that it was made of. commit() then changes Leaf::grad: to what is
// staged, if .grad is undefined or still `before`; else another thread came between, and what is staged is added.
//
// A pass inside a pass (a hook or a Function that differentiates) may reach a node that waits in the outer one. What
// the outer one has gathered there is put aside in Engine::suspended, and comes back when the inner one ends.
namespace tapegrad::core {

struct Staged {
  NodeRef node;  // a leaf, or a node with retain_grad
  Tensor grad;
  Tensor before;  // the .grad that `grad` was added to and takes the place of
};

// A node whose gradient an outer pass was gathering when an inner one reached it.
struct Suspended {
  Node* node;
  TensorImpl* pending;
  std::uint16_t depth;
};

constexpr std::uint32_t kMaxDepth = 1000;  // each takes some stack
constexpr std::uint32_t kTold = ~0U;       // in Watch::awaited: the watcher has been told

inline bool older(const Node* a, const Node* b) noexcept { return a->sequence_nr < b->sequence_nr; }

Tensor run_hooks(Node* n, Tensor g);
[[noreturn]] void throw_no_gradient(const Op& op);
[[noreturn]] void throw_unfit(const TensorImpl* grad, Leaf* leaf);

// A gradient in its tensor's shape and dtype: vjps may leave the shape of a broadcast result.
void make_fit(Node* n, Tensor& g);
// One is of a batch, and the other is not.
inline bool differ_in_batch(const TensorImpl* t, const Node* n) noexcept {
  static_assert(kBatched.bits * 2 == kOfBatch.bits);
  return ((unsigned{t->flags.bits} * 2 ^ n->flags.bits) & kOfBatch.bits) != 0;
}
inline void fit(Node* n, Tensor& g) {
  const TensorImpl* t = g.impl();
  if (t->dtype != n->dtype || differ_in_batch(t, n) || !same_sizes(t, n->sizes(), n->rank)) make_fit(n, g);
}

inline bool is_ours(const TensorImpl* t) noexcept { return is_unique(t) && is_contiguous(t); }

// The memory of a backward pass, which each thread keeps to use it again.
struct Engine {
  std::vector<Node*> heap;
  std::vector<Staged> staged;
  std::vector<Staged> retained;
  std::vector<Suspended> suspended;
  std::vector<NodeRef> marked;             // nodes that lead to a capture or were searched for one
  std::vector<Watch*> watches;             // that have a leaf with a gradient in this pass
  std::vector<const Node*> wanted_leaves;  // captured leaves, sorted: threads share leaves, so they take no mark
};

// One backward pass. Its destructor undoes what is left of it, so that an exception anywhere leaves no mark on the
// graph.
class BackwardPass {
 public:
  BackwardPass(const BackwardOptions& options, std::vector<NodeGrad>* captures)
      : options_(options), captures_(captures), no_grad_before_(context().no_grad) {
    Context& ctx = context();
    if (ctx.depth == kMaxDepth) {
      throw_autograd("backward", kMaxDepth, " backward passes are running inside one another; let a hook or a ",
                     "Function's backward differentiate less deep");
    }
    if (ctx.engine != nullptr) {
      engine_.reset(std::exchange(ctx.engine, nullptr));
    } else {
      register_thread();
      engine_ = std::make_unique<Engine>();
    }
    depth_ = static_cast<std::uint16_t>(++ctx.depth);
    ctx.no_grad = !options.create_graph;
  }
  ~BackwardPass() {
    Context& ctx = context();
    ctx.no_grad = no_grad_before_;
    while (const NodeRef n = next()) {
      n->flags.clear(kQueued);
      take_pending(n.get());
      if (n->op->forget != nullptr) n->op->forget(n.get());
    }
    for (const Staged& s : engine_->staged) {
      BackwardPass* self = this;
      compare_exchange<BackwardPass*>(static_cast<Leaf*>(s.node.get())->claim, self, nullptr);
    }
    engine_->staged.clear();
    engine_->retained.clear();
    for (const Suspended& s : engine_->suspended) {
      s.node->pending = s.pending;
      s.node->depth = s.depth;
      s.node->flags.set(kQueued);
    }
    engine_->suspended.clear();
    for (Watch* w : engine_->watches) w->pass = nullptr;
    engine_->watches.clear();
    for (const NodeRef& n : engine_->marked) n->flags.clear(kVisited | kWanted | kCounted);
    engine_->marked.clear();
    engine_->wanted_leaves.clear();
    --ctx.depth;
    if (ctx.engine == nullptr && ctx.registered) ctx.engine = engine_.release();
  }
  BackwardPass(const BackwardPass&) = delete;
  BackwardPass& operator=(const BackwardPass&) = delete;

  bool wants(const Node* edge) const noexcept {
    if (edge == nullptr || captures_ == nullptr) return edge != nullptr;
    if (!edge->is_leaf()) return edge->flags.has(kWanted);
    return std::binary_search(engine_->wanted_leaves.begin(), engine_->wanted_leaves.end(), edge);
  }

  // Marks what lies between the roots and the captures. A node's sequence number exceeds its inputs', so going through
  // what was found by rising sequence number settles each after all that it leads to. What an earlier pass let go has
  // no edges any more: unless all captures are newer it may have led to one, and its part of the gradient would be
  // missing.
  void mark_wanted(const NodeGrad* roots, std::size_t n_roots) {
    std::vector<NodeRef>& found = engine_->marked;
    const auto visit = [&found](Node* n) {
      if (n == nullptr || n->is_leaf() || n->flags.has(kVisited)) return;
      found.push_back(ref_to(n));
      n->flags.set(kVisited);
    };
    for (std::size_t i = 0; i < n_roots; ++i) visit(roots[i].node);
    oldest_ = ~std::uint64_t{0};
    for (const NodeGrad& c : *captures_) oldest_ = std::min(oldest_, c.node->sequence_nr);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const Op& op = *found[i]->op;
      if (op.no_history != nullptr && found[i]->sequence_nr > oldest_) throw_no_gradient(op);
      if (found[i]->flags.has(kReleased) && found[i]->sequence_nr > oldest_) throw_freed(found[i]->op->name);
      for (std::uint32_t k = 0; k < found[i]->n_in; ++k) visit(found[i]->edges()[k]);
    }
    for (const NodeGrad& c : *captures_) {
      if (c.node->is_leaf()) {
        engine_->wanted_leaves.push_back(c.node);
      } else {
        visit(c.node);
        c.node->flags.set(kWanted);
      }
    }
    std::sort(engine_->wanted_leaves.begin(), engine_->wanted_leaves.end());
    std::sort(found.begin(), found.end(), [](const NodeRef& a, const NodeRef& b) { return older(a.get(), b.get()); });
    for (const NodeRef& n : found)
      if (leads_on(n.get())) n->flags.set(kWanted);
  }

  // Adds g, which is defined, to what n's tensor has.
  void deliver(Node* n, Tensor&& g) {
    if (watch_.has(kWatchNan) && current_ != nullptr) [[unlikely]]
      kCoreOps.check_nan(g, current_, false);
    fit(n, g);
    if (n->is_leaf()) return stage(static_cast<Leaf*>(n), std::move(g));
    if (n->flags.has(kQueued)) return deliver_more(n, g);
    queue(n);
    n->pending = g.release_impl();
  }
  // Where n waits already, in this pass or in an outer one.
  [[gnu::noinline]] void deliver_more(Node* n, Tensor& g) {
    if (n->depth == depth_) {
      Tensor sum = take_pending(n);
      accumulate(sum, g);
      n->pending = sum.release_impl();
      return;
    }
    suspend(n);
    queue(n);
    n->pending = g.release_impl();
  }

  // Queues n, also where no gradient is delivered to it.
  void wake(Node* n) {
    if (n->flags.has(kQueued) && n->depth == depth_) return;
    if (n->flags.has(kQueued)) suspend(n);
    queue(n);
  }

  void queue(Node* n) {
    if (alone_ == nullptr && engine_->heap.empty()) [[likely]] {
      alone_ = n;
    } else {
      push(n);
    }
    retain_node(n);
    n->flags.set(kQueued);
    n->depth = depth_;
  }

  void run() {
    while (const NodeRef n = next()) step(n.get());
    if (watched_) [[unlikely]]
      settle();
  }

  [[gnu::always_inline]] void commit() {
    for (Staged& s : engine_->staged) prepare(s);
    if (captures_ != nullptr && !options_.allow_unused) require_used();
    for (Staged& r : engine_->retained) {
      const Tensor& before = r.node->extra->grad;
      r.grad = before.defined() ? kCoreOps.add(before, r.grad) : kCoreOps.copy(r.grad);
    }
    for (Staged& r : engine_->retained) r.node->extra->grad = std::move(r.grad);
    if (!options_.accumulate) return;
    for (Staged& s : engine_->staged) {
      auto* leaf = static_cast<Leaf*>(s.node.get());
      const SpinLock lock(leaf->lock);
      if (leaf->unreachable) continue;
      if (!leaf->grad.defined() || leaf->grad.is_same(s.before)) {
        leaf->grad.swap(s.grad);  // what it replaces is dropped with the pass, after the lock
      } else {
        kCoreOps.add_into(leaf->grad.impl(), s.grad.impl());
      }
    }
  }

 private:
  // n waits in an outer pass, which goes on with it when this one has ended.
  void suspend(Node* n) {
    engine_->suspended.push_back({n, n->pending, n->depth});
    n->pending = nullptr;
  }

  static Tensor take_pending(Node* n) noexcept { return Tensor::adopt(std::exchange(n->pending, nullptr)); }

  bool leads_on(Node* n) const noexcept {
    return std::any_of(n->edges(), n->edges() + n->n_in, [this](const Node* edge) { return wants(edge); });
  }

  [[gnu::noinline]] void push(Node* n) {
    std::vector<Node*>& heap = engine_->heap;
    if (heap.size() + 2 > heap.capacity()) heap.reserve(2 * heap.size() + 8);
    if (alone_ != nullptr) heap.push_back(std::exchange(alone_, nullptr));
    heap.push_back(n);
    std::push_heap(heap.begin(), heap.end(), older);
  }

  // The newest pending node, with the count that queue() took.
  NodeRef next() noexcept {
    if (alone_ != nullptr) return NodeRef(std::exchange(alone_, nullptr));
    std::vector<Node*>& heap = engine_->heap;
    if (heap.empty()) return nullptr;
    std::pop_heap(heap.begin(), heap.end(), older);
    NodeRef n(heap.back());
    heap.pop_back();
    return n;
  }

  void accumulate(Tensor& sum, const Tensor& g) const {
    if (!options_.create_graph && is_ours(sum.impl()) && !g.impl()->is_batched()) {
      kCoreOps.add_into(sum.impl(), g.impl());
    } else {
      sum = kCoreOps.add(sum, g);
    }
  }

  void stage(Leaf* leaf, Tensor&& g) {
    if (leaf->traits.bits != 0) [[unlikely]]
      return stage_watched(leaf, std::move(g));
    gather(leaf, std::move(g));
  }

  [[gnu::noinline]] void gather(Leaf* leaf, Tensor&& g) {
    std::vector<Staged>& staged = engine_->staged;
    if (staged.size() == staged.capacity()) [[unlikely]]
      staged.reserve(2 * staged.size() + 8);
    BackwardPass* owner = nullptr;
    const bool claimed = compare_exchange(leaf->claim, owner, this);
    const bool at_slot = owner == this && leaf->slot < staged.size() && staged[leaf->slot].node.get() == leaf;
    contended_ = contended_ || (!claimed && !at_slot);
    std::size_t slot = at_slot ? leaf->slot : staged.size();
    if (contended_ && !at_slot) {
      // This pass may have staged it while another thread's had the claim.
      const auto is_it = [leaf](const Staged& s) { return s.node.get() == leaf; };
      slot = static_cast<std::size_t>(std::find_if(staged.begin(), staged.end(), is_it) - staged.begin());
    }
    if (claimed) leaf->slot = static_cast<std::uint32_t>(slot);
    if (slot < staged.size()) return accumulate(staged[slot].grad, g);
    staged.push_back({ref_to(leaf), std::move(g), {}});
  }

  // Of who watches leaves: leaf_watch.cpp.
  [[gnu::noinline]] void stage_watched(Leaf* leaf, Tensor&& g);
  void enlist(Watch* w);
  void count_edges();
  static void tell(Staged& s);
  [[gnu::noinline]] void settle();

  void retain(Node* n, const Tensor& g) {
    if (!n->flags.has(kOfBatch))
      require_unbatched(g.impl(), "retain_grad", "keeps one gradient", "use grad(), which gives each sample's");
    engine_->retained.push_back({ref_to(n), g, {}});
  }

  void capture(const Node* n, const Tensor& g) {
    if (captures_ == nullptr || options_.accumulate) return;
    for (NodeGrad& c : *captures_)
      if (c.node == n) c.grad = g;
  }

  [[gnu::always_inline]] void step(Node* n) {
    n->flags.clear(kQueued);
    Tensor g = take_pending(n);
    if (n->flags.has(kReleased) && n->sequence_nr > oldest_) throw_freed(n->op->name);
    if (n->extra != nullptr && g.defined()) [[unlikely]] {
      g = run_hooks(n, std::move(g));
      if (n->extra->retain) retain(n, g);
    }
    capture(n, g);
    if (captures_ != nullptr && !leads_on(n)) return;
    if (n->op->vjp == nullptr) throw_no_gradient(*n->op);
    Grads grads(*this, n, g, captures_ != nullptr, options_.create_graph);
    current_ = n;
    n->op->vjp(grads);
    if (options_.retain_graph || (n->n_saved == 0 && n->op->release == nullptr)) return;
    release_saved(n);
    if (n->op->release != nullptr) n->op->release(n);
    n->flags.set(kReleased);
    release_edges(n);
  }

  void require_used() const {
    for (const NodeGrad& c : *captures_) {
      if (c.grad.defined()) continue;
      throw_autograd("grad",
                     "One of the differentiated Tensors appears to not have been used in the graph; set allow_unused = "
                     "true if this is the desired behavior");
    }
  }

  // All that can fail, before any .grad changes.
  [[gnu::always_inline]] void prepare(Staged& s) {
    auto* leaf = static_cast<Leaf*>(s.node.get());
    if (leaf->extra != nullptr && (leaf->extra->watch == nullptr || leaf->extra->watch->pass != this)) {
      s.grad = run_hooks(leaf, std::move(s.grad));  // those of a watched leaf have run
    }
    capture(leaf, s.grad);
    if (!options_.accumulate) return;
    Tensor before;
    {
      const SpinLock lock(leaf->lock);
      if (leaf->unreachable) return;
      before = leaf->grad;
    }
    require_unbatched(s.grad.impl(), "backward", "adds up gradients in .grad", "use grad(), which gives each sample's");
    if (before.defined()) {
      const TensorImpl* b = before.impl();
      if (b->dtype != leaf->dtype || !same_sizes(b, leaf->sizes(), leaf->rank)) throw_unfit(b, leaf);
      if (options_.create_graph || !is_contiguous(b)) {
        s.grad = kCoreOps.add(before, s.grad);
        s.before = std::move(before);
        return;
      }
    }
    if (!is_ours(s.grad.impl())) s.grad = kCoreOps.copy(s.grad);
  }

  BackwardOptions options_;
  std::vector<NodeGrad>* captures_;
  bool no_grad_before_;
  bool contended_ = false;
  bool watched_ = false;  // a watched leaf has a gradient
  bool counted_ = false;  // it is known how many edges lead to those
  const WatchFlags watch_ = context().watch;
  Node* current_ = nullptr;   // whose vjp runs
  std::uint64_t oldest_ = 0;  // sequence number among the captures
  Node* alone_ = nullptr;     // pending, while there is no other: in a chain the heap stays empty
  std::unique_ptr<Engine> engine_;
  std::uint16_t depth_;
};

}  // namespace tapegrad::core
