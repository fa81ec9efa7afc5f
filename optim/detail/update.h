// How every optimiser walks over its parameters: prepare() checks all gradients and makes the state, update() calls the
// kernel. Both are loops over contiguous vectors without a virtual call for each parameter.
#pragma once

#include <typeinfo>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/optimizer.h>

#include "autograd/core/node.h"
#include "autograd/kernels/optim.h"

namespace tapegrad::optim::detail {

// Error with PyTorch's sentence and the value of an option that is out of range.
void check(bool in_range, const char* sentence, double value);

// The group's options, which prepare() has checked.
template <class Options>
const Options& options_of(const OptimizerParamGroup& group) {
  return static_cast<const Options&>(group.options());
}

[[noreturn]] void throw_other_options();

// A flag as a number.
void visit(const OptimizerOptions::Visitor& fn, const char* name, bool& flag);

// ShapeError or DtypeError: g, the gradient of p, does not fit it.
[[noreturn]] void throw_unfit(const Tensor& p, const Tensor& g);
// Makes the first n buffers (zeros) where there are none; casts them where the parameter's dtype has changed.
void make_buffers(const Tensor& p, ParamState& state, std::size_t n);

// .grad of a leaf, without a call.
inline const Tensor& grad_of(const Tensor& p) noexcept {
  core::Node* n = p.impl()->node.load(std::memory_order_acquire);
  return n != nullptr && n->is_leaf() ? static_cast<core::Leaf*>(n)->grad : undefined();
}

// Before the first change: everything that can be refused is refused here. buffers(options): how many are needed.
template <class Options>
void prepare(std::vector<OptimizerParamGroup>& groups, auto&& buffers) {
  for (OptimizerParamGroup& group : groups) {
    const OptimizerOptions& options = group.options();
    if (typeid(options) != typeid(Options)) throw_other_options();
    const std::size_t n_buffers = buffers(options_of<Options>(group));
    if (group.states().size() != group.params().size()) group.states().resize(group.params().size());
    ParamState* state = group.states().data();
    for (const Tensor& p : group.params()) {
      if (const Tensor& g = grad_of(p); g.defined()) {
        const core::TensorImpl* x = p.impl();
        if (g.impl()->dtype != x->dtype || !core::same_sizes(g.impl(), x->sizes(), x->rank)) throw_unfit(p, g);
        if (n_buffers > 0) make_buffers(p, *state, n_buffers);
      }
      ++state;
    }
  }
}

// kernel(what it works on, the parameter's state), for each parameter that has a gradient. It works on the first
// n_buffers of the state.
void update(OptimizerParamGroup& group, std::size_t n_buffers, auto&& kernel) {
  const auto run = [&](core::TensorImpl* p, core::TensorImpl* g, ParamState& state) {
    kernels::Param x{p->dtype, p->data, g->data, {}, p->numel};
    for (std::size_t k = 0; k < n_buffers; ++k) {
      if (state.buffers[k].defined()) x.state[k] = state.buffers[k].impl()->data;
    }
    kernel(x, state);
  };
  ParamState* next = group.states().data();
  for (const Tensor& p : group.params()) {
    ParamState& state = *next++;
    const Tensor& g = grad_of(p);
    if (!g.defined()) continue;
    if (core::is_contiguous(p.impl()) && core::is_contiguous(g.impl())) [[likely]] {
      run(p.impl(), g.impl(), state);
      if ((p.impl()->flags & core::kNoBump) == 0) ++p.impl()->storage->version;
    } else {
      const NoGradGuard no_grad;
      const Tensor p_in_order = p.contiguous(), g_in_order = g.contiguous();
      run(p_in_order.impl(), g_in_order.impl(), state);
      p.copy_(p_in_order);
    }
  }
}

}  // namespace tapegrad::optim::detail
