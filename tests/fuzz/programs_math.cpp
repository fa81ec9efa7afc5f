// Steps that compute: elementwise functions, reductions, products, losses.
#include <cmath>

#include "programs.h"

namespace tapegrad::fuzz {

namespace {

using Line = std::vector<Dual>;
using Makes = Program::Makes;

void apart(Real x, Real y) {
  if (std::abs(x - y) < 1e-6L) throw Unknown();  // a kink
}
Dual least(const Dual& x, Real bound) {
  if (x.v < bound) throw Unknown();  // outside of the domain, or too near its border
  return x;
}
Dual away(const Dual& x, Real bound = 0.05L) {
  if (std::abs(x.v) < bound) throw Unknown();
  return x;
}
Dual within(const Dual& x, Real bound) {
  if (std::abs(x.v) > bound) throw Unknown();
  return x;
}
Dual absolute(const Dual& x) {
  apart(x.v, 0);
  return test::abs(x);
}
Dual one(Real v) { return v; }

struct Unary {
  const char* name;
  Tensor (*library)(const Tensor&);
  Dual (*model)(const Dual&);
};
using N = const Dual&;
const Unary kUnary[] = {
    {"neg", neg, [](N x) { return -x; }},
    {"exp", exp, [](N x) { return test::exp(x); }},
    {"expm1", expm1, [](N x) { return test::expm1(x); }},
    {"log", log, [](N x) { return test::log(least(x, 0.05L)); }},
    {"log1p", log1p, [](N x) { return test::log1p(least(x, -0.95L)); }},
    {"sqrt", sqrt, [](N x) { return test::sqrt(least(x, 0.05L)); }},
    {"rsqrt", rsqrt, [](N x) { return test::rsqrt(least(x, 0.05L)); }},
    {"reciprocal", reciprocal, [](N x) { return one(1) / away(x); }},
    {"sin", sin, [](N x) { return test::sin(x); }},
    {"cos", cos, [](N x) { return test::cos(x); }},
    {"tan", tan,
     [](N x) {
       apart(std::cos(x.v) * 1e-4L, 0);
       return test::tan(x);
     }},
    {"atan", atan, [](N x) { return test::atan(x); }},
    {"asin", asin, [](N x) { return test::asin(within(x, 0.9L)); }},
    {"acos", acos, [](N x) { return test::acos(within(x, 0.9L)); }},
    {"erfinv", erfinv, [](N x) { return test::erfinv(within(x, 0.9L)); }},
    {"log10", log10, [](N x) { return test::log(least(x, 0.05L)) / one(std::log(10.0L)); }},
    {"sinh", sinh, [](N x) { return test::sinh(x); }},
    {"cosh", cosh, [](N x) { return test::cosh(x); }},
    {"erf", erf, [](N x) { return test::erf(x); }},
    {"erfc", erfc, [](N x) { return test::erfc(x); }},
    {"lgamma", lgamma, [](N x) { return test::lgamma(least(x, 0.1L)); }},
    {"log2", log2, [](N x) { return test::log(least(x, 0.05L)) / one(std::log(2.0L)); }},
    {"exp2", exp2, [](N x) { return test::exp(x * std::log(2.0L)); }},
    {"log_sigmoid", log_sigmoid, [](N x) { return -test::softplus(-x); }},
    {"round", round,
     [](N x) {
       apart(x.v - std::floor(x.v), 0.5L);
       return one(std::round(x.v));
     }},
    {"abs", abs, absolute},
    {"sign", sign, [](N x) { return one(absolute(x).v == x.v ? 1 : -1); }},
    {"square", square, [](N x) { return x * x; }},
    {"sigmoid", sigmoid, [](N x) { return test::sigmoid(x); }},
    {"tanh", tanh, [](N x) { return test::tanh(x); }},
    {"relu", relu, [](N x) { return (absolute(x) + x) * 0.5L; }},
    {"softplus", [](const Tensor& x) { return softplus(x); }, [](N x) { return test::softplus(x); }},
    {"silu", silu, [](N x) { return x * test::sigmoid(x); }},
    {"gelu", [](const Tensor& x) { return gelu(x); },
     [](N x) { return x * 0.5L * (one(1) + test::erf(x * std::sqrt(0.5L))); }},
    {"gelu tanh", [](const Tensor& x) { return gelu(x, "tanh"); },
     [](N x) {
       const Real c = std::sqrt(2 / std::acos(-1.0L));
       return x * 0.5L * (one(1) + test::tanh((x + x * x * x * 0.044715L) * c));
     }},
    {"elu", [](const Tensor& x) { return elu(x, 1.5); },
     [](N x) { return absolute(x).v == x.v ? x : test::expm1(x) * 1.5L; }},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x, 0.25); },
     [](N x) { return absolute(x).v == x.v ? x : x * 0.25L; }},
    {"clamp", [](const Tensor& x) { return clamp(x, -0.5, 0.75); },
     [](N x) {
       apart(x.v, -0.5L);
       apart(x.v, 0.75L);
       return x.v < -0.5L ? one(-0.5L) : x.v > 0.75L ? one(0.75L) : x;
     }},
    {"pow 3", [](const Tensor& x) { return x.pow(3); }, [](N x) { return x * x * x; }},
    {"pow 1.5", [](const Tensor& x) { return x.pow(1.5); }, [](N x) { return test::pow(least(x, 0.05L), one(1.5L)); }},
    {"0.5 ^", [](const Tensor& x) { return pow(0.5, x); }, [](N x) { return test::exp(x * std::log(0.5L)); }},
    {"1 - x / 4", [](const Tensor& x) { return 1 - x / 4; }, [](N x) { return one(1) - x * 0.25L; }},
};

