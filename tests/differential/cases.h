// What the entries of the table of differences ask of a case.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

#include "tests/differential/compare.h"

namespace differential {

inline bool is(const Case& c, std::initializer_list<Op> ops) {
  return std::find(ops.begin(), ops.end(), c.in.op) != ops.end();
}

inline bool is_gradient(const Case& c) { return is(c, {Op::Backward, Op::Grad}); }

inline bool any_scalar(const Case& c) {
  for (const int r : read_by(c.in))
    if (c.state(r).sizes.empty()) return true;
  return false;
}

inline bool any_integer(const Case& c) {
  for (const int r : read_by(c.in))
    if (c.state(r).defined && c.state(r).dtype < Dtype::Float) return true;
  return false;
}

inline bool places(const Case& c) {
  return is(c, {Op::Gather, Op::Scatter, Op::ScatterNumber, Op::ScatterAdd, Op::ScatterInPlace, Op::ScatterAddInPlace,
                Op::IndexAdd, Op::IndexSelect});
}

inline bool finite(const State& s) {
  return std::all_of(s.values.begin(), s.values.end(), [](double v) { return std::isfinite(v); });
}

inline bool has_op(const Case& c, std::initializer_list<Op> ops) {
  return std::any_of(c.program.begin(), c.program.end(),
                     [&](const Instruction& in) { return std::find(ops.begin(), ops.end(), in.op) != ops.end(); });
}

// One of them, by whatever handle, has had a hook or keeps its gradient.
inline bool hooked(const Case& c, const std::vector<int>& regs) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return (in.op == Op::Hook || in.op == Op::RetainGrad) &&
           std::any_of(regs.begin(), regs.end(), [&](int r) { return c.same_tensor(r, in.x); });
  });
}

inline std::ptrdiff_t hooks_on(const Case& c, int reg) {
  return std::count_if(c.program.begin(), c.program.end(),
                       [&](const Instruction& in) { return in.op == Op::Hook && c.same_tensor(reg, in.x); });
}

// The register was written or detached after the step on it.
inline bool written_after(const Case& c, Op step, int reg) {
  bool asked = false, found = false;
  for (const Instruction& in : c.program) {
    found = found || (asked && text_of(in.op).kind == Kind::Write && in.op != Op::RequiresGrad);
    asked = asked || (in.op == step && c.same_tensor(reg, in.x));
  }
  return found;
}

// One of them is a view, here or in libtorch, and something was written after it was taken.
inline bool written(const Case& c, const std::vector<int>& regs) {
  bool view = false, found = false;
  for (const Instruction& in : c.program) {
    const Kind kind = text_of(in.op).kind;
    found = found || (view && kind == Kind::Write);
    view = view || (!in.out.empty() && std::count(regs.begin(), regs.end(), in.out[0]) > 0 &&
                    (kind == Kind::View || kind == Kind::Maybe || c.state(in.out[0]).view));
  }
  return found;
}

// A tensor was detached after a view of it was taken.
inline bool viewed_then_detached(const Case& c) {
  std::vector<int> viewed;
  for (const Instruction& in : c.program) {
    const Kind kind = text_of(in.op).kind;
    if (kind == Kind::View || kind == Kind::Maybe) viewed.push_back(in.x);
    if (in.op == Op::DetachInPlace &&
        std::any_of(viewed.begin(), viewed.end(), [&](int base) { return c.same_tensor(base, in.x); }))
      return true;
  }
  return false;
}

// One of the leaves is of another dtype than f64.
inline bool has_narrow_leaf(const Case& c) {
  return std::any_of(c.program.begin(), c.program.end(),
                     [](const Instruction& in) { return in.op == Op::Leaf && in.dtype != Dtype::Double; });
}

inline bool has_empty_dims(const Case& c, std::initializer_list<Op> ops) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return in.list.empty() && std::find(ops.begin(), ops.end(), in.op) != ops.end();
  });
}

