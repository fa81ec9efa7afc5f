// var, std, var_mean, std_mean, norm, logsumexp: over all elements, or over dims.
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include "over_dims.h"

namespace tapegrad::test {
namespace {

// --- var, std

template <int kLess>
Dual variance(const std::vector<Dual>& v) {
  const Dual mean = total(v) * Dual(1 / static_cast<Real>(v.size()));
  Dual sum;
  for (const Dual& x : v) sum += (x - mean) * (x - mean);
  const Real n = static_cast<Real>(v.size()) - kLess;
  return n > 0 ? sum * Dual(1 / n) : Dual(std::numeric_limits<Real>::quiet_NaN());
}

template <int kLess>
Dual deviation(const std::vector<Dual>& v) {
  return sqrt(variance<kLess>(v));
}

double of_variance(double n) { return 2 * std::log2(n) + 4; }

const Register kVar("var", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 3.0}, {2.0, 6.0}}).var(1));
  fill(s, "",
       {[](const Tensor& x, IntList d, bool k) { return var(x, d, true, k); },
        [](const Tensor& x, IntList d, bool k) { return x.var(d, true, k); }},
       {}, {}, variance<1>, of_variance, false, nullptr, 2);
  fill(s, "biased",
       {[](const Tensor& x, IntList d, bool k) { return d.empty() && !k ? var(x, false) : var(x, d, false, k); },
        [](const Tensor& x, IntList d, bool k) { return d.empty() && !k ? x.var(false) : x.var(d, false, k); }},
       {}, {}, variance<0>, of_variance, false, nullptr, 2);
  const Fn unbiased = kept([](const Tensor& x) { return var(x); });
  const Fn biased = kept([](const Tensor& x) { return x.var(false); });
  s.edge({"divides by n - 1", {{1, 2, 6}}, {7}, {{-2, -1, 3}}, unbiased})
      .edge({"biased divides by n", {{1, 2, 6}}, {14 / 3.0}, {{-4 / 3.0, -2 / 3.0, 2}}, biased})
      .edge({"of one element is NaN", {{3}}, {kNan}, {{kNan}}, unbiased})
      .edge({"biased of one element is 0", {{3}}, {0}, {{0}}, biased})
      .edge({"of nothing is NaN", {{}}, {kNan}, {}, unbiased})
      .edge({"biased of nothing is NaN", {{}}, {kNan}, {}, biased})
      .edge({"of a constant", {{0.1, 0.1, 0.1, 0.1}}, {0}, {{0, 0, 0, 0}}, unbiased})
      .edge({"far from 0", {{0x1p20, 0x1p20 + 1, 0x1p20 + 2}}, {1}, {{-1, 0, 1}}, unbiased})
      .edge({"of an infinity is NaN", {{1, kInf}}, {kNan}, {}, unbiased})
      .edge({"of NaN is NaN", {{1, kNan}}, {kNan}, {{kNan, kNan}}, unbiased})
      .throws<DtypeError>("std and var only support floating point and complex dtypes", [] { var(of({2}, kLong)); })
      .throws<DtypeError>("std and var only support floating point and complex dtypes", [] { of({2}, kBool).var(0); })
      .throws<IndexError>(kRange,
                          [] {
                            var(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).var(-3);
                          })
      .throws<ShapeError>(kTwice, [] {
        var(of({2, 3}), {1, -1});
      });
});

