// gradcheck(): the whole Jacobian twice, by backward passes and by Ridders' differences, compared entry by entry.
#include <tapegrad/autograd/gradcheck.h>
#include <tapegrad/autograd/random.h>

#include <algorithm>
#include <cmath>

#include "autograd/core/text.h"

namespace tapegrad::autograd {

namespace {

// The elements of all that require grad, in one row.
Tensor row_of(const tensor_list& list) {
  tensor_list parts;
  for (const Tensor& t : list)
    if (t.requires_grad()) parts.push_back(t.reshape({-1}));
  for (const Tensor& t : parts)
    if (t.dtype() != kDouble) throw AutogradError("gradcheck: an input or output is Float, too coarse; use kDouble");
  if (parts.empty()) throw AutogradError("gradcheck: no output requires grad; call requires_grad_() on fn's inputs");
  return cat(parts);
}

// Where an element of row_of(list) stands; past its end: the mix of all. With the name given, or else of its grad_fn.
std::string place(const tensor_list& list, std::int64_t element, const std::string& given) {
  std::string name = given;
  for (std::size_t k = 0; k < list.size(); ++k) {
    const std::int64_t n = list[k].requires_grad() ? list[k].numel() : 0;
    if (given.empty() && n > 0 && !list[k].is_leaf()) name = list[k].grad_fn()->name();
    if (element < n) return "output " + std::to_string(k) + " of " + name + ", element " + std::to_string(element);
    element -= n;
  }
  return "a random mix of all outputs of " + name;
}

// The gradients of the inputs that require grad, undefined ones as zeros; all require grad, to be checked themselves.
tensor_list gradients(const Tensor& output, const tensor_list& inputs, const Tensor& cotangent, bool create_graph) {
  tensor_list wanted;
  for (const Tensor& x : inputs)
    if (x.requires_grad()) wanted.push_back(x);
  if (wanted.empty()) throw AutogradError("gradcheck: no input requires grad; call requires_grad_() on one");
  tensor_list out = grad({output}, wanted, {cotangent}, true, create_graph, true);
  for (std::size_t k = 0; k < out.size(); ++k)
    if (!out[k].requires_grad()) out[k] = (out[k].defined() ? out[k] : zeros_like(wanted[k])).detach().requires_grad_();
  return out;
}

// The largest magnitude of the finite elements.
double largest(const Tensor& x) { return where(x.abs() < INFINITY, x.abs(), 0).max().item<double>(); }

// fn and its inputs. What fn may change is put back before each call and at the end.
struct Check {
  Check(const GradcheckFunction& f, const tensor_list& xs) : fn(f), inputs(xs) {
    for (const Tensor& x : inputs) {
      const bool shares = x.defined() && x.numel() > 1 && std::count(x.strides().begin(), x.strides().end(), 0) > 0;
      if (x.requires_grad() && shares) throw AutogradError("gradcheck: elements of an input share bytes; clone() it");
      before.push_back(x.defined() && !shares ? x.detach().contiguous().clone() : Tensor());  // row-major
      bytes.push_back(before.back().defined() ? x.data() : Tensor());
    }
  }
  ~Check() { restore(); }
  void restore() const noexcept {  // takes no memory
    default_generator() = generator;
    for (std::size_t k = 0; k < before.size(); ++k)
      if (before[k].defined()) bytes[k].copy_(before[k]);
  }

  // The outputs in a row where input k is x, if that is defined. The last is a mix of the others: there backward meets
  // several cotangents at once, none of them 1.
  Tensor outputs(std::size_t k = 0, const Tensor& x = {}) {
    restore();
    if (x.defined()) bytes[k].copy_(x);
    list = fn(inputs);
    const Tensor row = row_of(list);
    if (!cotangents.defined()) cotangents = -0.25 - rand(row.sizes(), kDouble);
    return cat({row, (row * cotangents).sum().reshape({1}) / (row.numel() + 1)});
  }

  // Element r of y by all elements of the inputs; NaN where a second pass gives something else.
  Tensor analytic(const Tensor& y, std::int64_t r) const {
    const Tensor unit = arange(y.numel()).eq(r).to(kDouble);
    const Tensor first = row_of(gradients(y, inputs, unit, false)), second = row_of(gradients(y, inputs, unit, false));
    return where(first.eq(second), first, NAN).detach();
  }

  // How far fn's rounding takes each output y where elements of input k move by steps that are too short for a
  // curvature.
  Tensor noise_of(const Tensor& y, std::size_t k) {
    Tensor noise = y.detach().abs() * 0x1p-53;
    for (std::int64_t e = 0; e < before[k].numel(); ++e) {
      const Tensor step = arange(before[k].numel()).eq(e).reshape(before[k].sizes()) * before[k].abs().clamp_min(1);
      for (const double h : {0x1p-36, 0x1p-30}) {
        const Tensor high =
            outputs(k, before[k] + 2 * step * h).detach() - y.detach();  // uneven, as rounding may be odd
        const Tensor low = outputs(k, before[k] - step * h).detach() - y.detach(), bend = (0.5 * high + low).abs();
        noise = where(bend < INFINITY, maximum(noise, bend), noise);
      }
    }
    return noise;
  }

  // The same of the gradients by input k, all together. What a step of 2^-44 changes is far below the tolerance.
  double gradient_noise(const Tensor& a, std::size_t k, std::int64_t columns) {
    double noise = 0;
    for (const double h : {-0x3p-44, -0x1p-44, 0x1p-44, 0x3p-44}) {
      const Tensor y = outputs(k, before[k] + before[k].abs().clamp_min(1) * h);
      for (std::int64_t r = 0; r < y.numel(); ++r) {
        const Tensor moved = analytic(y, r).narrow(0, columns, before[k].numel());
        noise = std::max(noise, largest(moved - a.select(1, r)));
      }
    }
    return noise;
  }

