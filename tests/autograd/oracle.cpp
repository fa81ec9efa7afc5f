#include "oracle.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <sstream>

#include <tapegrad/autograd/grad.h>

namespace tapegrad::test {
namespace {

template <class T>
void store(T* p, const Array& x) {
  for (std::size_t i = 0; i < x.size(); ++i) p[i] = static_cast<T>(x.v[i].v);
}

template <class T, class F>
void walk(const Tensor& x, F f) {
  if (x.numel() == 0) return;
  const T* p = x.data_ptr<T>();
  const IntList strides = x.strides();
  for_each(shape_of(x), [&](const Index& i) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < i.size(); ++d) at += i[d] * strides[d];
    f(p[at]);
  });
}

template <class F>
void visit(const Tensor& x, F f) {
  switch (x.dtype()) {
    case kBool:
      return walk<bool>(x, f);
    case kLong:
      return walk<std::int64_t>(x, f);
    case kFloat:
      return walk<float>(x, f);
    default:
      return walk<double>(x, f);
  }
}

bool varies(const Input& i) { return i.domain.dtype == kDouble; }

}  // namespace

Shape shape_of(const Tensor& x) { return x.sizes().vec(); }

Tensor to_tensor(const Array& x, Dtype dtype, bool requires_grad) {
  Tensor t = empty(x.shape, dtype);
  if (x.size() > 0) switch (dtype) {
      case kBool:
        store(t.data_ptr<bool>(), x);
        break;
      case kLong:
        store(t.data_ptr<std::int64_t>(), x);
        break;
      case kFloat:
        store(t.data_ptr<float>(), x);
        break;
      default:
        store(t.data_ptr<double>(), x);
    }
  if (requires_grad) t.requires_grad_();
  return t;
}

Array to_array(const Tensor& x) {
  Array out(shape_of(x));
  std::size_t k = 0;
  visit(x, [&](auto v) { out.v[k++] = static_cast<Real>(v); });
  return out;
}

Draw::Draw(const std::string& seed) : state_(0xcbf29ce484222325ULL) {
  for (const char c : seed) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
}
std::uint64_t Draw::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}
double Draw::uniform(double low, double high) {
  return low + (high - low) * std::ldexp(static_cast<double>(next() >> 11), -53);
}
std::int64_t Draw::below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }

Arrays draw_inputs(const std::string& name, const Case& c, Grid grid) {
  Draw draw(name + "/" + c.label);
  std::int64_t cells = 0;
  for (const Input& i : c.inputs)
    if (varies(i)) cells += count(i.shape);
  // Each element has a cell of its own, so that no two are equal: maximum, sorting and ties are far from their kinks.
  std::vector<std::int64_t> order(static_cast<std::size_t>(cells));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(draw.below(static_cast<std::int64_t>(i)))]);
  Arrays out;
  std::size_t next = 0;
  for (const Input& input : c.inputs) {
    const double low = input.domain.low, high = input.domain.high;
    Array x(input.shape);
    for (Dual& element : x.v) {
      if (!varies(input)) {
        element = static_cast<Real>(std::floor(draw.uniform(low, high)));
        continue;
      }
      double v = low + (high - low) * (static_cast<double>(order[next++]) + 0.37) / static_cast<double>(cells);
      for (const double k : c.kinks)
        if (std::abs(v - k) < 2e-3) v = v < k ? k - 2e-3 : k + 2e-3;
      if (grid == Grid::Exact) v = std::ldexp(std::round(std::ldexp(v, 20)), -20);
      element = static_cast<Real>(v);
    }
    out.push_back(std::move(x));
  }
  return out;
}

Array draw_cotangent(const std::string& seed, const Shape& shape, Grid grid) {
  Draw draw("cotangent/" + seed);
  Array w(shape);
  for (Dual& x : w.v) {
    double magnitude = draw.uniform(0.25, 1);
    if (grid == Grid::Exact) magnitude = std::ldexp(std::floor(std::ldexp(magnitude, 10)), -10);
    x = static_cast<Real>(draw.below(2) == 0 ? magnitude : -magnitude);
  }
  return w;
}

Tensors to_tensors(const Case& c, const Arrays& in, Dtype floating, const std::vector<bool>& wants) {
  Tensors out;
  for (std::size_t k = 0; k < in.size(); ++k)
    out.push_back(to_tensor(in[k], varies(c.inputs[k]) ? floating : c.inputs[k].domain.dtype,
                            wants[k] && c.inputs[k].domain.differentiable));
  return out;
}

Tensors to_tensors(const Case& c, const Arrays& in, Dtype floating) {
  return to_tensors(c, in, floating, std::vector<bool>(in.size(), true));
}

Arrays rounded_to(const Case& c, const Arrays& in, Dtype floating) {
  Arrays out = in;
  for (std::size_t k = 0; k < out.size(); ++k)
    if (varies(c.inputs[k]) && floating == kFloat)
      for (Dual& x : out[k].v) x = static_cast<Real>(static_cast<float>(x.v));
  return out;
}

Tensors vjp(const Tensor& out, const Tensors& inputs, const Tensor& w, bool retain, bool create) {
  Tensors wanted;
  for (const Tensor& x : inputs)
    if (x.requires_grad()) wanted.push_back(x);
  return autograd::grad({out}, wanted, {w}, retain, create, /*allow_unused=*/true);
}