const Register kStd("std", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{1.0, 3.0}, {2.0, 6.0}}).std(1, false));
  fill(s, "",
       {[](const Tensor& x, IntList d, bool k) { return tapegrad::std(x, d, true, k); },
        [](const Tensor& x, IntList d, bool k) { return x.std(d, true, k); }},
       {}, {}, deviation<1>, of_variance, false, nullptr, 3);
  fill(s, "biased",
       {[](const Tensor& x, IntList d, bool k) {
          return d.empty() && !k ? tapegrad::std(x, false) : tapegrad::std(x, d, false, k);
        },
        [](const Tensor& x, IntList d, bool k) { return d.empty() && !k ? x.std(false) : x.std(d, false, k); }},
       {}, {}, deviation<0>, of_variance, false, nullptr, 3);
  const Fn unbiased = kept([](const Tensor& x) { return tapegrad::std(x); });
  const Fn biased = kept([](const Tensor& x) { return x.std(false); });
  s.edge({"gradient 0 at 0", {{3, 3, 3}}, {0}, {{0, 0, 0}}, unbiased})
      .edge({"biased of one element", {{3}}, {0}, {{0}}, biased})
      .edge({"of one element is NaN", {{3}}, {kNan}, {{kNan}}, unbiased})
      .edge({"of nothing is NaN", {{}}, {kNan}, {}, unbiased})
      .edge({"of two", {{1, 3}}, {std::sqrt(2.0)}, {{-std::sqrt(0.5), std::sqrt(0.5)}}, unbiased})
      .edge({"of an infinity is NaN", {{1, kInf}}, {kNan}, {{kNan, kNan}}, unbiased})
      .throws<DtypeError>("std and var only support floating point and complex dtypes",
                          [] { tapegrad::std(of({2}, kLong)); })
      .throws<IndexError>(kRange,
                          [] {
                            of({2, 3}).std({0, 2});
                          })
      .throws<ShapeError>(kTwice, [] {
        tapegrad::std(of({2, 3}), {0, 0});
      });
});

// --- norm

template <int kHalves>
Dual p_norm(const std::vector<Dual>& v) {
  const Dual p(static_cast<Real>(kHalves) / 2);
  Dual sum;
  for (const Dual& x : v) sum += pow(abs(x), p);
  return pow(sum, Dual(1) / p);
}

Dual largest_abs(std::vector<Dual> v) {
  for (Dual& x : v) x = abs(x);
  return extreme<true>(v);
}

Dual least_abs(std::vector<Dual> v) {
  for (Dual& x : v) x = abs(x);
  return extreme<false>(v);
}

Dual sum_abs(std::vector<Dual> v) {
  for (Dual& x : v) x = abs(x);
  return total(v);
}

Dual not_0(const std::vector<Dual>& v) {
  Real n = 0;
  for (const Dual& x : v) n += x.v != 0 ? 1 : 0;
  return Dual(n);
}

Calls norms(double p) {
  return {[=](const Tensor& x, IntList d, bool k) { return norm(x, p, d, k); },
          [=](const Tensor& x, IntList d, bool k) { return x.norm(p, d, k); }};
}

Fn norm_of(double p) {
  return kept([=](const Tensor& x) { return norm(x, p); });
}

