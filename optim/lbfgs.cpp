#include <tapegrad/optim/lbfgs.h>

#include <cmath>

#include <tapegrad/autograd/grad.h>
#include <tapegrad/autograd/ops.h>

#include "autograd/io/keys.h"
#include "optim/detail/update.h"

namespace tapegrad::optim {

void LBFGSOptions::visit(const Visitor& fn) {
  std::int64_t evaluations = max_eval().value_or(max_iter() * 5 / 4);
  bool searches = line_search_fn().has_value();
  fn("lr", &lr());
  fn("max_iter", &max_iter());
  fn("max_eval", &evaluations);
  fn("tolerance_grad", &tolerance_grad());
  fn("tolerance_change", &tolerance_change());
  fn("history_size", &history_size());
  fn("line_search_fn", &searches);
  max_eval(evaluations);
  if (searches != line_search_fn().has_value())
    line_search_fn(searches ? std::optional<std::string>("strong_wolfe") : std::nullopt);
}

void LBFGSOptions::check() const {
  detail::check(lr() >= 0, "Invalid learning rate: ", lr());
  detail::check(history_size() > 0, "Invalid history_size value: ", static_cast<double>(history_size()));
  if (line_search_fn().value_or("strong_wolfe") != "strong_wolfe")
    throw ValueError("LBFGS: only 'strong_wolfe' is supported, not '" + *line_search_fn() + "'; name it, or none");
}

namespace {

using Params = std::vector<Tensor>;

double largest(const Tensor& x) { return x.numel() == 0 ? 0 : x.abs().max().item<double>(); }
double product(const Tensor& x, const Tensor& y) { return x.dot(y).item<double>(); }

Tensor flat_grad(const Params& params) {
  std::vector<Tensor> parts;
  for (const Tensor& p : params)
    parts.push_back(p.grad().defined() ? p.grad().reshape({-1}) : zeros({p.numel()}, p.dtype()));
  return cat(parts);
}

void shift(const Params& params, double t, const Tensor& d) {
  std::int64_t begin = 0;
  for (const Tensor& p : params) {
    p.add_(d.narrow(0, begin, p.numel()).view(p.sizes()), t);
    begin += p.numel();
  }
}

Params copies(const Params& params) {
  Params out;
  for (const Tensor& p : params) out.push_back(p.detach().clone());
  return out;
}

void restore(const Params& params, const Params& values) {
  for (std::size_t i = 0; i < params.size(); ++i) params[i].copy_(values[i]);
}

// A point of the line x + t d: the loss there, its gradient, and the slope along d.
struct Point {
  double t, loss, slope;
  Tensor grad;
};

// Where the cubic through both points, with their slopes, is least, within the bounds; their middle where it has no
// minimum.
double least_of_cubic(const Point& a, const Point& b, double from, double to) {
  const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t), square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (from + to) / 2;
  const Point &left = a.t <= b.t ? a : b, &right = a.t <= b.t ? b : a;
  const double d2 = std::sqrt(square);
  const double at = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return std::min(std::max(at, from), to);
}

// The strong Wolfe conditions: first a bracket of a point that fulfils them, then the point.
template <class Evaluate>
Point strong_wolfe(const Point& start, double t, double largest_d, const Evaluate& evaluate) {
  constexpr int kMost = 25;
  constexpr double kNarrow = 1e-9;
  const auto rises = [&](const Point& x) { return x.loss > start.loss + 1e-4 * x.t * start.slope; };
  const auto is_flat = [&](const Point& x) { return std::abs(x.slope) <= -0.9 * start.slope; };
  Point before = start, now = evaluate(t), bracket[2];
  int trials = 0;
  for (; trials < kMost; ++trials) {
    if (rises(now) || (trials > 1 && now.loss >= before.loss)) break;
    if (is_flat(now)) return now;
    if (now.slope >= 0) break;
    t = least_of_cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
    before = std::exchange(now, evaluate(t));
  }
  bracket[0] = trials == kMost ? start : before;
  bracket[1] = now;
  int low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  for (bool was_near = false; trials < kMost; ++trials) {
    const double from = std::min(bracket[0].t, bracket[1].t), to = std::max(bracket[0].t, bracket[1].t);
    if ((to - from) * largest_d < kNarrow) break;
    t = least_of_cubic(bracket[0], bracket[1], from, to);
    // Near the bracket's end for the second time, or on it: a tenth of the bracket away.
    const double margin = 0.1 * (to - from);
    const bool is_near = std::min(to - t, t - from) < margin, pushed = is_near && (was_near || t >= to || t <= from);
    if (pushed) t = std::abs(t - to) < std::abs(t - from) ? to - margin : from + margin;
    was_near = is_near && !pushed;

    now = evaluate(t);
    Point &best = bracket[low], &other = bracket[1 - low];
    if (rises(now) || now.loss >= best.loss) {
      other = now;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    if (is_flat(now)) return now;
    if (now.slope * (other.t - best.t) >= 0) other = best;
    best = now;
  }
  return bracket[low];
}

double number(const StateDict& s, const char* name) { return s[name].item<double>(); }
void put(StateDict& s, const std::string& name, const Tensor& to) {
  if (Tensor* there = s.find(name)) {
    *there = to;
  } else {
    s.insert(name, to);
  }
}
void put(StateDict& s, const char* name, double to) { put(s, name, full({}, to, kDouble)); }

// -H g, after the last move has entered the history.
Tensor direction(const Tensor& g, StateDict& s, std::int64_t history_size) {
  Tensor d = g.neg();
  put(s, "n_iter", number(s, "n_iter") + 1);
  if (number(s, "n_iter") == 1) {
    put(s, "H_diag", 1);
    for (const char* name : {"old_dirs", "old_stps"}) put(s, name, zeros({0, g.numel()}, g.dtype()));
    put(s, "ro", zeros({0}, kDouble));
    return d;
  }
  const Tensor y = g.sub(s["prev_flat_grad"]), moved = s["d"].mul(number(s, "t"));
  if (const double ys = product(y, moved); ys > 1e-10) {
    const auto append = [&](const char* name, const Tensor& x) {
      s[name] = cat({s[name].slice(0, s[name].size(0) < history_size ? 0 : 1), x.unsqueeze(0)});
    };
    append("old_dirs", y);
    append("old_stps", moved);
    append("ro", tensor(1 / ys, kDouble));
    put(s, "H_diag", ys / product(y, y));
  }
  const std::vector<Tensor> dirs = unbind(s["old_dirs"]), stps = unbind(s["old_stps"]);
  const std::vector<double> ro = s["ro"].to_vector<double>();
  std::vector<double> al(ro.size());
  for (std::size_t i = ro.size(); i-- > 0;) d.add_(dirs[i], -(al[i] = product(stps[i], d) * ro[i]));
  d.mul_(number(s, "H_diag"));
  for (std::size_t i = 0; i < ro.size(); ++i) d.add_(stps[i], al[i] - product(dirs[i], d) * ro[i]);
  return d;
}

}  // namespace

StateDict LBFGS::first_state() const {
  if (param_groups().size() != 1)
    throw ValueError("LBFGS: LBFGS doesn't support per-parameter options (parameter groups); give it one group");
  return {{"func_evals", full({}, 0.0, kDouble)}, {"n_iter", full({}, 0.0, kDouble)}};
}

Tensor LBFGS::step(LossClosure closure) {
  if (!closure) throw Error("LBFGS: LBFGS requires a closure function; step([&] { ... return loss; })");
  first_state();
  param_groups()[0].options().check();
  const NoGradGuard no_grad;
  settle();
  const Params& params = std::as_const(*this).param_groups()[0].params();
  const Params start = copies(params);
  StateDict next = state_;
  try {
    Tensor loss = evaluate(closure);
    minimise(closure, loss.item<double>(), next);
    std::swap(state_, next);
    return loss;
  } catch (...) {
    restore(params, start);
    throw;
  }
}

void LBFGS::minimise(const LossClosure& closure, double loss, StateDict& s) const {
  const auto& o = detail::as<LBFGSOptions>(param_groups()[0].options());
  const Params& params = param_groups()[0].params();
  const std::int64_t max_eval = o.max_eval().value_or(o.max_iter() * 5 / 4);
  std::int64_t evaluations = 1;
  const auto evaluated = [&] { return ++evaluations, evaluate(closure).item<double>(); };
  const double before = number(s, "func_evals");
  Tensor g = flat_grad(params);
  bool done = largest(g) <= o.tolerance_grad();
  for (std::int64_t i = 1; !done && i <= o.max_iter(); ++i) {
    const Tensor d = direction(g, s, o.history_size());
    put(s, "d", d);
    put(s, "prev_flat_grad", g);
    put(s, "prev_loss", loss);
    const bool first = number(s, "n_iter") == 1;
    double t = o.lr() * (first ? std::min(1.0, 1 / g.abs().sum().item<double>()) : 1);
    const double slope = product(g, d), last_loss = loss;
    done = slope > -o.tolerance_change() || i == o.max_iter();
    if (slope <= -o.tolerance_change()) {
      if (o.line_search_fn()) {
        const Params x = copies(params);
        const Point found = strong_wolfe({0, loss, slope, g}, t, largest(d), [&](double at) {
          shift(params, at, d);
          const double there = evaluated();
          const Tensor grad = flat_grad(params);
          restore(params, x);
          return Point{at, there, product(grad, d), grad};
        });
        t = found.t, loss = found.loss, g = found.grad;
      }
      shift(params, t, d);
      if (!o.line_search_fn() && !done) {  // nobody asks for the loss after the last iteration
        loss = evaluated();
        g = flat_grad(params);
      }
      done = done || evaluations >= max_eval || largest(g) <= o.tolerance_grad() ||
             largest(d.mul(t)) <= o.tolerance_change() || std::abs(loss - last_loss) < o.tolerance_change();
    }
    put(s, "t", t);
  }
  put(s, "func_evals", before + static_cast<double>(evaluations));
}

std::vector<std::pair<std::string, Tensor>> LBFGS::state(const Tensor& parameter) const {
  if (!parameter.is_same(param_groups()[0].params()[0]) || number(state_, "func_evals") == 0)
    return Optimizer::state(parameter);
  std::vector<std::pair<std::string, Tensor>> out;
  for (const auto& [name, value] : state_) out.emplace_back(name, value);
  return out;
}

StateDict LBFGS::state_dict() const {
  StateDict out = Optimizer::state_dict();
  for (const auto& [name, value] : state_) out.insert("state.0." + name, value);
  return out;
}

std::function<void()> LBFGS::prepare_load(const StateDict& given) {
  const NoGradGuard no_grad;
  const Params& params = std::as_const(*this).param_groups()[0].params();
  StateDict own, others, next;
  for (const auto& [key, value] : given) (key.starts_with("state.0.") ? own : others).insert(key, value);
  const Tensor* ro = own.find("state.0.ro");
  std::int64_t n = 0;
  for (const Tensor& p : params) n += p.numel();
  // The sizes by letters: k pairs in the history, n elements in all.
  const std::pair<const char*, std::string_view> entries[] = {
      {"func_evals", ""}, {"n_iter", ""}, {"d", "n"}, {"H_diag", ""},          {"old_dirs", "kn"},
      {"old_stps", "kn"}, {"ro", "k"},    {"t", ""},  {"prev_flat_grad", "n"}, {"prev_loss", ""}};
  tapegrad::detail::KeyReport report(own);
  for (const auto& [name, letters] : entries) {
    std::vector<std::int64_t> sizes;
    for (const char c : letters) sizes.push_back(c == 'n' ? n : ro == nullptr ? 0 : ro->numel());
    const Dtype dtype = letters.ends_with("n") ? params[0].dtype() : kDouble;
    const bool required = next.size() < 2 || ro != nullptr;
    if (const Tensor* x = report.find(std::string("state.0.") + name, sizes, required))
      next.insert(name, empty(sizes, dtype).copy_(*x));
  }
  report.check("Optimizer");
  return [this, load = Optimizer::prepare_load(others), next = std::move(next)]() mutable {
    load();
    std::swap(state_, next);
  };
}

}  // namespace tapegrad::optim
