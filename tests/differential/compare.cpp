#include "tests/differential/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace differential {

namespace {

template <class T>
std::string text(const std::vector<T>& all) {
  std::ostringstream out;
  out.precision(std::numeric_limits<double>::max_digits10);
  out << "[";
  for (std::size_t k = 0; k < all.size(); ++k) out << (k > 0 ? ", " : "") << all[k];
  out << "]";
  return out.str();
}

// Strides of dims of one element, and of no elements, mean nothing.
bool same_strides(const State& a, const State& b) {
  if (a.values.empty()) return true;
  for (std::size_t d = 0; d < a.sizes.size(); ++d)
    if (a.sizes[d] > 1 && a.strides[d] != b.strides[d]) return false;
  return true;
}

bool same_bits(double a, double b) {
  return a == b ? std::signbit(a) == std::signbit(b) : std::isnan(a) && std::isnan(b);
}

bool says(const Outcome& o, const char* part) { return o.message.find(part) != std::string::npos; }

// The difference where libtorch refuses a pass for what it saved; null: it refuses for something else, or not at all.
const char* saved_by(const Outcome& theirs) {
  if (says(theirs, "modified by an inplace operation")) return "what is saved";
  if (says(theirs, "a second time")) return "nothing was let go";
  if (says(theirs, "No grad_fn for non-leaf saved tensor")) return "detached while saved";
  return nullptr;
}

}  // namespace

const State& Case::state(int reg) const {
  static const State none;
  const auto found = known.find(reg);
  return found == known.end() ? none : found->second.state;
}

bool Case::same_tensor(int a, int b) const {
  const auto x = identities.find(a), y = identities.find(b);
  return a == b || (x != identities.end() && y != identities.end() && x->second == y->second);
}

bool Run::skipped(const Instruction& in) const {
  for (const int r : read_by(in))
    if (known_.count(r) == 0) return true;
  const OpText& text = text_of(in.op);
  const bool by_layout = text.kind == Kind::Maybe || in.op == Op::ViewSizes;
  if (by_layout && !known_.at(in.x).same_layout) {
    hit("layout");
    return true;
  }
  return false;
}

void Run::forget(const std::vector<int>& regs) {
  for (const int r : regs) {
    Instruction drop;
    drop.x = r;
    ours_->run(drop);
    theirs_->run(drop);
    known_.erase(r);
  }
}

bool Run::judge(const Instruction& in, const Outcome& a, const Outcome& b, Mismatch m) {
  const bool of_result = m.reg < 0 || std::find(in.out.begin(), in.out.end(), m.reg) != in.out.end();
  const Case c{program_, in, a, b, known_, identities_, m};
  if (find_difference(c) == nullptr) {
    finding_ = std::move(m);
    return false;
  }
  if (!of_result || text_of(in.op).kind == Kind::Write || text_of(in.op).kind == Kind::Step) return false;
  forget(in.out);
  return true;
}

// How far two right libraries may be apart. Both start from the same bits, so a value differs by the roundings of one
// operation; a gradient by those of all instructions so far, each of which may multiply by two values.
double Run::limit_of(const Instruction& in, bool of_gradient, const State& b) const {
  bool single = b.dtype == Dtype::Float;
  if (of_gradient) {
    single = single || single_;
    const double eps = single ? 0x1p-23 : 0x1p-52;
    return 4 * eps * static_cast<double>(program_.size()) * largest_ * largest_ * std::max(1.0, largest_in(b));
  }
  if (b.dtype < Dtype::Float) return 0;
  double scale = 1, terms = 1;
  for (const int r : read_by(in)) {
    const auto found = known_.find(r);
    if (found == known_.end()) continue;
    const State& s = found->second.state;
    single = single || s.dtype == Dtype::Float;
    scale *= std::max(1.0, largest_in(s));
    if (text_of(in.op).kind == Kind::Reduction) terms = std::max(terms, static_cast<double>(s.values.size()));
  }
  const Kind kind = text_of(in.op).kind;
  if (kind == Kind::View || kind == Kind::Moved || kind == Kind::Maybe) return 0;
  return 4 * (single ? 0x1p-23 : 0x1p-52) * terms * std::max(scale * std::max(1.0, std::abs(in.a)), largest_in(b));
}