const Register kNorm("norm", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({{3.0, 4.0}, {6.0, 8.0}}).norm(2, 1));
  fill(
      s, "2", norms(2), {}, {}, p_norm<4>, [](double n) { return std::log2(n) + 2; }, false, nullptr, 2);
  fill(
      s, "1", norms(1), {}, {0}, sum_abs, [](double n) { return 2 * std::log2(n); }, true);
  fill(s, "0", norms(0), constant(), {}, not_0, nullptr, true);
  fill(s, "inf", norms(kInf), {}, {0}, largest_abs, nullptr, false);
  fill(s, "-inf", norms(-kInf), {}, {0}, least_abs, nullptr, false);
  fill(
      s, "3", norms(3), {0.4, 3}, {}, p_norm<6>, [](double n) { return 2 * std::log2(n) + 8; }, false, nullptr, 2);
  fill(
      s, "3 of negatives", norms(3), {-3, -0.4}, {}, p_norm<6>, [](double n) { return 2 * std::log2(n) + 8; }, false,
      nullptr, 2);
  fill(
      s, "0.5", norms(0.5), {0.4, 3}, {}, p_norm<1>, [](double n) { return 4 * std::log2(n) + 12; }, false, nullptr, 2);
  fill(
      s, "-1", norms(-1), {0.4, 3}, {}, p_norm<-2>, [](double n) { return 2 * std::log2(n) + 8; }, false, nullptr, 2);
  s.cases[0].spellings.push_back([](const Tensors& x) { return x[0].norm(); });
  s.edge({"of zeros: gradient 0", {{0, -0.0}}, {0}, {{0, 0}}, norm_of(2)})
      .edge({"of -4 and 3", {{-4, 3}}, {5}, {{-0.8, 0.6}}, norm_of(2)})
      .edge({"of one 0 among others", {{0, 2}}, {2}, {{0, 1}}, norm_of(2)})
      .edge({"of nothing is 0", {{}}, {0}, {}, norm_of(2)})
      .edge({"of an infinity", {{kInf, 1}}, {kInf}, {{kNan, 0}}, norm_of(2)})
      .edge({"of NaN is NaN", {{kNan, 1}}, {kNan}, {{kNan, kNan}}, norm_of(2)})
      .edge({"1: gradient 0 at 0", {{0, -3, 4}}, {7}, {{0, -1, 1}}, norm_of(1)})
      .edge({"0 counts", {{0, -0.0, 3, kInf, kNan, -1e-30}}, {4}, {}, norm_of(0)})
      .edge({"inf: ties split evenly", {{2, -2, 1}}, {2}, {{0.5, -0.5, 0}}, norm_of(kInf)})
      .edge({"inf of zeros: gradient 0", {{0, 0}}, {0}, {{0, 0}}, norm_of(kInf)})
      .edge({"inf of an infinity", {{-kInf, 1}}, {kInf}, {{-1, 0}}, norm_of(kInf)})
      .edge({"-inf: the least", {{3, -1, 2}}, {1}, {{0, -1, 0}}, norm_of(-kInf)})
      .edge({"-inf with a 0: gradient 0", {{3, 0}}, {0}, {{0, 0}}, norm_of(-kInf)})
      .edge({"3: gradient 0 at 0", {{0, 0}}, {0}, {{0, 0}}, norm_of(3)})
      .edge({"3 of one 0 among others", {{0, -2}}, {2}, {{0, -1}}, norm_of(3)})
      .edge({"0.5: gradient 0 at 0", {{0, 0}}, {0}, {{0, 0}}, norm_of(0.5)})
      .edge({"0.5 of one 0 among others", {{0, -2}}, {2}, {{0, -1}}, norm_of(0.5)})
      .edge({"-1 with a 0 is 0, gradient 0", {{0, 2}}, {0}, {{0, 0}}, norm_of(-1)})
      .edge({"-2 of zeros is 0, gradient 0", {{0, 0}}, {0}, {{0, 0}}, norm_of(-2)})
      .throws<DtypeError>("input dtype should be either floating point or complex. Got Long instead",
                          [] { norm(of({2}, kLong)); })
      .throws<DtypeError>("input dtype should be either floating point or complex. Got Bool instead",
                          [] { of({2}, kBool).norm(1); })
      .throws<IndexError>(kRange,
                          [] {
                            norm(of({2, 3}), 2, 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).norm(1, -3);
                          })
      .throws<ShapeError>(kTwice,
                          [] {
                            norm(of({2, 3}), 2, {0, -2});
                          })
      .throws<IndexError>("Expected reduction dim", [] { norm(of({0}), kInf); });
});

// --- logsumexp

Dual log_sum_exp(const std::vector<Dual>& v) {
  if (v.empty()) return Dual(-std::numeric_limits<Real>::infinity());
  const Real top = extreme<true>(v).v;
  Dual sum;
  for (const Dual& x : v) sum += exp(x - Dual(top));
  return log(sum) + Dual(top);
}

// max abs(x) + 1
Dual scale(const std::vector<Dual>& v) { return v.empty() ? Dual(1) : largest_abs(v) + Dual(1); }

