#include "autograd/core/engine.h"

#include <algorithm>
#include <memory>
#include <string>

#include "autograd/core/context.h"
#include "autograd/core/grads.h"
#include "autograd/core/shape.h"

namespace tapegrad::core {

namespace {

bool older(const Node* a, const Node* b) noexcept { return a->number < b->number; }

}  // namespace

// One backward pass. Its destructor undoes what is left of it, so that an exception anywhere leaves no mark on the
// graph.
struct Pass {
  Pass(const PassOptions& options, std::vector<Capture>* captures)
      : options_(options), captures_(captures), no_grad_before_(context().no_grad) {
    Context& ctx = context();
    if (ctx.engine != nullptr) {
      engine_.reset(std::exchange(ctx.engine, nullptr));
    } else {
      install_exit_flush(ctx);
      engine_ = std::make_unique<Engine>();
    }
    depth_ = static_cast<std::uint8_t>(++ctx.depth & 0xffU);
    ctx.no_grad = !options.create_graph;
  }
  ~Pass();
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  void mark_wanted(const Root* roots, std::size_t n);
  void deliver(Node* n, Tensor&& g);  // g is defined
  void run();
  void commit();
  bool create_graph() const noexcept { return options_.create_graph; }
  bool wants(const Node* edge) const noexcept { return edge != nullptr && (captures_ == nullptr || is_wanted(edge)); }

 private:
  // Leaves are shared by threads, so their marks stand in the pass.
  bool is_wanted(const Node* n) const noexcept {
    if (!n->is_leaf()) return (n->flags & kWanted) != 0;
    const std::vector<Node*>& leaves = engine_->wanted_leaves;
    return std::binary_search(leaves.begin(), leaves.end(), n);
  }
  void queue(Node* n);
  void push(Node* n);
  Node* next() noexcept;
  void accumulate(Tensor& sum, const Tensor& g);
  void stage(Leaf* leaf, Tensor&& g);
  Staged* staged_before(Leaf* leaf, bool claimed, const Pass* owner) noexcept;
  void step(Node* n);
  void capture(Node* n, const Tensor& g);
  bool is_ready(const Staged& s) const noexcept;
  void prepare(Staged& s);

  PassOptions options_;
  std::vector<Capture>* captures_;
  bool no_grad_before_;
  bool contended_ = false;
  Node* alone_ = nullptr;  // pending, while there is no other: in a chain the heap stays empty
  std::unique_ptr<Engine> engine_;
  std::uint8_t depth_;
};

namespace {

Tensor run_hooks(Node* n, Tensor g) {
  if (n->extra == nullptr) return g;
  for (std::size_t i = 0; i < n->extra->hooks.size(); ++i) {
    const auto fn = n->extra->hooks[i].fn;  // a hook may add or remove hooks
    Tensor r = fn(g);
    if (!r.defined()) continue;
    if (r.sizes() != g.sizes()) {
      throw AutogradError("register_hook: hook '" + std::to_string(n->extra->hooks[i].id) +
                          "' has changed the size of value; return a gradient of sizes " + text(g.sizes()));
    }
    g = r.dtype() == g.dtype() ? std::move(r) : kAbove.cast(r, g.dtype());
  }
  return g;
}

// A gradient in its tensor's shape and dtype: rules may leave the shape of a broadcast result.
inline void fit(Node* n, Tensor& g) {
  if (g.impl()->dtype != n->dtype) [[unlikely]]
    g = kAbove.cast(g, n->dtype);
  if (!same_sizes(g.impl(), n->sizes(), n->rank)) g = kAbove.sum_to(g, n->size_list());
}

}  // namespace

Pass::~Pass() {
  Context& ctx = context();
  ctx.no_grad = no_grad_before_;
  while (Node* n = next()) {
    n->flags = static_cast<std::uint8_t>(n->flags & ~kQueued);
    Tensor::adopt(std::exchange(n->pending, nullptr)).reset();
    release_node(n);
  }
  for (Staged& s : engine_->staged) {
    Pass* self = this;
    compare_exchange<Pass*>(s.leaf->claim, self, nullptr);
    s.grad.reset();
    s.before.reset();
    release_node(s.leaf);
  }
  engine_->staged.clear();
  for (Retained& r : engine_->retained) {
    r.grad.reset();
    release_node(r.node);
  }
  engine_->retained.clear();
  for (const Suspended& s : engine_->suspended) {
    s.node->pending = s.pending;
    s.node->depth = s.depth;
    s.node->flags |= kQueued;
  }
  engine_->suspended.clear();
  for (Node* n : engine_->marked) {
    n->flags = static_cast<std::uint8_t>(n->flags & ~(kVisited | kWanted));
    release_node(n);
  }
  engine_->marked.clear();
  engine_->wanted_leaves.clear();
  --ctx.depth;
  if (ctx.engine == nullptr && !ctx.exited) ctx.engine = engine_.release();
}

// Marks what lies between the roots and the captures. A record's number exceeds its inputs', so going through what was
// found by rising number settles each after all that it leads to.
void Pass::mark_wanted(const Root* roots, std::size_t n_roots) {
  std::vector<Node*>& found = engine_->marked;
  const auto visit = [&found](Node* n) {
    if (n == nullptr || n->is_leaf() || (n->flags & kVisited) != 0) return;
    found.push_back(n);
    retain_node(n);
    n->flags |= kVisited;
  };
  for (std::size_t i = 0; i < n_roots; ++i) visit(roots[i].node);
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::uint32_t k = 0; k < found[i]->n_in; ++k) visit(found[i]->edges()[k]);
  std::vector<Node*>& leaves = engine_->wanted_leaves;
  for (const Capture& c : *captures_) {
    if (c.node->is_leaf()) {
      leaves.push_back(c.node);
    } else {
      visit(c.node);
      c.node->flags |= kWanted;
    }
  }
  std::sort(leaves.begin(), leaves.end());
  std::sort(found.begin(), found.end(), older);
  for (Node* n : found)
    for (std::uint32_t k = 0; k < n->n_in; ++k)
      if (wants(n->edges()[k])) n->flags |= kWanted;
}

