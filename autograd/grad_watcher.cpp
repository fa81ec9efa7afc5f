#include <tapegrad/autograd/grad_watcher.h>

#include <algorithm>

#include "autograd/core/engine.h"
#include "autograd/core/recorder.h"

namespace tapegrad {

using namespace core;

GradWatcher::GradWatcher(const std::vector<Tensor>& leaves) : watch_(std::make_unique<Watch>()) {
  watch_->watcher = this;
  for (const Tensor& x : leaves) {
    Node* n = x.requires_grad() && x.is_leaf() ? x.impl()->node.load(std::memory_order_acquire) : nullptr;
    if (n == nullptr)
      throw AutogradError("GradWatcher: a tensor is no leaf that requires grad; watch parameters that are trained");
    const auto is_it = [n](const NodeRef& other) { return other.get() == n; };
    if (static_cast<Leaf*>(n)->traits.has(kWatched) || std::any_of(watch_->leaves.begin(), watch_->leaves.end(), is_it))
      throw AutogradError("GradWatcher: a leaf is watched already; let one watcher see it, and name it once");
    extra_of(n);
    watch_->leaves.push_back(ref_to(n));
  }
  for (std::size_t i = 0; i < watch_->leaves.size(); ++i) {
    auto* leaf = static_cast<Leaf*>(watch_->leaves[i].get());
    leaf->traits.set(kWatched);
    leaf->extra->watch = watch_.get();
    leaf->extra->place = i;
  }
}

GradWatcher::~GradWatcher() {
  for (const NodeRef& n : watch_->leaves) {
    static_cast<Leaf*>(n.get())->traits.clear(kWatched);
    n->extra->watch = nullptr;
  }
}

void require_uncaptured(const char* op, const char* what, const char* instead) {
  require_unrecorded(op, what, instead);
}

}  // namespace tapegrad