void unary(Program& p) {
  const Var x = p.any();
  const Unary& u = kUnary[p.in.below(std::size(kUnary))];
  p.step(
      u.name, {&x}, Makes::Copies,
      [&] { return Arrays{model::elementwise({x.a}, [&](const Dual* v) { return u.model(v[0]); })}; },
      [&] { return Tensors{u.library(x.t)}; });
}

struct Binary {
  const char* name;
  Tensor (*library)(const Tensor&, const Tensor&);
  Dual (*model)(const Dual&, const Dual&);
};
Dual larger(N x, N y) {
  apart(x.v, y.v);
  return x.v > y.v ? x : y;
}
const Binary kBinary[] = {
    {"add", [](const Tensor& x, const Tensor& y) { return add(x, y, 0.5); }, [](N x, N y) { return x + y * 0.5L; }},
    {"sub", [](const Tensor& x, const Tensor& y) { return x - y; }, [](N x, N y) { return x - y; }},
    {"mul", [](const Tensor& x, const Tensor& y) { return x * y; }, [](N x, N y) { return x * y; }},
    {"div", [](const Tensor& x, const Tensor& y) { return x / y; }, [](N x, N y) { return x / away(y); }},
    {"maximum", maximum, larger},
    {"minimum", minimum, [](N x, N y) { return -larger(-x, -y); }},
    {"pow", [](const Tensor& x, const Tensor& y) { return pow(x, y); },
     [](N x, N y) { return test::pow(least(x, 0.05L), y); }},
    {"atan2", [](const Tensor& x, const Tensor& y) { return atan2(x, y); },
     [](N x, N y) {
       if (y.v < 0) apart(x.v, 0);  // a jump, at 0 by its sign
       return test::atan2(x, away(y));
     }},
    {"logaddexp", logaddexp, [](N x, N y) { return y + test::softplus(x - y); }},
    {"xlogy", [](const Tensor& x, const Tensor& y) { return xlogy(x, y); },
     [](N x, N y) { return x * test::log(least(y, 0.05L)); }},
    {"addcdiv", [](const Tensor& x, const Tensor& y) { return addcdiv(x, x, y, 2); },
     [](N x, N y) { return x + x / away(y) * 2.0L; }},
    {"lerp", [](const Tensor& x, const Tensor& y) { return lerp(x, y, x); }, [](N x, N y) { return x + x * (y - x); }},
    {"where", [](const Tensor& x, const Tensor& y) { return where(x.detach().gt(y.detach()), x, y * 2); },
     [](N x, N y) {
       apart(x.v, y.v);
       return x.v > y.v ? x : y * 2.0L;
     }},
};

void binary(Program& p) {
  const Var x = p.any();
  const Var y = p.in.one_in(8) ? x : p.any_like(x.a);
  const Binary& b = kBinary[p.in.below(std::size(kBinary))];
  p.step(
      b.name, {&x, &y}, Makes::Copies,
      [&] {
        return Arrays{model::elementwise({x.a, y.a}, [&](const Dual* v) { return b.model(v[0], v[1]); })};
      },
      [&] { return Tensors{b.library(x.t, y.t)}; });
}