inline void Pass::queue(Node* n) {
  if (alone_ == nullptr && engine_->heap.empty()) [[likely]] {
    alone_ = n;
  } else {
    push(n);
  }
  retain_node(n);
  n->flags |= kQueued;
  n->depth = depth_;
}

void Pass::push(Node* n) {
  std::vector<Node*>& heap = engine_->heap;
  if (heap.size() + 2 > heap.capacity()) heap.reserve(2 * heap.size() + 8);
  if (alone_ != nullptr) heap.push_back(std::exchange(alone_, nullptr));
  heap.push_back(n);
  std::push_heap(heap.begin(), heap.end(), older);
}

// The newest pending record, with the count that queue() took.
inline Node* Pass::next() noexcept {
  if (alone_ != nullptr) return std::exchange(alone_, nullptr);
  std::vector<Node*>& heap = engine_->heap;
  if (heap.empty()) return nullptr;
  std::pop_heap(heap.begin(), heap.end(), older);
  Node* n = heap.back();
  heap.pop_back();
  return n;
}

void Pass::accumulate(Tensor& sum, const Tensor& g) {
  if (!create_graph() && is_unique(sum.impl()) && is_contiguous(sum.impl())) {
    kAbove.add_into(sum.impl(), g.impl());
  } else {
    sum = kAbove.add(sum, g);
  }
}

inline void Pass::stage(Leaf* leaf, Tensor&& g) {
  std::vector<Staged>& staged = engine_->staged;
  if (staged.size() == staged.capacity()) [[unlikely]]
    staged.reserve(2 * staged.size() + 8);
  Pass* owner = nullptr;
  const bool claimed = compare_exchange(leaf->claim, owner, this);
  if (claimed && !contended_) {
    leaf->slot = static_cast<std::uint32_t>(staged.size());
  } else if (Staged* before = staged_before(leaf, claimed, owner); before != nullptr) {
    return accumulate(before->grad, g);
  }
  retain_node(leaf);
  staged.push_back({leaf, std::move(g), {}, false});
}

// Where this pass has staged the leaf already, null where it has not.
Staged* Pass::staged_before(Leaf* leaf, bool claimed, const Pass* owner) noexcept {
  std::vector<Staged>& staged = engine_->staged;
  if (!claimed && owner == this) return &staged[leaf->slot];
  contended_ |= !claimed;
  // This pass may have staged it while another thread's had the claim.
  const auto found = std::find_if(staged.begin(), staged.end(), [leaf](const Staged& s) { return s.leaf == leaf; });
  if (claimed) leaf->slot = static_cast<std::uint32_t>(found - staged.begin());
  return found == staged.end() ? nullptr : &*found;
}

inline void Pass::deliver(Node* n, Tensor&& g) {
  fit(n, g);
  if (n->is_leaf()) return stage(static_cast<Leaf*>(n), std::move(g));
  if ((n->flags & kQueued) != 0) {
    if (n->depth == depth_) {
      Tensor sum = Tensor::adopt(std::exchange(n->pending, nullptr));
      accumulate(sum, g);
      n->pending = sum.release_impl();
      return;
    }
    engine_->suspended.push_back({n, n->pending, n->depth});
    n->pending = nullptr;
  }
  queue(n);
  n->pending = g.release_impl();
}

void Pass::capture(Node* n, const Tensor& g) {
  if (captures_ == nullptr || options_.accumulate) return;
  for (Capture& c : *captures_)
    if (c.node == n) c.grad = g;
}