// All elements agree as far as f32 goes.
static bool is_near(const State& a, const State& b) {
  const double limit = 1e-5 * std::max(1.0, largest_in(b));
  return std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                    [limit](double x, double y) { return std::abs(x - y) <= limit; });
}

std::optional<Mismatch> Run::compare_values(const Instruction& in, int reg, bool of_grad, const State& a,
                                            const State& b, double limit) {
  static_cast<void>(in);
  bool differ = false;
  for (std::size_t k = 0; k < a.values.size(); ++k) {
    const double x = a.values[k], y = b.values[k];
    ++checks_;
    if (same_bits(x, y)) continue;
    differ = true;
    if (x == y || std::abs(x - y) <= limit) continue;
    std::ostringstream out;
    out << "element " << k << " of " << text(a.values) << ", libtorch " << text(b.values) << ", limit " << limit;
    Mismatch m{Field::Values, reg, of_grad, out.str()};
    m.near = is_near(a, b);
    return m;
  }
  if (differ) ours_->write(reg, of_grad, b.values);
  return std::nullopt;
}

bool Run::handed_on(int reg, const State& a, const State& b) const {
  return std::any_of(known_.begin(), known_.end(), [&](const auto& other) {
    return other.first != reg && theirs_->observe(other.first).identity == b.identity &&
           ours_->observe(other.first).identity != a.identity;
  });
}

std::optional<Mismatch> Run::compare(const Instruction& in, int reg, bool is_new) {
  const State a = ours_->observe(reg), b = theirs_->observe(reg);
  if (b.defined) identities_[reg] = b.identity;
  const auto differs = [&](Field field, const std::string& what, auto x, auto y) {
    std::ostringstream out;
    out << what << " " << x << ", libtorch " << y;
    return Mismatch{field, reg, false, out.str()};
  };
  if (a.defined != b.defined) {
    auto m = differs(Field::Defined, "defined", a.defined, b.defined);
    m.zero = b.defined && largest_in(b) == 0;
    return m;
  }
  if (!a.defined) {
    known_.erase(reg);
    return std::nullopt;
  }
  if (a.dtype != b.dtype) return differs(Field::Dtype, "dtype", static_cast<int>(a.dtype), static_cast<int>(b.dtype));
  if (a.sizes != b.sizes) return differs(Field::Sizes, "sizes", text(a.sizes), text(b.sizes));
  if (a.requires_grad != b.requires_grad || a.leaf != b.leaf) {
    auto m = a.requires_grad != b.requires_grad
                 ? differs(Field::RequiresGrad, "requires_grad", a.requires_grad, b.requires_grad)
                 : differs(Field::Leaf, "is_leaf", a.leaf, b.leaf);
    m.handed_on = handed_on(reg, a, b);
    m.constant = !m.handed_on && is_gradient_step(in) && constant(reg, false);
    return m;
  }
  Known k;
  k.same_layout = same_strides(a, b);
  k.version_offset = a.version - b.version;
  if (!is_new) {
    const Known& before = known_.at(reg);
    if (k.version_offset != before.version_offset) {
      auto m = differs(Field::Version, "version", a.version, b.version + before.version_offset);
      m.ours_unchanged = a.version - before.state.version == before.version_offset;
      return m;
    }
    if (k.same_layout != before.same_layout)
      return differs(Field::Strides, "strides", text(a.strides), text(b.strides));
  } else if (text_of(in.op).kind == Kind::View && known_.at(in.x).same_layout && !k.same_layout) {
    return differs(Field::Strides, "strides", text(a.strides), text(b.strides));
  }
  const bool gradient = is_gradient_step(in) || in.op == Op::GradOf;
  const auto as_before = [&](const State& now, const State* then) {
    return then != nullptr &&
           std::equal(now.values.begin(), now.values.end(), then->values.begin(), then->values.end(), same_bits);
  };
  if (auto m = compare_values(in, reg, false, a, b, limit_of(in, gradient, b))) {
    m->ours_unchanged = !is_new && as_before(a, &known_.at(reg).state);
    return m;
  }
  largest_ = std::max(largest_, std::min(largest_in(b), 1e6));
  single_ = single_ || b.dtype == Dtype::Float;
  if ((a.grad != nullptr) != (b.grad != nullptr)) {
    auto m = differs(Field::Defined, ".grad defined", a.grad != nullptr, b.grad != nullptr);
    m.of_grad = true;
    m.handed_on = handed_on(reg, a, b);
    m.zero = b.grad != nullptr && largest_in(*b.grad) == 0;
    return m;
  }
  if (a.grad != nullptr) {
    const State &x = *a.grad, &y = *b.grad;
    std::optional<Mismatch> m;
    if (x.dtype != y.dtype)
      m = differs(Field::Dtype, "dtype of .grad", static_cast<int>(x.dtype), static_cast<int>(y.dtype));
    else if (x.sizes != y.sizes)
      m = differs(Field::Sizes, "sizes of .grad", text(x.sizes), text(y.sizes));
    else if (x.requires_grad != y.requires_grad)
      m = differs(Field::RequiresGrad, "requires_grad of .grad", x.requires_grad, y.requires_grad);
    else
      m = compare_values(in, reg, true, x, y, limit_of(in, true, y));
    if (m) {
      m->of_grad = true;
      m->constant = m->field == Field::RequiresGrad && is_gradient_step(in) && constant(reg, true);
      m->ours_unchanged = !is_new && as_before(x, known_.at(reg).state.grad.get());
      return m;
    }
  }
  k.state = b;
  known_[reg] = std::move(k);
  return std::nullopt;
}

