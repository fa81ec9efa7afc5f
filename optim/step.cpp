// How an optimiser walks over its parameters: all that can be refused, or for which memory may run out, comes before
// the first change.
#include <typeinfo>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/optim/optimizer.h>

#include "autograd/core/batch.h"
#include "autograd/core/execute.h"
#include "autograd/core/node.h"
#include "autograd/core/text.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

void detail::check(bool in_range, const char* sentence, double value) {
  if (in_range) return;
  throw ValueError(core::joined("Optimizer: ", sentence, value,
                                value != value ? "; give it one: there is no default" : "; give it a value in range"));
}

std::vector<std::int64_t> detail::sizes_of(const StateBuffer& b, const Tensor& p, const OptimizerOptions& options) {
  return b.sizes == nullptr ? std::vector<std::int64_t>(p.sizes().begin(), p.sizes().end()) : b.sizes(p, options);
}

namespace {

using Buffers = std::span<const StateBuffer>;

// Which buffers a group needs, a bit each.
unsigned needed_by(const OptimizerOptions& options, Buffers declared) noexcept {
  unsigned bits = 0;
  for (std::size_t k = 0; k < declared.size(); ++k) {
    if (const auto needed = declared[k].needed; needed == nullptr || needed(options)) bits |= 1U << k;
  }
  return bits;
}

// Whether a buffer is missing, or does not fit its parameter any more.
bool lacks(const Tensor& p, const ParamState& state, Buffers declared, unsigned needed) noexcept {
  if (needed == 0) return false;
  if (state.buffers.size() != declared.size()) return true;
  for (std::size_t k = 0; k < declared.size(); ++k) {
    if ((needed >> k & 1) == 0) continue;
    const core::TensorImpl* b = state.buffers[k].impl();
    if (b == nullptr || b->dtype != p.impl()->dtype) return true;
    if (declared[k].sizes == nullptr && b->numel != p.impl()->numel) return true;
  }
  return false;
}

// The state's buffers, with those made that are missing and the others cast.
std::vector<Tensor> complete(const Tensor& p, const ParamState& state, Buffers declared, unsigned needed) {
  std::vector<Tensor> out = state.buffers;
  out.resize(declared.size());
  for (std::size_t k = 0; k < declared.size(); ++k) {
    const StateBuffer& b = declared[k];
    if ((needed >> k & 1) == 0) continue;
    const std::vector<std::int64_t> sizes = detail::sizes_of(b, p, *state.options);
    if (!out[k].defined()) {
      out[k] = full(sizes, b.value == nullptr ? 0.0 : b.value(*state.options), p.dtype());
    } else if (out[k].sizes() != IntList(sizes)) {
      core::throw_shape("Optimizer", "the state ", b.name, " of sizes ", out[k].sizes(),
                        " does not fit its parameter of sizes ", p.sizes(),
                        "; make another optimizer for the new parameter");
    }
    out[k] = out[k].to(p.dtype());
  }
  return out;
}

[[noreturn]] void throw_unfit(const Tensor& p, const Tensor& g) {
  const std::string text =
      core::joined("Optimizer: a parameter of dtype ", p.dtype(), " and sizes ", p.sizes(), " has a .grad of dtype ",
                   g.dtype(), " and sizes ", g.sizes(), "; assign a gradient that fits, or zero_grad() it");
  if (g.dtype() != p.dtype()) throw DtypeError(text);
  throw ShapeError(text);
}

// Contiguous room for a parameter and its gradient; undefined where they are contiguous themselves.
struct Room {
  Tensor p, g;
};

// What a step needs beside the usual, made before the first change.
struct Prepared {
  std::vector<Room> rooms;  // for what is not contiguous, in the order of the parameters
  std::vector<std::pair<ParamState*, std::vector<Tensor>>> states;