Dual mean(const Line& v) { return test::total(v) / static_cast<Real>(v.size()); }
Dual variance(const Line& v, Real n) {
  if (n < 1) throw Unknown();
  const Dual m = mean(v);
  Dual s;
  for (N x : v) s += (x - m) * (x - m);
  return s / n;
}
Dual best(const Line& v, Real sign) {
  Dual out = v.at(0);
  for (std::size_t k = 1; k < v.size(); ++k) {
    apart(out.v, v[k].v);
    if (v[k].v * sign > out.v * sign) out = v[k];
  }
  return out;
}
Dual power_sum(const Line& v, int power) {
  Dual s;
  for (N x : v) s += power == 1 ? absolute(x) : power == 2 ? x * x : absolute(x) * x * x;
  return power == 1 ? s : power == 2 ? test::sqrt(least(s, 1e-2L)) : test::pow(least(s, 1e-2L), one(1 / 3.0L));
}
Dual log_sum(const Line& v) {
  if (v.empty()) throw Unknown();
  return v[0] - test::log_softmax(v)[0];
}

void reduction(Program& p) {
  const Var x = p.any();
  const Ints d = p.in.dims(x.a.shape.size());
  const bool keep = p.in.coin();
  const std::int64_t form = p.in.below(10);
  const auto fold = [form](const Line& v) -> Dual {
    const auto n = static_cast<Real>(v.size());
    switch (form) {
      case 0:
        return test::total(v);
      case 1:
        if (v.empty()) throw Unknown();
        return mean(v);
      case 2:
        return best(v, 1);
      case 3:
        return best(v, -1);
      case 4:
        return variance(v, n - 1);
      case 5:
        return test::sqrt(least(variance(v, n), 1e-2L));
      case 6:
      case 7:
      case 8:
        return power_sum(v, static_cast<int>(form) - 5);
      default:
        return log_sum(v);
    }
  };
  const auto library = [&]() -> Tensor {
    switch (form) {
      case 0:
        return x.t.sum(d, keep);
      case 1:
        return x.t.mean(d, keep);
      case 2:
        return x.t.amax(d, keep);
      case 3:
        return x.t.amin(d, keep);
      case 4:
        return x.t.var(d, true, keep);
      case 5:
        return x.t.std(d, false, keep);
      case 6:
      case 7:
      case 8:
        return x.t.norm(static_cast<double>(form - 5), d, keep);
      default:
        return x.t.logsumexp(d, keep);
    }
  };
  p.step(
      "reduction " + std::to_string(form) + text(d), {&x}, Makes::Fresh,
      [&] { return Arrays{model::reduce(x.a, d, keep, form == 2 || form == 3, fold)}; },
      [&] { return Tensors{library()}; });
}

void along(Program& p) {
  const Var x = p.any();
  const std::int64_t d = p.in.dim(x.a.shape.size());
  const bool keep = p.in.coin();
  const auto product = [](const Line& v) {
    Dual out = 1;
    for (N n : v) out = out * n;
    return out;
  };
  const auto call = [&](const char* name, const std::function<Array()>& model, const std::function<Tensor()>& library) {
    p.step(
        name + std::string(" ") + std::to_string(d), {&x}, Makes::Fresh, [&] { return Arrays{model()}; },
        [&] { return Tensors{library()}; });
  };
  switch (p.in.below(6)) {
    case 0:
      return call(
          "softmax",
          [&] {
            return model::along(x.a, d, [](Line v) {
              v = test::log_softmax(v);
              for (Dual& n : v) n = test::exp(n);
              return v;
            });
          },
          [&] { return x.t.softmax(d); });
    case 1:
      return call(
          "log_softmax", [&] { return model::along(x.a, d, test::log_softmax); }, [&] { return x.t.log_softmax(d); });
    case 2:
      return call(
          "cumsum",
          [&] {
            return model::along(x.a, d, [](Line v) {
              for (std::size_t k = 1; k < v.size(); ++k) v[k] += v[k - 1];
              return v;
            });
          },
          [&] { return x.t.cumsum(d); });
    case 3:
      return call(
          "prod", [&] { return model::reduce(x.a, {d}, keep, false, product); }, [&] { return x.t.prod(d, keep); });
    case 4:
      return call(
          "max", [&] { return model::reduce(x.a, {d}, keep, true, [](const Line& v) { return best(v, 1); }); },
          [&] { return std::get<0>(x.t.max(d, keep)); });
    default:
      return call(
          "min", [&] { return model::reduce(x.a, {}, false, true, [](const Line& v) { return best(v, -1); }); },
          [&] { return x.t.min(); });
  }
}

