// Who watches leaves is told when a leaf's gradient is final: autograd/grad_watcher.h.
#include <tapegrad/autograd/grad_watcher.h>

#include "autograd/core/backward_pass.h"

namespace tapegrad::core {

// Of a leaf that takes no gradient, or whose gradient somebody waits for.
void BackwardPass::stage_watched(Leaf* leaf, Tensor&& g) {
  if (leaf->traits.has(kFrozen)) return;
  gather(leaf, std::move(g));
  if (!options_.accumulate) return;
  enlist(leaf->extra->watch);
  // A pass inside a pass meets nodes that the outer one has marked: it tells of all leaves at its end.
  if (current_ == nullptr || depth_ != 1) return;
  if (!counted_) count_edges();
  Watch& w = *leaf->extra->watch;
  std::uint32_t& awaited = w.awaited[leaf->extra->place];
  if (awaited == 0 || --awaited > 0) return;
  const auto is_it = [leaf](const Staged& s) { return s.node.get() == leaf; };
  tell(*std::find_if(engine_->staged.begin(), engine_->staged.end(), is_it));
}

void BackwardPass::enlist(Watch* w) {
  if (w->pass == this) return;
  if (w->pass != nullptr) {
    throw AutogradError("backward: another backward pass over the same watched leaves is under way; let it end first");
  }
  w->awaited.assign(w->leaves.size(), 0);
  engine_->watches.push_back(w);
  w->pass = this;
  watched_ = true;
}

// How many edges lead to each watched leaf from the nodes that wait, from what these lead to, and from the one whose
// vjp runs. (One that delivers nothing leaves its leaf to the end.)
void BackwardPass::count_edges() {
  counted_ = true;
  std::vector<NodeRef>& found = engine_->marked;
  std::size_t at = found.size();
  const auto visit = [this, &found](Node* n) {
    if (n == nullptr || n->flags.has(kCounted)) return;
    if (!n->is_leaf()) {
      found.push_back(ref_to(n));
      n->flags.set(kCounted);
    } else if (static_cast<Leaf*>(n)->traits.has(kWatched)) {
      enlist(n->extra->watch);
      ++n->extra->watch->awaited[n->extra->place];
    }
  };
  visit(current_);
  visit(alone_);
  for (Node* n : engine_->heap) visit(n);
  for (; at < found.size(); ++at) {
    Node* n = found[at].get();
    for (std::uint32_t k = 0; k < n->n_in; ++k)
      if (wants(n->edges()[k])) visit(n->edges()[k]);
  }
}

void BackwardPass::tell(Staged& s) {
  s.grad = run_hooks(s.node.get(), std::move(s.grad));
  const Extra& extra = *s.node->extra;
  extra.watch->awaited[extra.place] = kTold;
  extra.watch->watcher->ready(extra.place, s.grad);
}

// All gradients are final: watchers may change them, and give leaves one that have none.
void BackwardPass::settle() {
  for (Staged& s : engine_->staged) {
    const auto* leaf = static_cast<Leaf*>(s.node.get());
    if (leaf->traits.has(kWatched) && leaf->extra->watch->awaited[leaf->extra->place] != kTold) tell(s);
  }
  for (const Watch* w : engine_->watches) {
    std::vector<Tensor> grads(w->leaves.size());
    for (Staged& s : engine_->staged)
      if (s.node->extra != nullptr && s.node->extra->watch == w) grads[s.node->extra->place].swap(s.grad);
    w->watcher->settle(grads);
    for (Staged& s : engine_->staged)
      if (s.node->extra != nullptr && s.node->extra->watch == w) s.grad.swap(grads[s.node->extra->place]);
    for (std::size_t i = 0; i < grads.size(); ++i)
      if (grads[i].defined()) gather(static_cast<Leaf*>(w->leaves[i].get()), std::move(grads[i]));
  }
}

}  // namespace tapegrad::core