namespace {

constexpr int kRows = 12;
constexpr Real kShrink = 1.4L;

Derivative ridders_from(const std::function<std::vector<Real>(double)>& f, double first_step) {
  Derivative best;
  std::vector<std::vector<Real>> before, row;  // [order][component]
  double step = first_step;
  for (int i = 0; i < kRows; ++i, step /= static_cast<double>(kShrink)) {
    const double h = std::ldexp(std::round(std::ldexp(step, 30)), -30);  // x + h is exact on the grid
    const std::vector<Real> above = f(h), below = f(-h);
    const std::size_t n = above.size();
    if (i == 0) {
      best.value.assign(n, 0);
      best.error.assign(n, std::numeric_limits<Real>::infinity());
    }
    row.assign(1, std::vector<Real>(n));
    for (std::size_t k = 0; k < n; ++k) row[0][k] = (above[k] - below[k]) / (2 * static_cast<Real>(h));
    Real factor = 1;
    bool worse = i > 0;
    for (std::size_t j = 1; j <= before.size(); ++j) {
      factor *= kShrink * kShrink;
      row.emplace_back(n);
      for (std::size_t k = 0; k < n; ++k) {
        row[j][k] = (row[j - 1][k] * factor - before[j - 1][k]) / (factor - 1);
        const Real e = std::max(std::abs(row[j][k] - row[j - 1][k]), std::abs(row[j][k] - before[j - 1][k]));
        if (e <= best.error[k]) {
          best.error[k] = e;
          best.value[k] = row[j][k];
        }
      }
    }
    for (std::size_t k = 0; k < n && worse; ++k)
      worse = best.error[k] == 0 || std::abs(row.back()[k] - before.back()[k]) >= 2 * best.error[k];
    if (worse) break;
    before = row;
  }
  return best;
}

}  // namespace

Derivative ridders(const std::function<std::vector<Real>(double)>& f, double h) {
  Derivative d = ridders_from(f, h);
  if (largest(d.error) <= 1e-11L * largest(d.value)) return d;
  const Derivative fine = ridders_from(f, 4e-4);
  for (std::size_t k = 0; k < d.value.size(); ++k)
    if (fine.error[k] < d.error[k]) {
      d.value[k] = fine.value[k];
      d.error[k] = fine.error[k];
    }
  return d;
}

std::vector<std::uint64_t> bits(const Tensor& x) {
  std::vector<std::uint64_t> out;
  visit(x, [&](auto v) {
    std::uint64_t b = 0;
    std::memcpy(&b, &v, sizeof v);
    out.push_back(b);
  });
  return out;
}

::testing::AssertionResult same_bits(const Tensor& x, const Tensor& y) {
  if (x.defined() != y.defined()) return ::testing::AssertionFailure() << "only one of the two is defined";
  if (!x.defined()) return ::testing::AssertionSuccess();
  if (x.dtype() != y.dtype()) return ::testing::AssertionFailure() << "dtypes " << x.dtype() << " and " << y.dtype();
  if (!(x.sizes() == y.sizes()))
    return ::testing::AssertionFailure() << "shapes " << shape_text(shape_of(x)) << " and " << shape_text(shape_of(y));
  const std::vector<std::uint64_t> p = bits(x), q = bits(y);
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] != q[i])
      return ::testing::AssertionFailure()
             << std::hexfloat << "element " << i << ": " << values(x)[i] << " and " << values(y)[i];
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult near(const std::vector<Real>& got, const std::vector<Real>& want, Real tolerance) {
  if (got.size() != want.size())
    return ::testing::AssertionFailure() << got.size() << " elements, expected " << want.size();
  const Real limit =
      tolerance * largest(want) + std::numeric_limits<Real>::epsilon();  // of the reference's own rounding
  for (std::size_t i = 0; i < got.size(); ++i)
    if (!(std::abs(got[i] - want[i]) <= limit)) {
      std::ostringstream text;
      text.precision(19);
      text << "element " << i << ": " << got[i] << ", expected " << want[i] << ", off by " << std::abs(got[i] - want[i])
           << ", allowed " << limit;
      return ::testing::AssertionFailure() << text.str();
    }
  return ::testing::AssertionSuccess();
}

Real largest(const std::vector<Real>& v) {
  Real m = 0;
  for (const Real x : v) m = std::isnan(x) ? x : std::max(m, std::abs(x));
  return m;
}

std::vector<Real> values(const Array& x) {
  std::vector<Real> out;
  for (const Dual& e : x.v) out.push_back(e.v);
  return out;
}
std::vector<Real> values(const Tensor& x) { return values(to_array(x)); }

std::vector<Real> values_or_zeros(const Tensor& g, std::size_t n) {
  return g.defined() ? values(g) : std::vector<Real>(n, 0);
}

Real epsilon(Dtype d) {
  return d == kFloat ? static_cast<Real>(std::numeric_limits<float>::epsilon())
                     : static_cast<Real>(std::numeric_limits<double>::epsilon());
}

Real ulp(Real x, Dtype d) {
  const int lowest = d == kFloat ? -126 : -1022;
  int e = lowest;
  if (x != 0) e = std::max(std::ilogb(x), lowest);
  return std::ldexp(epsilon(d), e);
}

}  // namespace tapegrad::test