std::optional<Mismatch> Run::compare_hooks(const Outcome& a, const Outcome& b) const {
  // Hooks of different tensors may be called in another order; what each saw, and in which order, is promised.
  auto x = a.hooks, y = b.hooks;
  const auto by_number = [](const auto& p, const auto& q) { return p.first < q.first; };
  std::stable_sort(x.begin(), x.end(), by_number);
  std::stable_sort(y.begin(), y.end(), by_number);
  std::vector<int> called, calls;
  for (const auto& h : x) called.push_back(h.first);
  for (const auto& h : y) calls.push_back(h.first);
  const auto tensor_of = [&](int number) {
    for (const Instruction& in : program_)
      if (in.op == Op::Hook && in.d == number) return in.x;
    return -1;
  };
  if (called != calls) {
    const std::size_t n = std::min(called.size(), calls.size());
    const auto at = static_cast<std::size_t>(
        std::mismatch(called.begin(), called.begin() + static_cast<std::ptrdiff_t>(n), calls.begin()).first -
        called.begin());
    const int first = at == n ? (called.size() > n ? called : calls)[n] : std::min(called[at], calls[at]);
    Mismatch m{Field::Hooks, tensor_of(first), false, "hooks called " + text(called) + ", libtorch " + text(calls)};
    m.zero = largest_in((at < n && calls[at] == first) || (at == n && called.size() <= n) ? y[at].second
                                                                                          : x[at].second) == 0;
    return m;
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    const State &p = x[k].second, &q = y[k].second;
    const std::string which = "hook " + std::to_string(x[k].first) + " saw ";
    if (p.sizes != q.sizes || p.dtype != q.dtype)
      return Mismatch{Field::Hooks, tensor_of(x[k].first), false,
                      which + text(p.sizes) + ", libtorch " + text(q.sizes)};
    const double limit = limit_of({}, true, q);
    for (std::size_t n = 0; n < p.values.size(); ++n)
      if (!same_bits(p.values[n], q.values[n]) && !(std::abs(p.values[n] - q.values[n]) <= limit)) {
        Mismatch m{Field::Hooks, tensor_of(x[k].first), false, which + text(p.values) + ", libtorch " + text(q.values)};
        m.near = is_near(p, q);
        return m;
      }
  }
  return std::nullopt;
}

