// Bytes as programs of tensor operations, whose values, gradients and second derivatives must be those of dual numbers.
#include <algorithm>
#include <cmath>

#include "programs.h"

namespace tapegrad::fuzz {

namespace {

constexpr std::size_t kVars = 12;
constexpr int kSteps = 20;
constexpr Real kLargest = 1e4L;     // beyond it rounding takes too many digits
constexpr Real kTolerance = 1e-9L;  // of the largest number in the program

// Whose gradient may read what they wrote.
bool saves_result(const std::string& what) { return what == "relu_" || what == "clamp_" || what == "div_"; }

Real largest(const Dual& n) {
  return std::max(std::max(std::abs(n.v), std::abs(n.a)), std::max(std::abs(n.b), std::abs(n.ab)));
}

}  // namespace

const Var& Program::any() { return vars_[static_cast<std::size_t>(in.below(static_cast<std::int64_t>(vars_.size())))]; }

const Var& Program::any_of_rank(std::size_t rank) {
  const auto from = static_cast<std::size_t>(in.byte());
  for (std::size_t k = 0; k < vars_.size(); ++k) {
    const Var& v = vars_[(from + k) % vars_.size()];
    if (v.a.shape.size() == rank) return v;
  }
  return any();
}

const Var& Program::any_like(const Array& x) {
  const auto from = static_cast<std::size_t>(in.byte());
  for (std::size_t k = 0; k < vars_.size() && from < 224; ++k) {
    const Var& v = vars_[(from + k) % vars_.size()];
    try {
      broadcast(v.a.shape, x.shape);
      return v;
    } catch (const Invalid&) {
    } catch (const Unknown&) {
    }
  }
  return any();
}

void Program::make_leaves() {
  const std::int64_t n = 1 + in.below(4);
  const Shape shape = in.shape(3);
  for (std::int64_t k = 0; k < n; ++k) {
    Array a(k == 0 || in.coin() ? shape : in.shape(3));
    const bool wants = k == 0 || !in.one_in(4);
    for (Dual& v : a.v) {
      v.v = static_cast<Real>(static_cast<double>(in.real()));
      v.a = wants ? in.below(5) * 0.5L - 1 + 0.03L : 0;
      v.b = wants ? in.below(7) * 0.25L - 0.8L : 0;
    }
    log_.line("leaf " + text(a.shape) + (wants ? "" : " without grad"));
    leaves_.push_back({to_tensor(a, kDouble, wants), a});
    push({leaves_.back().t, a});
  }
}

int Program::new_bytes() {
  read_.push_back(false);
  return static_cast<int>(read_.size()) - 1;
}

void Program::push(Var v) {
  if (v.bytes == 0) v.bytes = new_bytes();
  if (vars_.size() < kVars) {
    vars_.push_back(std::move(v));
  } else {
    vars_[static_cast<std::size_t>(in.below(kVars))] = std::move(v);
  }
}

// Whether the results are small enough to be compared; a constant stays one.
bool Program::tame(Arrays& out) {
  Real most = 0;
  for (Array& x : out) {
    if (x.size() > 256 || x.shape.size() > 5) return false;
    for (Dual& n : x.v) {
      if (no_grad_) n.a = n.b = n.ab = 0;
      if (!(largest(n) < kLargest)) return false;
      most = std::max(most, largest(n));
    }
  }
  largest_ = std::max(largest_, most);
  return true;
}

void Program::step(const std::string& what, const std::vector<const Var*>& inputs, Makes makes,
                   const std::function<Arrays()>& model, const std::function<Tensors()>& library) {
  std::string line = (no_grad_ ? "no_grad " : "") + what;
  bool wants = false;
  for (const Var* v : inputs) {
    line += " " + text(v->a.shape);
    wants = wants || v->t.requires_grad();
  }
  std::optional<Arrays> want;
  try {
    want = ask(model);
  } catch (const Unknown&) {
    return;
  }
  if (want && !tame(*want)) return;
  log_.line(line);
  const int bytes = inputs[0]->bytes;
  const bool inputs_cut = inputs[0]->cut;
  for (const Var* v : inputs) read_[static_cast<std::size_t>(v->bytes)] = true;
  const AutoGradMode mode(!no_grad_);
  const std::optional<Tensors> got = call(log_, library);
  if (!want && got) log_.fail("the library took an invalid call");
  if (want && !got) log_.fail("the library threw");
  if (!want) return check_all();
  if (got->size() != want->size()) log_.fail("a list of another length");
  for (std::size_t k = 0; k < want->size(); ++k) {
    expect_equal(log_, (*got)[k], (*want)[k], kTolerance * largest_);
    if (makes != Makes::Unsure && (*got)[k].requires_grad() != (wants && !no_grad_)) log_.fail("requires_grad");
  }
  for (std::size_t k = 0; k < std::min<std::size_t>(want->size(), 3); ++k) {
    const bool copied = makes == Makes::Copies || makes == Makes::Fresh;
    if (makes == Makes::Unsure && (*got)[k].is_same(inputs[0]->t)) continue;  // contiguous() of what is so
    const bool cut = makes == Makes::Unsure || (makes == Makes::Views && inputs_cut);
    const int here = copied ? new_bytes() : bytes;
    if (copied) read_[static_cast<std::size_t>(here)] = true;  // the node may have saved what it gave
    push({(*got)[k], (*want)[k], here, makes == Makes::Views, makes == Makes::Copies, cut});
  }
}

Var Program::own_copy(const Var& v) {
  const AutoGradMode mode(!no_grad_);
  Var out{v.t.clone(), v.a, new_bytes(), false, true, false};
  if (no_grad_)
    for (Dual& n : out.a.v) n = n.v;
  log_.line("clone " + text(v.a.shape));
  push(out);
  return out;
}

const Var& Program::any_owner() {
  const auto from = static_cast<std::size_t>(in.byte());
  for (std::size_t k = 0; k < vars_.size(); ++k) {
    const Var& v = vars_[(from + k) % vars_.size()];
    if (v.owns) return v;
  }
  return any();
}

void Program::step_in_place(const std::string& what, Var v, const std::vector<const Var*>& given,
                            const std::function<Array()>& model, const std::function<Tensor()>& library) {
  bool records = v.t.requires_grad();
  std::vector<Var> inputs;  // what is dropped below may be an input
  std::string line = (no_grad_ ? "no_grad " : "") + what + " " + text(v.a.shape);
  for (const Var* w : given) {
    inputs.push_back(*w);
    line += " " + text(w->a.shape);
    records = records || w->t.requires_grad();
  }
  records = records && !no_grad_;
  const bool leaf = v.t.is_leaf() && v.t.requires_grad();
  if (no_grad_ && (v.t.requires_grad() || !v.owns)) return;
  std::optional<Arrays> want;
  try {
    want = ask([&] { return Arrays{model()}; });
  } catch (const Unknown&) {
    return;
  }
  if (want && (*want)[0].shape != v.a.shape) want.reset();
  if (want && !tame(*want)) return;
  if (records && leaf) want.reset();
  if (records && !leaf && v.is_view && !v.cut) return;  // refused, unless nothing else holds the bytes
  if (want && !v.owns) return;  // leaves without grad, and what may share bytes with something else
  log_.line(line);
  const std::int64_t version = v.t.version();
  const AutoGradMode mode(!no_grad_);
  const std::optional<Tensors> got = call(log_, [&] { return Tensors{library()}; });
  if (!want && got) log_.fail("the library took an invalid call");
  if (want && !got) log_.fail("the library threw");
  if (!want) {
    if (v.t.version() != version) log_.fail("an in-place operation threw and counted a version");
    return check_all();
  }
  if (v.t.version() != version + 1) log_.fail("the version did not rise by one");
  may_be_changed_ = may_be_changed_ || read_[static_cast<std::size_t>(v.bytes)];
  expect_equal(log_, v.t, (*want)[0], kTolerance * largest_);
  // Views made before are out of date, and must not lose gradients in silence.
  std::erase_if(vars_, [&](const Var& w) {
    if (w.bytes != v.bytes) return false;
    if (records && w.is_view && !w.cut && !w.t.is_same(v.t) && call(log_, [&] { return Tensors{w.t * 2}; }))
      log_.fail("a view made before a recorded in-place operation was taken");
    return true;
  });
  v.a = (*want)[0];
  for (const Var& w : inputs) read_[static_cast<std::size_t>(w.bytes)] = true;
  if (saves_result(what)) read_[static_cast<std::size_t>(v.bytes)] = true;
  push(v);
}

void Program::one_step() {
  const std::vector<Step>* const tables[] = {&kMathSteps,  &kShapeSteps,   &kMathSteps,
                                             &kPlaceSteps, &kInPlaceSteps, &kLayerSteps};
  const std::vector<Step>& table = *tables[in.below(6)];
  no_grad_ = in.one_in(16);
  table[static_cast<std::size_t>(in.below(static_cast<std::int64_t>(table.size())))](*this);
  no_grad_ = false;
}

void Program::check_all() const {
  for (const Var& v : vars_) expect_equal(log_, v.t, v.a, kTolerance * largest_);
  for (const Leaf& l : leaves_) {
    expect_equal(log_, l.t, l.a, 0);
    if (l.t.version() != 0) log_.fail("a leaf was changed");
  }
}

// sum over the leaves of gradient * direction
void Program::check_product(const std::string& what, const Tensors& grads, bool along_a, Real factor, Real want) const {
  Real got = 0, scale = largest_ + std::abs(want);
  for (std::size_t k = 0; k < leaves_.size(); ++k) {
    if (!grads[k].defined()) continue;
    if (grads[k].sizes() != leaves_[k].t.sizes()) log_.fail(what + ": a gradient of other sizes");
    const std::vector<Real> g = elements(grads[k]);
    for (std::size_t e = 0; e < g.size(); ++e) {
      const Real part = g[e] * (along_a ? leaves_[k].a.v[e].a : leaves_[k].a.v[e].b);
      got += part;
      scale = std::max(scale, std::abs(part));
    }
  }
  if (std::abs(got - factor * want) <= kTolerance * scale) return;
  log_.fail(what + ": " + std::to_string(got) + ", expected " + std::to_string(factor * want));
}

void Program::differentiate() {
  Tensors roots, seeds, leaves, wanted;
  Dual want;
  for (std::size_t k = vars_.size(); k-- > 0 && roots.size() < 3;) {
    if (!vars_[k].t.requires_grad()) continue;
    Array w(vars_[k].a.shape);
    for (std::size_t e = 0; e < w.size(); ++e) {
      w.v[e] = static_cast<Real>(in.below(9)) / 4 - 0.9375L;
      want += vars_[k].a.v[e] * w.v[e].v;
    }
    log_.line("root " + text(w.shape));
    roots.push_back(vars_[k].t);
    seeds.push_back(to_tensor(w, kDouble));
  }
  if (roots.empty()) return;
  for (const Leaf& l : leaves_) {
    leaves.push_back(l.t);
    if (l.t.requires_grad()) wanted.push_back(l.t);
  }
  const auto grads_of = [&] {
    Tensors g;
    for (const Leaf& l : leaves_) g.push_back(l.t.grad());
    return g;
  };
  const auto spread = [&](const Tensors& of_wanted) {  // one a leaf
    Tensors g;
    std::size_t k = 0;
    for (const Leaf& l : leaves_) g.push_back(l.t.requires_grad() ? of_wanted[k++] : Tensor());
    return g;
  };
  const std::int64_t way = in.below(4);
  log_.line("differentiate " + std::to_string(way));
  try {
    if (way == 0) {
      autograd::backward(roots, seeds);
      check_product("backward", grads_of(), true, 1, want.a);
      check_product("backward", grads_of(), false, 1, want.b);
    } else if (way == 1) {
      autograd::backward(roots, seeds, true);
      autograd::backward(roots, seeds);
      check_product("backward twice", grads_of(), true, 2, want.a);
      check_product("backward twice", grads_of(), false, 2, want.b);
    } else {
      const Tensors g = autograd::grad(roots, wanted, seeds, std::nullopt, true, true);
      check_product("grad", spread(g), true, 1, want.a);
      check_product("grad", spread(g), false, 1, want.b);
      Tensors first, directions;
      for (std::size_t k = 0, j = 0; k < leaves_.size(); ++k) {
        if (!leaves_[k].t.requires_grad()) continue;
        const Tensor& of = g[j++];
        if (!of.defined() || !of.requires_grad()) continue;
        Array b = leaves_[k].a;
        for (Dual& n : b.v) n = n.b;
        first.push_back(of);
        directions.push_back(to_tensor(b, kDouble));
      }
      if (first.empty()) {
        if (std::abs(want.ab) > kTolerance * largest_) log_.fail("no second derivative");
      } else if (way == 2) {
        check_product("second", spread(autograd::grad(first, wanted, directions, std::nullopt, false, true)), true, 1,
                      want.ab);
      } else {
        autograd::backward(first, directions, std::nullopt, true);
        check_product("second, by backward", grads_of(), true, 1, want.ab);
        for (const Leaf& l : leaves_) l.t.zero_grad();
      }
    }
  } catch (const AutogradError& e) {
    if (!may_be_changed_) log_.fail(e.what());
    for (const Leaf& l : leaves_)
      if (way != 1 && l.t.grad().defined()) log_.fail("backward threw and left a gradient");
  } catch (const std::exception& e) {
    log_.fail(e.what());
  }
  for (const Leaf& l : leaves_) l.t.zero_grad();
}

void Program::run() {
  read_.push_back(false);  // 0: bytes of nobody else
  make_leaves();
  for (int k = 0; k < kSteps && !in.empty(); ++k) one_step();
  check_all();
  differentiate();
  check_all();
}

}  // namespace tapegrad::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tapegrad::fuzz::Program(data, size).run();
  return 0;
}
