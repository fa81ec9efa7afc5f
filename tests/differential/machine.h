// The machine, in what both libraries compile. Included by one source a library, after its header, with `lib` as the
// library's namespace and `adapt` for the few calls that are spelt otherwise.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "tests/differential/program.h"

namespace differential {
namespace {

using lib::Tensor;
using Tensors = std::vector<Tensor>;

struct Cube : lib::autograd::Function<Cube> {
  static Tensor forward(lib::autograd::AutogradContext* ctx, const Tensor& x) {
    ctx->save_for_backward({x});
    return x * x * x;
  }
  static Tensors backward(lib::autograd::AutogradContext* ctx, Tensors grads) {
    const Tensor x = ctx->get_saved_variables()[0];
    return {grads[0] * 3 * x * x};
  }
};

auto dtype_of(Dtype d) {
  return d == Dtype::Bool ? lib::kBool : d == Dtype::Long ? lib::kLong : d == Dtype::Float ? lib::kFloat : lib::kDouble;
}

// fn(element by number, its address in elements) in logical order.
template <class F>
void for_each(const Tensor& t, F fn) {
  const std::int64_t rank = t.dim(), n = t.numel();
  std::int64_t at[16] = {}, offset = 0;
  const auto sizes = t.sizes();
  const auto strides = t.strides();
  for (std::int64_t k = 0; k < n; ++k) {
    fn(static_cast<std::size_t>(k), offset);
    for (std::int64_t d = rank - 1; d >= 0; --d) {
      const auto u = static_cast<std::size_t>(d);
      offset += strides[u];
      if (++at[d] < sizes[u]) break;
      offset -= strides[u] * sizes[u];
      at[d] = 0;
    }
  }
}

// fn(typed pointer to the first element)
template <class F>
void with_elements(const Tensor& t, F fn) {
  const auto d = t.scalar_type();
  if (t.numel() == 0 || !adapt::has_bytes(t)) return;
  if (d == lib::kBool) return fn(t.template data_ptr<bool>());
  if (d == lib::kLong) return fn(t.template data_ptr<std::int64_t>());
  if (d == lib::kFloat) return fn(t.template data_ptr<float>());
  fn(t.template data_ptr<double>());
}

void set_elements(const Tensor& t, const std::vector<double>& values) {
  with_elements(t, [&](auto* p) {
    using T = std::remove_reference_t<decltype(*p)>;
    for_each(t, [&](std::size_t k, std::int64_t at) { p[at] = static_cast<T>(values[k]); });
  });
}

// What a Leaf makes.
Tensor leaf_of(const Instruction& in) {
  Tensor t = lib::zeros(in.list, lib::dtype(dtype_of(in.dtype)));
  set_elements(t, in.values);
  return t;
}

State state_of(const Tensor& t, bool with_grad) {
  State s;
  s.defined = t.defined();
  if (!s.defined) return s;
  s.identity = adapt::identity(t);
  s.bytes = adapt::bytes(t);
  const auto d = t.scalar_type();
  s.dtype = d == lib::kBool    ? Dtype::Bool
            : d == lib::kLong  ? Dtype::Long
            : d == lib::kFloat ? Dtype::Float
                               : Dtype::Double;
  const auto sizes = t.sizes();
  const auto strides = t.strides();
  s.sizes.assign(sizes.begin(), sizes.end());
  s.strides.assign(strides.begin(), strides.end());
  s.requires_grad = t.requires_grad();
  s.leaf = adapt::is_leaf(t);
  s.view = adapt::is_view(t);
  s.version = static_cast<std::int64_t>(t._version());
  s.values.resize(static_cast<std::size_t>(t.numel()));
  with_elements(t, [&](const auto* p) {
    for_each(t, [&](std::size_t k, std::int64_t at) { s.values[k] = static_cast<double>(p[at]); });
  });
  if (with_grad && adapt::grad(t).defined()) s.grad = std::make_shared<State>(state_of(adapt::grad(t), false));
  return s;
}

class LibMachine : public Machine {
 public:
  // leaves: what the program's Leafs give copies of, so that it reads and writes no element on the host.
  explicit LibMachine(bool copies, const Tensors* leaves = nullptr) : copies_(copies), leaves_(leaves) {}
  ~LibMachine() override {
    for (auto& [number, t] : registers_) dropped_.push_back(std::move(t));
    registers_.clear();
    for (Tensor& t : dropped_)  // gradients with a history may be cycles
      if (t.defined() && t.is_floating_point()) t.mutable_grad().reset();
  }

  Outcome run(const Instruction& in) override {
    Outcome outcome;
    seen_.clear();
    const lib::AutoGradMode mode(recording_);
    adapt::save_copies(copies_);
    try {
      if (*text_of(in.op).source != '\0') {
        Tensor result = call(in);
        if (!in.out.empty()) registers_[in.out[0]] = std::move(result);
      } else {
        step(in);
      }
    } catch (...) {
      adapt::classify(outcome);
    }
    outcome.hooks = std::move(seen_);
    return outcome;
  }

  // Copies of all that is there, and of its gradients.
  Tensors copies() const {
    const lib::NoGradGuard guard;
    Tensors out;
    for (const auto& [reg, t] : registers_) {
      if (!t.defined()) continue;
      out.push_back(t.detach().clone());
      if (adapt::is_leaf(t) && adapt::grad(t).defined()) out.push_back(adapt::grad(t).detach().clone());
    }
    return out;
  }

