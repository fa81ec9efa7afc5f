// What a run of a program does: guards, the bytes that others see, the steps.
#include "autograd/program/program.h"

#include <algorithm>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/random.h>

#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/program/recorder.h"

namespace tapegrad::program {

using core::Call;
using core::TensorImpl;

Tensor& Program::grad_of(int outside) const noexcept {
  return static_cast<core::Leaf*>(leaf_node(r_.outside[at(outside)].impl()))->grad;
}

const Tensor& Program::shown(int slot, bool requires_grad) const noexcept {
  for (const Escape& e : escapes_)
    for (const Escape::Shown& s : e.shown)
      if (s.slot == slot && s.requires_grad == requires_grad) return s.tensor;
  return undefined();
}

// Whether nobody but the program and the leaves, which get it again, holds it, and nobody has changed what it is.
bool Program::is_ours(const Escape& e) const noexcept {
  std::uint32_t views = e.base.defined() ? 1 : 0;
  for (const Escape::Shown& s : e.shown) {
    const TensorImpl* t = s.tensor.impl();
    const bool is_grad = s.grad != nullptr && s.grad->impl() == t;
    if (t->counts.load() != core::kUnshared + (is_grad ? TensorImpl::kOneStrong : 0) ||
        t->node.load(std::memory_order_relaxed) != s.node || t->requires_grad() != s.requires_grad ||
        t->storage != s.storage || t->data != s.data)
      return false;
    ++views;
  }
  return e.shown.front().tensor.impl()->storage->refs.load() == views;
}

// Whether an argument shows the bytes that are about to be written: a .grad of the run before.
bool Program::is_argument(const Escape& e, const Tensor* const* inputs) const noexcept {
  const core::Storage* s = e.shown.front().tensor.impl()->storage;
  return std::any_of(inputs_.begin(), inputs_.end(),
                     [&](int root) { return inputs[r_.roots[at(root)].index]->impl()->storage == s; });
}

void Program::make(Escape& e) {
  const Root& root = r_.roots[at(e.root)];
  const std::size_t bytes = root.kind == RootKind::kConstant ? root.image.size() : root.bytes;
  const TensorImpl* first = impls_[at(e.shown.front().slot)];
  seen_.clear();
  const bool alone = e.shown.size() == 1 && core::is_contiguous(first) && root.kind == RootKind::kValue &&
                     static_cast<std::size_t>(first->numel) * item_size(first->dtype) == bytes;
  const Tensor base = alone ? Tensor() : empty(static_cast<std::int64_t>(bytes), kByte);
  std::vector<Tensor> made;
  for (const Escape::Shown& s : e.shown) {
    const TensorImpl* like = impls_[at(s.slot)];
    TensorImpl* t = alone ? core::new_tensor(like->dtype, like->sizes(), like->rank, like->numel)
                          : core::new_view(base.impl(), like->sizes(), like->strides(), like->rank);
    made.push_back(Tensor::adopt(t));
    if (!alone) {
      t->dtype = like->dtype;
      t->flags.set(core::kNarrowDtype, is_narrow(like->dtype));
      t->data += r_.slots[at(s.slot)].offset;
    }
    if (s.requires_grad) set_captured_history(t);
  }
  for (std::size_t k = 0; k < made.size(); ++k) {
    e.shown[k].tensor = made[k];
    e.shown[k].node = made[k].impl()->node.load(std::memory_order_relaxed);
    e.shown[k].storage = made[k].impl()->storage;
    e.shown[k].data = made[k].impl()->data;
  }
  e.base = base;
  const TensorImpl* whole = alone ? made.front().impl() : base.impl();
  bind(e.root, whole->storage, whole->data);
}

bool Program::points_to(const Recording& run) const noexcept {
  if (run.roots.size() != r_.roots.size() || run.outside.size() != r_.outside.size()) return true;  // it differs anyway
  for (std::size_t k = 0; k < r_.roots.size(); ++k)
    if (r_.roots[k].kind == RootKind::kOutside && r_.roots[k].data != run.roots[k].data) return false;
  for (std::size_t k = 0; k < r_.outside.size(); ++k)
    if (r_.outside[k].impl() == run.outside[k].impl() && r_.outside[k].storage != run.outside[k].impl()->storage)
      return false;
  return true;
}

void Program::note(std::uint32_t structure) noexcept {
  r_.structure = structure;
  for (Outside& o : r_.outside) o.note();
}

// Whether an argument shows bytes of another, or of what lies outside, where it did not when this was written down.
bool Program::has_aliases(const Tensor* const* inputs) const noexcept {
  for (const int root : inputs_) {
    const int k = r_.roots[at(root)].index;
    const core::Storage* s = inputs[k]->impl()->storage;
    for (const int other : inputs_)
      if (other != root && inputs[r_.roots[at(other)].index]->impl()->storage == s) return true;
    if (r_.pins[at(k)] != nullptr) continue;
    for (const Outside& o : r_.outside)
      if (o.storage == s) return true;
    for (const int grad : grad_roots_)
      if (grad_of(r_.roots[at(grad)].index).impl()->storage == s) return true;
  }
  return false;
}

bool Program::has_same_inputs(const Tensor* const* inputs) const noexcept {
  if (!grad_roots_.empty() || seen_.size() != inputs_.size()) return false;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const TensorImpl* t = inputs[r_.roots[at(inputs_[k])].index]->impl();
    if (t->storage != seen_[k].first || t->data != seen_[k].second) return false;
  }
  return true;
}