const Register kLogsumexp("logsumexp", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1000.0, 1000.0}).logsumexp(0));
  fill(
      s, "",
      {[](const Tensor& x, IntList d, bool k) { return logsumexp(x, d, k); },
       [](const Tensor& x, IntList d, bool k) { return x.logsumexp(d, k); }},
      {}, {}, log_sum_exp, [](double) { return 8.0; }, true, scale);
  const Fn fn = [](const Tensors& x) { return logsumexp(x[0], 0, true); };
  s.edge({"does not overflow", {{1000, 1000}}, {1000 + std::log(2.0)}, {{0.5, 0.5}}, fn})
      .edge({"does not underflow", {{-1000, -1000}}, {-1000 + std::log(2.0)}, {{0.5, 0.5}}, fn})
      .edge({"of one", {{3}}, {3}, {{1}}, fn})
      .edge({"of nothing is -inf", {{}}, {-kInf}, {}, fn})
      .edge({"a masked place", {{0, -kInf}}, {0}, {{1, 0}}, fn})
      .edge({"of -inf alone is -inf", {{-kInf, -kInf}}, {-kInf}, {}, fn})
      .edge({"of +inf is +inf", {{kInf, 0, -kInf}}, {kInf}, {{kNan, 0, 0}}, fn})
      .edge({"of NaN is NaN", {{kNan, 0}}, {kNan}, {{kNan, kNan}}, fn})
      .edge({"the gradient keeps its digits", {{40, 0}}, {40}, {{1, std::exp(-40.0)}}, fn})
      .throws<IndexError>(kRange,
                          [] {
                            logsumexp(of({2, 3}), 2);
                          })
      .throws<IndexError>(kBelow,
                          [] {
                            of({2, 3}).logsumexp(-3);
                          })
      .throws<ShapeError>(kTwice, [] {
        logsumexp(of({2, 3}), {0, -2});
      });
});

// The two results side by side.
template <int kLess, bool kRoot>
void with_mean(
    Sample& s, const std::string& name,
    const std::function<std::tuple<Tensor, Tensor>(const Tensor&, IntList, bool unbiased, bool keepdim)>& fn) {
  for (const Reduced& r : reductions(false)) {
    if (r.large || r.full || terms(r) < 3) continue;
    s.add({.label = label(name, r),
           .inputs = {{r.shape}},
           .fn =
               [=](const Tensors& x) {
                 const auto [spread, mean] = fn(x[0], r.dims, kLess == 1, r.keepdim);
                 return stack({spread, mean});
               },
           .reference =
               [=](const Arrays& in) {
                 const Array spread = reduce(in[0], r.dims, r.keepdim, kRoot ? deviation<kLess> : variance<kLess>);
                 const Array mean = reduce(in[0], r.dims, r.keepdim, [](const std::vector<Dual>& v) {
                   return total(v) * Dual(1 / static_cast<Real>(v.size()));
                 });
                 Shape shape = mean.shape;
                 shape.insert(shape.begin(), 2);
                 Array both(shape, spread.v);
                 both.v.insert(both.v.end(), mean.v.begin(), mean.v.end());
                 return both;
               },
           .accuracy = {of_variance(terms(r)), of_variance(terms(r)), [=](const Arrays& in) {
                          Array m = reduce(in[0], r.dims, r.keepdim, [](const std::vector<Dual>&) { return Dual(9); });
                          m.v.insert(m.v.end(), m.v.begin(), m.v.end());
                          return m;
                        }}});
  }
}

const Register kVarMean("var_mean", [](Sample& s) {
  TAPEGRAD_EXAMPLE(var_mean(tensor({{1.0, 3.0}, {2.0, 6.0}}), 1));
  const auto fn = [](const Tensor& x, IntList d, bool u, bool k) {
    return d.empty() && !k ? var_mean(x, u) : var_mean(x, d, u, k);
  };
  with_mean<1, false>(s, "", fn);
  with_mean<0, false>(s, "biased", fn);
  s.throws<DtypeError>("var_mean: std and var only support floating point", [] {
     var_mean(of({2}, kLong));
   }).throws<IndexError>("var_mean: Dimension out of range", [] {
    var_mean(of({2, 3}), 2);
  });
});

const Register kStdMean("std_mean", [](Sample& s) {
  TAPEGRAD_EXAMPLE(std_mean(tensor({{1.0, 3.0}, {2.0, 6.0}}), 1, false));
  const auto fn = [](const Tensor& x, IntList d, bool u, bool k) {
    return d.empty() && !k ? std_mean(x, u) : std_mean(x, d, u, k);
  };
  with_mean<1, true>(s, "", fn);
  with_mean<0, true>(s, "biased", fn);
  s.throws<DtypeError>("std_mean: std and var only support floating point", [] { std_mean(of({2}, kLong)); });
});

}  // namespace
}  // namespace tapegrad::test
