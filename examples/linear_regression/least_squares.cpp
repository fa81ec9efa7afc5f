#include "least_squares.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace {

using Column = std::vector<double>;
using Columns = std::vector<Column>;

double dot(const Column& a, const Column& b, std::size_t first = 0) {
  return std::inner_product(a.begin() + static_cast<std::ptrdiff_t>(first), a.end(),
                            b.begin() + static_cast<std::ptrdiff_t>(first), 0.0);
}

Columns columns_of(const tapegrad::Tensor& a) {
  Columns columns;
  for (std::int64_t j = 0; j < a.size(1); ++j) columns.push_back(a.select(1, j).to_vector<double>());
  return columns;
}

// Householder: brings a tall a to k rows and turns b along, which leaves the solution as it is.
void shorten(Columns& a, Column& b) {
  for (std::size_t j = 0; j < a.size(); ++j) {
    Column v = a[j];
    std::fill(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(j), 0.0);
    v[j] += std::copysign(std::sqrt(dot(v, v, j)), v[j]);
    const double length2 = dot(v, v, j);
    if (length2 == 0.0) continue;
    const auto reflect = [&](Column& x) {
      const double factor = 2.0 * dot(v, x, j) / length2;
      for (std::size_t i = j; i < x.size(); ++i) x[i] -= factor * v[i];
    };
    for (Column& column : a) reflect(column);
    reflect(b);
  }
  for (Column& column : a) column.resize(a.size());
  b.resize(a.size());
}

void rotate(Column& p, Column& q, double c, double s) {
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double x = p[i];
    p[i] = c * x - s * q[i];
    q[i] = s * x + c * q[i];
  }
}

// Turns the pair of columns (and of v) until they are orthogonal; false where they were.
bool orthogonalise(Column& p, Column& q, Column& vp, Column& vq) {
  const double alpha = dot(p, p), beta = dot(q, q), gamma = dot(p, q);
  if (std::abs(gamma) <= 1e-15 * std::sqrt(alpha * beta)) return false;
  const double zeta = (beta - alpha) / (2.0 * gamma);
  const double t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(1.0, zeta));
  const double c = 1.0 / std::hypot(1.0, t);
  rotate(p, q, c, c * t);
  rotate(vp, vq, c, c * t);
  return true;
}

// One-sided Jacobi (Hestenes 1958): a becomes a v with orthogonal columns, whose lengths are the singular values.
Columns jacobi(Columns& a) {
  const std::size_t k = a.size();
  Columns v(k, Column(k, 0.0));
  for (std::size_t j = 0; j < k; ++j) v[j][j] = 1.0;
  constexpr int kMaxSweeps = 60;  // about ten are needed
  bool turned = true;
  for (int sweep = 0; turned && sweep < kMaxSweeps; ++sweep) {
    turned = false;
    for (std::size_t p = 0; p < k; ++p) {
      for (std::size_t q = p + 1; q < k; ++q) turned |= orthogonalise(a[p], a[q], v[p], v[q]);
    }
  }
  return v;
}

}  // namespace

LeastSquares least_squares(const tapegrad::Tensor& a_tensor, const tapegrad::Tensor& b_tensor) {
  Columns a = columns_of(a_tensor);
  Column b = b_tensor.to_vector<double>();
  const std::size_t k = a.size(), larger = std::max(k, b.size());
  if (b.size() > k) shorten(a, b);
  const Columns v = jacobi(a);

  LeastSquares result{Column(k, 0.0), 0.0};
  for (const Column& u : a)
    result.largest_singular_value = std::max(result.largest_singular_value, std::sqrt(dot(u, u)));
  const double zero =
      std::numeric_limits<double>::epsilon() * static_cast<double>(larger) * result.largest_singular_value;
  for (std::size_t j = 0; j < k; ++j) {
    const double length2 = dot(a[j], a[j]);
    if (std::sqrt(length2) <= zero) continue;  // columns that depend on each other
    const double factor = dot(a[j], b) / length2;
    for (std::size_t i = 0; i < k; ++i) result.solution[i] += factor * v[j][i];
  }
  return result;
}
