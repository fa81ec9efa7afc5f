// How every optimiser walks over its parameters: prepare() checks all gradients and makes the state, update() executes
// the optimiser's op. Both are loops over contiguous vectors without a virtual call for each parameter.
#pragma once

#include <typeinfo>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/optimizer.h>

#include "autograd/core/execute.h"
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

using Buffers = std::array<Tensor, ParamState::kMaxBuffers>;

// Whether some of the first n buffers are not there, or of a dtype that the parameter had before.
inline bool lacks_buffers(const Tensor& p, const ParamState& state, std::size_t n) noexcept {
  for (std::size_t k = 0; k < n; ++k) {
    const core::TensorImpl* buffer = state.buffers[k].impl();
    if (buffer == nullptr || buffer->dtype != p.impl()->dtype) return true;
  }
  return false;
}
// The state's buffers, with zeros for those that lack and the others cast.
Buffers complete_buffers(const Tensor& p, const ParamState& state, std::size_t n);

// Contiguous room for a parameter and its gradient; undefined where they are contiguous themselves.
struct Room {
  Tensor p, g;
};
// ShapeError where p cannot be written to.
Room make_room(const Tensor& p, const Tensor& g);

// .grad of a leaf, without a call.
inline const Tensor& grad_of(const Tensor& p) noexcept {
  core::Node* n = p.impl()->node.load(std::memory_order_acquire);
  return n != nullptr && n->is_leaf() ? static_cast<core::Leaf*>(n)->grad : undefined();
}

// What a step needs for parameters and gradients that are not contiguous, in the order of the parameters.
struct Rooms {
  std::vector<Room> made;
  std::size_t next = 0;
};

// Before the first change: everything that can be refused, or for which memory may run out, is done here, for all
// parameters. buffers(options): how many are needed.
template <class Options>
Rooms prepare(std::vector<OptimizerParamGroup>& groups, auto&& buffers) {
  Rooms rooms;
  std::vector<std::pair<ParamState*, Buffers>> changes;
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
        if (lacks_buffers(p, *state, n_buffers)) [[unlikely]]
          changes.emplace_back(state, complete_buffers(p, *state, n_buffers));
        if (!core::is_contiguous(x) || !core::is_contiguous(g.impl())) [[unlikely]]
          rooms.made.push_back(make_room(p, g));
      }
      ++state;
    }
  }
  for (auto& [state, complete] : changes) state->buffers.swap(complete);
  return rooms;
}

// What a call of an optimiser's op works on: inputs parameter, gradient and at most n buffers, attribute its arguments.
template <int n>
kernels::Param param_of(const core::Call& c) noexcept {
  kernels::Param x;
  x.dtype = c.out->dtype;
  x.p = c.out->data;
  x.g = c.in[1]->data;
  x.n = c.out->numel;
  for (int k = 0; k < n; ++k) x.state[k] = 2 + k < c.n_in ? c.in[2 + k]->data : nullptr;
  return x;
}

// The op, over each parameter that has a gradient; arguments(the parameter's state): what it is given. It works on the
// first n_buffers of the state.
void update(OptimizerParamGroup& group, Rooms& rooms, const core::Op& op, std::size_t n_buffers, auto&& arguments) {
  const auto run = [&](core::TensorImpl* p, core::TensorImpl* g, ParamState& state) {
    core::TensorImpl* in[2 + ParamState::kMaxBuffers];
    in[0] = p;
    in[1] = g;
    for (std::size_t k = 0; k < n_buffers; ++k) in[2 + k] = state.buffers[k].impl();
    const std::int64_t word = core::Attrs::word(&arguments(state));
    core::Call c;
    c.op = &op;
    c.in = in;
    c.n_in = static_cast<int>(2 + n_buffers);
    c.attrs = {&word, 1};
    c.out = p;
    core::execute_inplace(c);
  };
  ParamState* next = group.states().data();
  for (const Tensor& p : group.params()) {
    ParamState& state = *next++;
    const Tensor& g = grad_of(p);
    if (!g.defined()) continue;
    if (core::is_contiguous(p.impl()) && core::is_contiguous(g.impl())) [[likely]] {
      run(p.impl(), g.impl(), state);
    } else {
      const Room& room = rooms.made[rooms.next++];
      const NoGradGuard no_grad;
      run((room.p.defined() ? room.p.copy_(p) : p).impl(), (room.g.defined() ? room.g.copy_(g) : g).impl(), state);
      if (room.p.defined()) p.copy_(room.p);
    }
  }
}

}  // namespace tapegrad::optim::detail