void Pass::step(Node* n) {
  n->flags = static_cast<std::uint8_t>(n->flags & ~kQueued);
  Tensor g = Tensor::adopt(std::exchange(n->pending, nullptr));
  if ((n->flags & kReleased) != 0) throw_freed(n->op->name);
  if (n->extra != nullptr && g.defined()) [[unlikely]] {
    g = run_hooks(n, std::move(g));
    if (n->extra->retain) {
      engine_->retained.push_back({n, g});
      retain_node(n);
    }
  }
  if (captures_ != nullptr) capture(n, g);
  bool needed = captures_ == nullptr;
  for (std::uint32_t k = 0; k < n->n_in && !needed; ++k) needed = wants(n->edges()[k]);
  if (!needed) return;
  if ((n->op->flags & kFunctionOutput) != 0) {
    Node* function = n->edges()[0];
    stage_function_grad(n, std::move(g));
    if ((function->flags & kQueued) == 0) queue(function);
    return;
  }
  if (n->op->vjp == nullptr && (n->op->flags & kFunctionOp) == 0) {
    throw AutogradError(std::string(n->op->name) + ": has no gradient; detach() its input");
  }
  Grads rule(*this, n, g, captures_ != nullptr, create_graph());
  n->op->vjp != nullptr ? n->op->vjp(rule) : run_function(n, rule, create_graph());
  if (options_.retain_graph || (n->n_saved == 0 && n->op->vjp != nullptr)) return;
  release_saved(n);
  if (n->op->vjp == nullptr) release_function(n);
  n->flags |= kReleased;
  release_edges(n);
}

void Pass::run() {
  while (Node* n = next()) {
    struct Release {
      Node* node;
      ~Release() { release_node(node); }
    } const release{n};
    step(n);
  }
}

// Whether `grad` can become the leaf's .grad as it is.
inline bool Pass::is_ready(const Staged& s) const noexcept {
  if (s.leaf->extra != nullptr || captures_ != nullptr || create_graph()) return false;
  if (!is_unique(s.grad.impl()) || !is_contiguous(s.grad.impl())) return false;
  const SpinLock lock(s.leaf->lock);
  return !s.leaf->grad.defined();
}

// All that can fail, before any .grad changes.
void Pass::prepare(Staged& s) {
  s.grad = run_hooks(s.leaf, std::move(s.grad));
  capture(s.leaf, s.grad);
  if (!options_.accumulate) return;
  {
    const SpinLock lock(s.leaf->lock);
    s.before = s.leaf->grad;
  }
  if (s.before.defined()) {
    const TensorImpl* b = s.before.impl();
    if (b->dtype != s.leaf->dtype || !same_sizes(b, s.leaf->sizes(), s.leaf->rank)) {
      throw AutogradError("backward: .grad has sizes " + text(b->size_list()) + " and dtype " +
                          tapegrad::name(b->dtype) + ", but its tensor has sizes " + text(s.leaf->size_list()) +
                          " and dtype " + tapegrad::name(s.leaf->dtype) + "; assign a gradient that fits");
    }
    s.replaces = create_graph() || !is_contiguous(b);
    if (s.replaces) s.grad = kAbove.add(s.before, s.grad);
  }
  if (!s.replaces && (!is_unique(s.grad.impl()) || !is_contiguous(s.grad.impl()))) s.grad = kAbove.copy(s.grad);
}

void Pass::commit() {
  for (Staged& s : engine_->staged)
    if (!is_ready(s)) prepare(s);
  for (Retained& r : engine_->retained) {
    const Tensor& before = r.node->extra->grad;
    r.grad = before.defined() ? kAbove.add(before, r.grad) : kAbove.copy(r.grad);
  }
  for (Retained& r : engine_->retained) r.node->extra->grad = std::move(r.grad);
  if (!options_.accumulate) return;
  for (Staged& s : engine_->staged) {
    const SpinLock lock(s.leaf->lock);
    if (s.leaf->orphan) continue;
    Tensor& grad = s.leaf->grad;
    if (!grad.defined() || (s.replaces && grad.is_same(s.before))) {
      grad.swap(s.grad);  // what it replaces is dropped with the pass, after the lock
    } else {
      kAbove.add_into(grad.impl(), s.grad.impl());
      ++grad.impl()->storage->version;
    }
  }
}

bool is_wanted(const Pass& pass, const Node* edge) noexcept { return pass.wants(edge); }
void deliver(Pass& pass, Node* edge, Tensor&& g) { pass.deliver(edge, std::move(g)); }

void run_backward(Root* roots, std::size_t n, const PassOptions& options, std::vector<Capture>* captures) {
  Pass pass(options, captures);
  if (captures != nullptr) pass.mark_wanted(roots, n);
  for (std::size_t i = 0; i < n; ++i)
    if (pass.wants(roots[i].node)) pass.deliver(roots[i].node, std::move(roots[i].grad));
  pass.run();
  pass.commit();
}

void delete_engine(Engine* e) noexcept { delete e; }

}  // namespace tapegrad::core