  [[gnu::noinline]] void add_state(const Tensor& p, ParamState& state, Buffers declared, unsigned needed) {
    states.emplace_back(&state, complete(p, state, declared, needed));
  }
  [[gnu::noinline]] void add_room(const Tensor& p, const Tensor& g) {
    if (core::is_repeated(p.impl())) {
      throw ShapeError(
          "Optimizer: unsupported operation: more than one element of the written-to tensor refers to a single memory "
          "location; make a parameter of its clone()");
    }
    core::require_unbatched(g.impl(), "Optimizer", "steps by a .grad", "assign a gradient that is no batch");
    const auto room = [](const Tensor& x) { return x.is_contiguous() ? Tensor() : empty(x.sizes(), x.dtype()); };
    rooms.push_back({room(p), room(g)});
  }
};

// .grad of a leaf, without a call.
const Tensor& grad_of(const Tensor& p) noexcept {
  core::Node* n = p.impl()->node.load(std::memory_order_acquire);
  return n != nullptr && n->is_leaf() ? static_cast<core::Leaf*>(n)->grad : undefined();
}

bool are_contiguous(const Tensor& p, const Tensor& g) noexcept {
  return (p.impl()->flags & g.impl()->flags).has(core::kContiguous);
}

// Everything that may throw, for all parameters: checks the gradients and makes the state.
Prepared prepare(std::vector<OptimizerParamGroup>& groups, const OptimizerOptions& defaults, Buffers declared) {
  Prepared out;
  for (OptimizerParamGroup& group : groups) {
    const OptimizerOptions& options = group.options();
    if (typeid(options) != typeid(defaults)) detail::throw_other_options();
    const unsigned needed = needed_by(options, declared);
    std::span<ParamState> states = group.states();
    if (states.empty()) {  // a group that was put there by hand
      group.reset_states();
      states = group.states();
    }
    ParamState* state = states.data();
    for (const Tensor& p : std::as_const(group).params()) {
      if (const core::Context& ctx = core::context(); ctx.watch.has(core::kWatchCalls))
        ctx.recorder->see_base(p.impl());
      state->options = &options;
      if (const Tensor& g = grad_of(p); g.defined()) {
        const core::TensorImpl* x = p.impl();
        if (g.impl()->dtype != x->dtype || !core::same_sizes(g.impl(), x->sizes(), x->rank)) throw_unfit(p, g);
        if (lacks(p, *state, declared, needed)) [[unlikely]]
          out.add_state(p, *state, declared, needed);
        if (!are_contiguous(p, g)) [[unlikely]]
          out.add_room(p, g);
      }
      ++state;
    }
  }
  for (auto& [state, buffers] : out.states) state->buffers.swap(buffers);
  return out;
}

// Executes the op, parameter after parameter.
class Execution {
 public:
  explicit Execution(const core::Op& op) noexcept {
    call_.op = &op;
    call_.in = in_;
    call_.attrs = packed_;
  }
  // Over parameter p, its gradient g and the buffers that are there.
  void operator()(core::TensorImpl* p, core::TensorImpl* g, ParamState& state) noexcept {
    in_[0] = call_.out = p;
    in_[1] = g;
    std::int64_t given = 0;
    call_.n_in = 2;
    std::int64_t bit = 1;
    for (const Tensor& b : state.buffers) {
      if (b.defined()) {
        in_[call_.n_in++] = b.impl();
        given |= bit;
      }
      bit <<= 1;
    }
    packed_ = core::pack(detail::UpdateAttrs{&state, given});
    core::execute_inplace(call_);
  }
  // The same through room that is contiguous.
  [[gnu::noinline]] void operator()(const Tensor& p, const Tensor& g, ParamState& state, const Room& room) {
    const NoGradGuard no_grad;
    (*this)((room.p.defined() ? room.p.copy_(p) : p).impl(), (room.g.defined() ? room.g.copy_(g) : g).impl(), state);
    if (room.p.defined()) p.copy_(room.p);
  }

 private:
  core::TensorImpl* in_[2 + detail::kMaxBuffers];
  core::Packed<detail::UpdateAttrs> packed_;
  core::Call call_;
};

}  // namespace

bool detail::has_buffers(const core::Call& c, Buffers declared) noexcept {
  const auto a = c.attrs.as<UpdateAttrs>();
  return (needed_by(*a.state->options, declared) & ~static_cast<unsigned>(a.given)) == 0;
}

void detail::throw_other_options() {
  throw Error("Optimizer: the options of the group are those of another optimizer; give it this one's");
}

Tensor Optimizer::step_by(const core::Op& op, Buffers declared, const LossClosure& closure) {
  Tensor loss = closure ? evaluate(closure) : Tensor();
  for (const OptimizerParamGroup& group : groups_) {
    if (group.open_) [[unlikely]] {
      settle();
      break;
    }
  }
  const Prepared prepared = prepare(groups_, *defaults_, declared);
  const Room* room = prepared.rooms.data();
  Execution execute(op);
  for (OptimizerParamGroup& group : groups_) {
    ParamState* next = group.states_.data();
    for (const Tensor& p : std::as_const(group).params()) {
      ParamState& state = *next++;
      const Tensor& g = grad_of(p);
      if (!g.defined()) continue;
      if (are_contiguous(p, g)) [[likely]] {
        execute(p.impl(), g.impl(), state);
      } else {
        execute(p, g, state, *room++);
      }
    }
  }
  return loss;
}

Tensor Optimizer::evaluate(const LossClosure& closure) {
  if (!closure) return {};
  const AutoGradMode recording(true);
  return closure();
}

}  // namespace tapegrad::optim