bool Run::step(const Instruction& in) {
  if (skipped(in)) return true;
  program_.push_back(in);
  const Outcome a = ours_->run(in);
  Outcome b = theirs_->run(in);
  const char* const saved = is_gradient_step(in) && a.threw == Threw::No ? saved_by(b) : nullptr;
  if (saved != nullptr) b = kept();
  const bool taken_over = saved != nullptr && b.threw == Threw::No;
  if (taken_over) hit(saved);
  const bool let_go = is_gradient_step(in) && b.threw == Threw::No && says(a, "a second time") && agrees_retained();
  if (let_go) hit("let go");
  if (a.threw != b.threw && !let_go) {
    const Mismatch m{Field::Threw, -1, false,
                     std::string("threw ") + name(a.threw) + " \"" + a.message + "\", libtorch " + name(b.threw) +
                         " \"" + b.message + "\""};
    const bool only_kind = a.threw != Threw::No && b.threw != Threw::No && a.threw != Threw::Foreign;
    if (!judge(in, a, b, m) && !(only_kind && !finding_)) return false;
  }
  if (in.op == Op::GradMode) recording_ = in.k;
  if (in.op == Op::Drop) known_.erase(in.x);
  const bool threw = a.threw != Threw::No;
  if (threw && is_gradient_step(in)) {
    // libtorch may have got half through; ours has changed nothing.
    for (const auto& [reg, k] : known_) {
      const State now = ours_->observe(reg);
      const bool same = (now.grad == nullptr) == (k.state.grad == nullptr) && now.values == k.state.values &&
                        (now.grad == nullptr || std::equal(now.grad->values.begin(), now.grad->values.end(),
                                                           k.state.grad->values.begin(), same_bits));
      if (!same) {
        judge(in, a, b, Mismatch{Field::Values, reg, true, "changed by a backward pass that threw"});
        return false;
      }
    }
    return false;
  }
  if (auto m = compare_hooks(a, b); m && !judge(in, a, b, *m)) return false;
  if (!threw) {
    for (const int r : in.out)
      if (auto m = compare(in, r, true)) {
        if (!judge(in, a, b, *m)) return false;
      }
  }
  const Kind kind = text_of(in.op).kind;
  if ((kind != Kind::Write && kind != Kind::Step) || in.op == Op::Leaf) return true;
  std::vector<int> live;
  for (const auto& [reg, k] : known_) live.push_back(reg);
  for (const int r : live)
    if (auto m = compare(in, r, false); m && !judge(in, a, b, *m)) return false;
  return !taken_over;
}

std::optional<Mismatch> run(const Program& program) {
  Run run;
  for (const Instruction& in : program)
    if (!run.step(in)) break;
  return run.finding();
}

Program shrunk(const Program& program, const Mismatch& finding) {
  Program best = program;
  const auto still = [&](const Program& p) {
    const auto m = run(p);
    return m && m->field == finding.field && m->of_grad == finding.of_grad;
  };
  for (std::size_t part = best.size(); part > 0; part /= 2) {
    for (std::size_t at = 0; at + part <= best.size();) {
      Program tried = best;
      tried.erase(tried.begin() + static_cast<std::ptrdiff_t>(at),
                  tried.begin() + static_cast<std::ptrdiff_t>(at + part));
      if (still(tried)) {
        best = tried;
      } else {
        ++at;
      }
    }
  }
  return best;
}

}  // namespace differential