void product(Program& p) {
  const Var x = p.any_of_rank(static_cast<std::size_t>(1 + p.in.below(3)));
  const Var y = p.any_of_rank(static_cast<std::size_t>(1 + p.in.below(3)));
  const std::int64_t form = p.in.below(9);
  // As often as not an operand that fits.
  const bool turned = p.in.coin() && x.a.shape.size() == 2;
  const Tensor yt = turned ? x.t.t() : y.t;
  const Array ya = turned ? model::transpose(x.a, 0, 1) : y.a;
  if (form < 4) {
    return p.step(
        "matmul", {&x, turned ? &x : &y}, Makes::Fresh, [&] { return Arrays{model::matmul(x.a, ya)}; },
        [&] { return Tensors{x.t.matmul(yt)}; });
  }
  constexpr const char* kEquations[] = {"ij,jk->ki", "bij,bjk->ik", "i,j->ij", "ij,ij->j", "...i,...i->..."};
  const std::string equation = kEquations[form - 4];
  p.step(
      "einsum " + equation, {&x, turned ? &x : &y}, Makes::Fresh,
      [&] {
        return Arrays{model::einsum(equation, {x.a, ya})};
      },
      [&] {
        return Tensors{einsum(equation, {x.t, yt})};
      });
}

void layer(Program& p) {
  const Var x = p.any(), w = p.any_of_rank(2), b = p.any_of_rank(1);
  const bool biased = p.in.coin();
  const auto fits = [&] {
    if (w.a.shape.size() != 2 || x.a.shape.empty() || x.a.shape.back() != w.a.shape[1]) throw Invalid();
    if (biased && b.a.shape != Shape{w.a.shape[0]}) throw Invalid();
    if (x.a.size() == 0) throw Unknown();
  };
  p.step(
      biased ? "linear" : "linear without bias", {&x, &w, biased ? &b : &x}, Makes::Fresh,
      [&] {
        fits();
        const Array out = model::matmul(x.a, model::transpose(w.a, 0, 1));
        if (!biased) return Arrays{out};
        return Arrays{model::elementwise({out, b.a}, [](const Dual* v) { return v[0] + v[1]; })};
      },
      [&] { return Tensors{linear(x.t, w.t, biased ? b.t : Tensor())}; });
}

void loss(Program& p) {
  const Var x = p.any_of_rank(2), y = p.in.one_in(4) ? x : p.any_like(x.a);
  const bool sum = p.in.coin();
  const Reduction how = sum ? kSum : kMean;
  const auto reduced = [&](const Array& a) {
    if (a.size() == 0 && !sum) throw Unknown();
    return Arrays{model::reduce(a, {}, false, false, [&](const Line& v) { return sum ? test::total(v) : mean(v); })};
  };
  switch (p.in.below(3)) {
    case 0:
      if (x.a.shape != y.a.shape) return;  // it warns
      return p.step(
          "mse_loss", {&x, &y}, Makes::Fresh,
          [&] {
            return reduced(model::elementwise({x.a, y.a}, [](const Dual* v) { return (v[0] - v[1]) * (v[0] - v[1]); }));
          },
          [&] { return Tensors{mse_loss(x.t, y.t, how)}; });
    case 1:
      if (x.a.shape != y.a.shape) return;
      return p.step(
          "binary_cross_entropy_with_logits", {&x, &y}, Makes::Fresh,
          [&] {
            return reduced(model::elementwise(
                {x.a, y.a}, [](const Dual* v) { return (one(1) - v[1]) * v[0] + test::softplus(-v[0]); }));
          },
          [&] { return Tensors{binary_cross_entropy_with_logits(x.t, y.t, undefined(), undefined(), how)}; });
    default:
      break;
  }
  if (x.a.shape.size() != 2 || x.a.size() == 0) return;
  Array at(Shape{x.a.shape[0]});
  for (Dual& n : at.v) n = static_cast<Real>(p.in.below(x.a.shape[1]));
  p.step(
      "cross_entropy", {&x}, Makes::Fresh,
      [&] {
        const Array l = model::along(x.a, 1, test::log_softmax);
        Array rows(at.shape);
        for (std::size_t k = 0; k < rows.size(); ++k)
          rows.v[k] = -l.at({static_cast<std::int64_t>(k), static_cast<std::int64_t>(at.v[k].v)});
        return reduced(rows);
      },
      [&] { return Tensors{cross_entropy(x.t, to_tensor(at, kLong), undefined(), how)}; });
}

}  // namespace

const std::vector<Step> kMathSteps = {unary, unary, binary, binary, reduction, along, product, product, layer, loss};

}  // namespace tapegrad::fuzz