// It changes what is there.
inline bool is_change(const Case& c) {
  return c.kind() == Kind::Write || is(c, {Op::Backward, Op::Grad, Op::ZeroGrad, Op::SetGrad});
}

inline bool has_create_graph(const Case& c) {
  return std::any_of(c.program.begin(), c.program.end(),
                     [](const Instruction& in) { return (in.op == Op::Grad || in.op == Op::Backward) && in.k; });
}

// The instruction that made the register is of one of the kinds.
inline bool made_by(const Case& c, int reg, std::initializer_list<Kind> kinds) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return !in.out.empty() && in.out[0] == reg &&
           std::find(kinds.begin(), kinds.end(), text_of(in.op).kind) != kinds.end();
  });
}

inline bool made_by(const Case& c, int reg, std::initializer_list<Op> ops) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return !in.out.empty() && in.out[0] == reg && std::find(ops.begin(), ops.end(), in.op) != ops.end();
  });
}

inline bool has_kind(const Case& c, Kind kind) {
  return std::any_of(c.program.begin(), c.program.end(),
                     [&](const Instruction& in) { return text_of(in.op).kind == kind; });
}

// Elements share memory.
inline bool repeats(const State& s) {
  for (std::size_t d = 0; d < s.sizes.size(); ++d)
    if (s.sizes[d] > 1 && s.strides[d] == 0) return true;
  return false;
}

inline bool share_bytes(const State& a, const State& b) { return a.bytes != nullptr && a.bytes == b.bytes; }

// The input whose gradient the register is; -1: none.
inline int input_of(const Case& c, int reg) {
  const auto at = std::find(c.in.out.begin(), c.in.out.end(), reg);
  return c.in.op != Op::Grad || at == c.in.out.end() ? -1
                                                     : c.in.inputs[static_cast<std::size_t>(at - c.in.out.begin())];
}

// A gradient that is the seed itself in libtorch, or another gradient of the same pass.
inline bool is_seed(const Case& c, int reg) {
  const auto is_one_of = [&](int out, const std::vector<int>& regs) {
    return std::any_of(regs.begin(), regs.end(), [&](int r) { return r != out && c.same_tensor(r, out); });
  };
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return in.op == Op::Grad && std::any_of(in.out.begin(), in.out.end(), [&](int out) {
             return c.same_tensor(out, reg) && (is_one_of(out, in.seeds) || is_one_of(out, in.out));
           });
  });
}

// A backward pass from reg was seeded with reg.
inline bool is_its_own_seed(const Case& c, int reg) {
  const auto has = [&](const std::vector<int>& regs) {
    return std::any_of(regs.begin(), regs.end(), [&](int r) { return r >= 0 && c.same_tensor(r, reg); });
  };
  return std::any_of(c.program.begin(), c.program.end(),
                     [&](const Instruction& in) { return in.op == Op::Backward && has(in.roots) && has(in.seeds); });
}
inline bool any_seed(const Case& c, const std::vector<int>& regs) {
  return std::any_of(regs.begin(), regs.end(), [&](int r) { return is_seed(c, r); });
}

inline bool asked_for(const Case& c, int reg) {
  return std::any_of(c.in.inputs.begin(), c.in.inputs.end(), [&](int r) { return c.same_tensor(r, reg); });
}

// A leaf, now or when it was dropped.
inline bool is_leaf(const Case& c, int reg) {
  if (c.state(reg).defined) return c.state(reg).leaf;
  return std::any_of(c.program.begin(), c.program.end(),
                     [&](const Instruction& in) { return in.op == Op::Leaf && in.out[0] == reg; });
}

// Indices that were written down name a place twice, or were computed.
inline bool names_twice(const Case& c, int indices) {
  for (const Instruction& in : c.program) {
    if (in.op != Op::Leaf || in.out[0] != indices) continue;
    const std::set<double> places(in.values.begin(), in.values.end());
    return places.size() < in.values.size() || *places.begin() < 0;
  }
  return true;
}

}  // namespace differential
