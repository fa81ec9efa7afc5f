#include "tests/differential/generate.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace differential {

namespace {

constexpr std::size_t kMaxLive = 12, kMaxElements = 64;
constexpr double kMaxValue = 1e4;

bool tame(const State& s) {
  return std::all_of(s.values.begin(), s.values.end(), [](double v) { return std::abs(v) <= kMaxValue; });
}

// Views and writes, or all others.
std::vector<Op> ops_of(bool views) {
  std::vector<Op> all;
  for (Op op{}; op != Op::Leaf; op = static_cast<Op>(static_cast<int>(op) + 1)) {
    const Kind kind = text_of(op).kind;
    if (views == (kind == Kind::View || kind == Kind::Write)) all.push_back(op);
  }
  return all;
}

}  // namespace

Generator::Generator(std::uint64_t seed) : bits_(seed) {
  length_ = 8 + below(20);
  mixed_ = one_in(4);
  hostile_ = one_in(8);
  main_ = one_in(4) ? Dtype::Float : Dtype::Double;
}

int Generator::any() {
  return pick([](const Known&) { return true; });
}

Sizes Generator::sizes() {
  Sizes out(static_cast<std::size_t>(std::min(below(5), below(5))));
  for (auto& n : out) n = one_in(24) ? 0 : 1 + below(3);
  return out;
}

Dtype Generator::floating() { return mixed_ && one_in(2) ? (one_in(2) ? Dtype::Float : Dtype::Double) : main_; }

Instruction Generator::leaf(Sizes sizes, Dtype dtype, bool wants) {
  Instruction in;
  in.op = Op::Leaf;
  in.dtype = dtype;
  in.k = wants;
  const bool above = one_in(2), ties = one_in(3);
  for (std::int64_t k = 0; k < count(sizes); ++k) {
    double v = dtype == Dtype::Bool ? static_cast<double>(below(2))
                                    : static_cast<double>(below(ties ? 5 : 33)) - (above ? 0 : 8);
    if (dtype >= Dtype::Float) v = v / 8 + (above ? 0.25 : 0);
    if (dtype >= Dtype::Float && !ties && one_in(2)) v += static_cast<double>(below(1 << 20)) * 0x1p-22;
    if (hostile_ && dtype >= Dtype::Float && one_in(6)) {
      const double inf = std::numeric_limits<double>::infinity();
      v = (const double[]){0.0, -0.0, inf, -inf, std::nan(""), 1e-30, 100.0}[below(7)];
    }
    in.values.push_back(dtype == Dtype::Float ? static_cast<double>(static_cast<float>(v)) : v);
  }
  in.list = std::move(sizes);
  in.out = {fresh()};
  return in;
}

Instruction Generator::indices(Sizes sizes, std::int64_t limit) {
  Instruction in = leaf(std::move(sizes), Dtype::Long, false);
  for (double& v : in.values) v = static_cast<double>(below(limit));
  if (!in.values.empty() && one_in(24)) in.values[0] = static_cast<double>(one_in(2) ? limit : -1);
  return in;
}