  // [3, n]: the n outputs by element e of input k, their errors, and what of these rounding alone may be. Of Ridders'
  // table over central differences whose steps shrink by 1.4, it is the entry that is closest to the two it was made
  // from. No entry counts as closer than rounding allows: rounded to the same grid, wrong ones may well agree.
  Tensor numeric(std::size_t k, std::int64_t e, const Tensor& noise) {
    const IntList n = noise.sizes();
    Tensor value = full(n, NAN, kDouble), error = full(n, INFINITY, kDouble), rounded = zeros(n, kDouble);
    const Tensor at = before[k].clone();
    double& element = at.data_ptr<double>()[e];
    const double x = element;
    for (double h : {0.05 * std::max(1.0, std::abs(x)), 4e-4}) {
      tensor_list row;
      for (int i = 0; i < 12; ++i, h /= 1.4) {
        element = x + h;
        const Tensor high = outputs(k, at).detach();
        element = x - h;
        const Tensor low = outputs(k, at).detach();
        const Tensor rounding = maximum(maximum(high.abs(), low.abs()) * 0x1p-53, noise) / h;
        Tensor entry = (high - low) / (x + h - element);
        double factor = 1;
        for (Tensor& above : row) {
          factor *= 1.4 * 1.4;
          const Tensor next = (entry * factor - above) / (factor - 1);
          const Tensor apart = maximum(maximum((next - entry).abs(), (next - above).abs()), rounding);
          value = where(apart < error, next, value);
          rounded = where(apart < error, rounding, rounded);
          error = where(apart < error, apart, error);
          above = std::exchange(entry, next);
        }
        row.push_back(entry);
      }
      if (error.max().item<double>() <= 1e-11 * largest(value)) break;
    }
    return stack({value, error, rounded});
  }

  // Whether all agree; else throws or not, as the options say.
  bool compare(const std::string& op, const GradcheckOptions& options) {
    if (!(options.tolerance() >= 0)) throw Error(op + ": the tolerance must not be negative or NaN; leave it at 1e-9");
    const Tensor y = outputs();
    tensor_list rows;
    for (std::int64_t r = 0; r < y.numel(); ++r) rows.push_back(analytic(y, r));
    std::int64_t columns = 0, wrong = 0;
    double worst = options.tolerance();
    std::string report;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      tensor_list found;
      if (!inputs[k].requires_grad() || inputs[k].numel() == 0) continue;
      const Tensor noise = noise_of(y, k);
      for (std::int64_t e = 0; e < inputs[k].numel(); ++e) found.push_back(numeric(k, e, noise));
      const Tensor a = stack(rows, 1).narrow(0, columns, inputs[k].numel()), v = stack(found).select(1, 0);
      const double scale = std::max({largest(a), largest(v), 1e-300});
      // Of 0, the differences see not one digit, and what is left of terms that cancel has not one either.
      const Tensor error = stack(found).select(1, 1), lost = (error >= 1e-6 * v.abs()).to(kDouble);
      Tensor apart = ((a - v).abs() - 16 * stack(found).select(1, 2) - 0x1p-46 * lost).clamp_min(0);
      if (!(apart.max().item<double>() <= options.tolerance() * scale))
        apart = (apart - 8 * gradient_noise(a, k, columns)).clamp_min(0);
      const Tensor off = where(apart < INFINITY, apart / scale, INFINITY);  // NaN: infinitely
      columns += inputs[k].numel();
      wrong += off.gt(options.tolerance()).sum().item<std::int64_t>();
      if (off.max().item<double>() <= worst) continue;
      worst = off.max().item<double>();
      const std::int64_t at = off.argmax().item<std::int64_t>(), e = at / y.numel(), r = at % y.numel();
      using core::text;
      report = core::joined(
          place(list, r, options.name()), ", by input ", k, ", element ", e, "\n  analytic    ",
          text(a[e][r].item<double>(), 15), a[e][r].isnan().item<bool>() ? ", or another value in a second pass" : "",
          "\n  numeric     ", text(v[e][r].item<double>(), 15), ", give or take ",
          text(found[e][1][r].item<double>(), 1), " by Ridders' own estimate\n  difference  ", text(worst, 3),
          " of that input's largest gradient, ", scale, "\n  tolerance   ", text(options.tolerance(), 3));
    }
    if (wrong > 0 && options.raise_exception())
      throw AutogradError(op + ": " + std::to_string(wrong) + " of " + std::to_string(columns * y.numel()) +
                          " gradients are wrong; compare backward with the derivative of forward. The worst:\n" +
                          report);
    return wrong == 0;
  }

  const GradcheckFunction& fn;
  const tensor_list& inputs;
  const AutoGradMode mode{true};
  const Generator generator = default_generator();
  tensor_list before, bytes, list;  // bytes: the inputs' own, without their history
  Tensor cotangents;
};

}  // namespace

bool gradcheck(const GradcheckFunction& fn, const tensor_list& inputs, const GradcheckOptions& options) {
  return Check(fn, inputs).compare("gradcheck", options);
}

bool gradgradcheck(const GradcheckFunction& fn, const tensor_list& inputs, const GradcheckOptions& options) {
  tensor_list all = inputs;
  Check first(fn, inputs);
  first.outputs();
  all.push_back(first.cotangents.requires_grad_());
  const auto first_order = [&fn](tensor_list xs) {
    const Tensor cotangents = xs.back();
    xs.pop_back();
    return gradients((row_of(fn(xs)) * cotangents).sum(), xs, Tensor(), true);
  };
  return Check(first_order, all).compare("gradgradcheck", options);
}

}  // namespace tapegrad::autograd