const char* Program::change(const Tensor* const* inputs) noexcept {
  if (r_.structure != core::structure_version.load(std::memory_order_relaxed))
    return "a module or an optimizer has changed";
  for (const Outside& o : r_.outside)
    if (!o.holds()) return "a tensor outside has changed, or who holds it";
  for (const GradPlace& g : grads_)
    if (g.grad->defined() != g.before) return ".grad is defined where it was not, or the other way round";
  for (const std::size_t k : pinned_)
    if (inputs[k]->impl()->data != r_.pins[k]) return "an argument is no more what it was outside";
  same_inputs_ = has_same_inputs(inputs);
  if (minds_aliases_ && !same_inputs_ && has_aliases(inputs)) return "arguments share bytes that it writes";
  for (const int root : grad_roots_) {
    const Root& r = r_.roots[at(root)];
    const TensorImpl* g = grad_of(r.index).impl();
    if (g == nullptr || g->rank != static_cast<int>(r.strides.size()) ||
        !std::equal(r.strides.begin(), r.strides.end(), g->strides()))
      return ".grad lies in memory in another order";
  }
  for (const Call* c : conditional_)
    if (!c->op->is_current(*c)) return "the options of an optimizer need other state";
  return nullptr;
}

const Tensor* const* Program::run(const Tensor* const* inputs) {
  if (!same_inputs_) {
    seen_.clear();
    for (const int root : inputs_) {
      TensorImpl* t = inputs[r_.roots[at(root)].index]->impl();
      bind(root, t->storage, t->data);
      seen_.emplace_back(t->storage, t->data);
    }
  }
  for (const int root : grad_roots_) {
    const Root& r = r_.roots[at(root)];
    TensorImpl* t = grad_of(r.index).impl();
    bind(root, t->storage, t->data - r.shift);
  }
  if (shows_views_)
    for (Tensor& v : views_) v.reset();
  for (Escape& e : escapes_)
    if (!is_ours(e) || (!same_inputs_ && is_argument(e, inputs))) make(e);
  for (const Image& i : images_) {
    std::byte* to = i.escape < 0 ? i.to : escapes_[at(i.escape)].base.impl()->data;
    std::copy(i.from->begin(), i.from->end(), to);
  }
  if (draws_) default_generator();
  if (shows_views_) show_views(inputs);
  try {
    run_steps();
  } catch (...) {
    for (const GradPlace& g : grads_)
      if (g.effect != Grad::kKept) g.grad->reset();
    throw;
  }
  for (const GradPlace& g : grads_) {
    if (g.effect == Grad::kCleared) g.grad->reset();
    if (g.effect == Grad::kSet && !g.grad->is_same(*g.set)) *g.grad = *g.set;
  }
  return results_.data();
}

void Program::run_steps() {
  const AutoGradMode off(false);
  for (const Step *s = steps_.data(), *end = s + steps_.size(); s != end; ++s) {
    if (s->group >= 0) {
      const Group& g = groups_[at(s->group)];
      run_group(g);
      s = steps_.data() + g.last - 1;
      continue;
    }
    if (s->loop != nullptr) {
      const void* const in[] = {s->in[0]->data, s->in[1]->data, s->in[2]->data};
      s->loop(s->out->data, in, s->scalar, s->n, s->call.attrs.words);
    } else {
      if (s->checks) s->call.op->check(s->call);
      core::run_kernel(s->call);
    }
    if (s->bumps) core::raise_version(s->out);
  }
}

// Results that show what is not the program's own, by handles of their own: who holds the tensor stays as it was.
void Program::show_views(const Tensor* const* inputs) {
  for (std::size_t k = 0; k < results_.size(); ++k) {
    const int slot = r_.results[k].slot;
    if (slot < 0 || is_memory(r_.root_of(slot).kind)) continue;
    const Root& root = r_.root_of(slot);
    const TensorImpl* of = root.kind == RootKind::kInput  ? inputs[root.index]->impl()
                           : root.kind == RootKind::kGrad ? grad_of(root.index).impl()
                                                          : r_.outside[at(root.index)].impl();
    const TensorImpl* like = impls_[at(slot)];
    TensorImpl* t = core::new_view(of, like->sizes(), like->strides(), like->rank);
    t->data = like->data;
    if (r_.results[k].requires_grad) set_captured_history(t);
    views_[k] = Tensor::adopt(t);
    results_[k] = &views_[k];
  }
}

}  // namespace tapegrad::program