void Generator::gradient_step(Program& out) {
  const auto wants = [](const Known& k) { return k.state.requires_grad && k.state.values.size() > 0; };
  const auto inner = [](const Known& k) { return k.state.requires_grad && !k.state.leaf; };
  const auto leaves = [](const Known& k) { return k.state.requires_grad && k.state.leaf; };
  const auto with_grad = [](const Known& k) { return k.state.grad != nullptr; };
  const auto or_any = [this](int reg) { return reg < 0 || one_in(40) ? any() : reg; };
  Instruction in;
  in.k = one_in(2);
  const std::int64_t what = below(20);
  if (what < 8) {
    in.op = what < 4 ? Op::Backward : Op::Grad;
    in.out = {};
    for (std::int64_t k = one_in(5) ? 2 : 1; k > 0; --k) {
      const int root = or_any(pick(inner) < 0 ? pick(wants) : pick(inner));
      if (root < 0) return;
      const State& r = run_->known().at(root).state;
      const int seed = pick([&](const Known& s) { return s.state.sizes == r.sizes && s.state.dtype == r.dtype; });
      in.roots.push_back(root);
      in.seeds.push_back((r.values.size() == 1 || one_in(40)) && one_in(2) ? kNoSeed
                         : seed >= 0 && one_in(4)                          ? seed
                                                                           : kRamp);
    }
    in.k = one_in(3);
    in.j = one_in(2) ? -1 : below(2);
    in.allow_unused = !one_in(8);
    const std::int64_t n = in.op == Op::Grad ? 1 + below(3) : one_in(4) ? 1 + below(2) : 0;
    for (std::int64_t k = 0; k < n; ++k) {
      const int input = or_any(one_in(3) ? pick(wants) : pick(leaves));
      const auto is_it = [&](int other) {
        return run_->known().at(other).state.identity == run_->known().at(input).state.identity;
      };
      if (std::any_of(in.inputs.begin(), in.inputs.end(), is_it)) continue;
      in.inputs.push_back(input);
      if (in.op == Op::Grad) in.out.push_back(fresh());
    }
  } else if (what == 8 || what == 9) {
    in.op = Op::Hook;
    in.x = or_any(pick(wants));
    in.d = next_hook_++;
    in.j = below(3);
  } else if (what == 10) {
    in.op = Op::RetainGrad;
    in.x = or_any(pick(inner));
  } else if (what == 11) {
    in.op = Op::GradMode;
    in.k = !run_->recording();
  } else if (what == 12) {
    in.op = Op::RemoveHook;
  } else if (what < 15) {
    in.op = Op::GradOf;
    in.x = pick(with_grad);
    if (in.x < 0) return;
    in.out = {fresh()};
  } else if (what < 17) {
    in.op = Op::ZeroGrad;
    in.x = or_any(pick(with_grad));
  } else if (what < 18) {
    in.op = Op::Drop;
    in.x = any();
  } else if (what < 19) {
    in.op = one_in(3) ? Op::DetachInPlace : Op::RequiresGrad;
    in.x = or_any(in.op == Op::DetachInPlace ? pick(inner) : pick(leaves));
    in.k = !one_in(3);
  } else {
    in.op = Op::SetGrad;
    in.x = pick(leaves);
    if (in.x < 0) return;
    const State& x = run_->known().at(in.x).state;
    in.y = pick(
        [&](const Known& k) { return k.state.sizes == x.sizes && k.state.dtype == x.dtype && !k.state.requires_grad; });
    if (in.y < 0) return;
  }
  if (in.op != Op::GradMode && in.op != Op::RemoveHook && in.roots.empty() && in.x < 0) return;
  out.push_back(in);
}

Program Generator::next(const Run& run) {
  run_ = &run;
  if (length_-- == 0) return {};
  Program out;
  for (const auto& [reg, k] : run.known()) {
    const bool wild = k.state.values.size() > kMaxElements || rank(k.state) > 5 || (!hostile_ && !tame(k.state));
    if (!wild) continue;
    out.emplace_back().x = reg;
  }
  if (!out.empty()) return out;
  if (run.known().size() > kMaxLive) out.emplace_back().x = any();
  const auto some = pick([](const Known& k) { return k.state.requires_grad; });
  if (run.known().size() < 2 || some < 0 || one_in(16)) {
    const bool other = one_in(12);
    out.push_back(leaf(sizes(), other ? (one_in(2) ? Dtype::Long : Dtype::Bool) : floating(), !other && !one_in(4)));
    return out;
  }
  if (!run.recording() && one_in(4)) {
    out.emplace_back().op = Op::GradMode;
    out.back().k = true;
    return out;
  }
  if (!hostile_ && one_in(4)) {
    gradient_step(out);
  } else {
    static const std::vector<Op> by_kind[] = {ops_of(false), ops_of(true)};
    const auto& ops = by_kind[one_in(3) ? 1 : 0];
    Instruction in;
    in.op = ops[static_cast<std::size_t>(below(static_cast<std::int64_t>(ops.size())))];
    if (fill(in, out)) out.push_back(in);
  }
  if (out.empty()) out.push_back(leaf(sizes(), floating(), true));
  return out;
}

}  // namespace differential