  State observe(int reg) const override {
    const auto found = registers_.find(reg);
    return found == registers_.end() ? State() : state_of(found->second, true);
  }

  void write(int reg, bool its_grad, const std::vector<double>& values) override {
    const Tensor& t = registers_.at(reg);
    set_elements(its_grad ? adapt::grad(t) : t, values);
  }

 private:
  const Tensor& get(int reg) const {
    static const Tensor none;
    const auto found = registers_.find(reg);
    return found == registers_.end() ? none : found->second;
  }

  Tensors all(const std::vector<int>& regs) const {
    Tensors out;
    for (const int r : regs) out.push_back(get(r));
    return out;
  }

  Tensors seeds_of(const Instruction& in) const {
    Tensors out;
    for (std::size_t k = 0; k < in.seeds.size(); ++k) {
      const int s = in.seeds[k];
      if (s != kRamp) {
        out.push_back(s == kNoSeed ? Tensor() : get(s));
        continue;
      }
      const lib::NoGradGuard guard;
      const Tensor& root = get(in.roots[k]);
      if (leaves_ != nullptr) {
        out.push_back(((lib::arange(root.numel(), lib::kDouble).remainder(5) - 2) * 0.5 + 0.25)
                          .to(root.scalar_type())
                          .reshape(root.sizes()));
        continue;
      }
      std::vector<double> values;
      for (std::int64_t n = 0; n < root.numel(); ++n) values.push_back(static_cast<double>(n % 5 - 2) * 0.5 + 0.25);
      out.push_back(lib::zeros(root.sizes(), root.scalar_type()));
      set_elements(out.back(), values);
    }
    return out;
  }

  Tensor call(const Instruction& in) const {
    using namespace lib::indexing;
    using lib::IntArrayRef;
    const Tensor &x = get(in.x), &g = x, &n = x, &y = get(in.y), &v = y, &w = y, &f = y, &c = y, &z = get(in.z);
    const Tensor &i = get(in.i), &i0 = i, &m = get(in.m);
    const std::int64_t d = in.d, e = in.e, j = in.j, l = in.l;
    const double a = in.a;
    const bool k = in.k;
    const auto &s = in.list, &u = s, &p = s, &t = s, &r = s, &q = s;
    const int h = static_cast<int>(in.l) % 3;
    switch (in.op) {
#define OP(name, kind, ...) \
  case Op::name:            \
    return __VA_ARGS__;
#include "operations.h"
#undef OP
      default:
        return {};
    }
  }

  void step(const Instruction& in) {
    const Tensor& x = get(in.x);
    const auto retain = in.j < 0 ? adapt::optional<bool>() : adapt::optional<bool>(in.j > 0);
    switch (in.op) {
      case Op::Leaf: {
        Tensor t = leaves_ != nullptr ? leaves_->at(next_leaf_++).clone() : leaf_of(in);
        if (in.k) t.requires_grad_();
        registers_[in.out[0]] = t;
        return;
      }
      case Op::Drop:
        if (adapt::kKeepsDropped) dropped_.push_back(x);
        registers_.erase(in.x);
        return;
      case Op::GradMode:
        recording_ = in.k;
        return;
      case Op::RetainGrad:
        adapt::is_leaf(x);
        return x.retain_grad();
      case Op::Hook: {
        const int number = static_cast<int>(in.d);
        const std::int64_t what = in.j;
        adapt::is_leaf(x);
        const auto id = x.register_hook([this, number, what](const Tensor& grad) -> Tensor {
          seen_.emplace_back(number, state_of(grad, false));
          if (what == 0) return {};
          return what == 1 ? grad * 2 : grad * grad;
        });
        hooks_.emplace_back(in.x, id);
        return;
      }
      case Op::RemoveHook:
        if (!hooks_.empty() && get(hooks_.back().first).defined() && get(hooks_.back().first).requires_grad()) {
          get(hooks_.back().first).remove_hook(hooks_.back().second);
          hooks_.pop_back();
        }
        return;
      case Op::ZeroGrad:
        return adapt::zero_grad(x, in.k);
      case Op::GradOf:
        registers_[in.out[0]] = adapt::grad(x);
        return;
      case Op::SetGrad:
        x.mutable_grad() = get(in.y);
        return;
      case Op::Backward:
        return lib::autograd::backward(all(in.roots), seeds_of(in), retain, in.k, all(in.inputs));
      case Op::Grad: {
        Tensors grads = lib::autograd::grad(all(in.roots), all(in.inputs), seeds_of(in), retain, in.k, in.allow_unused);
        for (std::size_t n = 0; n < in.out.size(); ++n) registers_[in.out[n]] = std::move(grads[n]);
        return;
      }
      default:
        return;
    }
  }

  std::map<int, Tensor> registers_;
  Tensors dropped_;
  std::vector<std::pair<int, unsigned>> hooks_;
  std::vector<std::pair<int, State>> seen_;
  bool recording_ = true;
  const bool copies_;
  const Tensors* leaves_;
  std::size_t next_leaf_ = 0;
};

}  // namespace
}  // namespace differential
