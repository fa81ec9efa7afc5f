// What the entries of the table of differences ask of a case.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>

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

inline bool saves(const Case& c) {
  return is_gradient(c) && c.only_theirs_threw() && c.they_said("modified by an inplace operation");
}

inline bool finite(const State& s) {
  return std::all_of(s.values.begin(), s.values.end(), [](double v) { return std::isfinite(v); });
}

inline bool has_op(const Case& c, std::initializer_list<Op> ops) {
  return std::any_of(c.program.begin(), c.program.end(),
                     [&](const Instruction& in) { return std::find(ops.begin(), ops.end(), in.op) != ops.end(); });
}

// One of them has had a hook or keeps its gradient.
inline bool hooked(const Case& c, const std::vector<int>& regs) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return (in.op == Op::Hook || in.op == Op::RetainGrad) && std::count(regs.begin(), regs.end(), in.x) > 0;
  });
}

// One of them is a view, and something was written after it was taken.
inline bool written(const Case& c, const std::vector<int>& regs) {
  bool view = false, found = false;
  for (const Instruction& in : c.program) {
    const Kind kind = text_of(in.op).kind;
    view = view || ((kind == Kind::View || kind == Kind::Maybe) && std::count(regs.begin(), regs.end(), in.out[0]) > 0);
    found = found || (view && kind == Kind::Write);
  }
  return found;
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

// A write that reads what it overwrites, itself or what shares its bytes.
inline bool has_own_operand(const Case& c) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
    return text_of(in.op).kind == Kind::Write && in.y >= 0 &&
           (in.x == in.y || made_by(c, in.x, {Kind::View, Kind::Maybe}));
  });
}

// A write to what grad() gave.
inline bool wrote_gradient(const Case& c) {
  return std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& w) {
    return text_of(w.op).kind == Kind::Write &&
           std::any_of(c.program.begin(), c.program.end(), [&](const Instruction& in) {
             return in.op == Op::Grad && std::count(in.out.begin(), in.out.end(), w.x) > 0;
           });
  });
}

}  // namespace differential
