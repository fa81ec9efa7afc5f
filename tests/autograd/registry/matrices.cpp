#include "matrices.h"

#include <algorithm>
#include <stdexcept>

namespace tapegrad::test {

Matrix flipped(const Matrix& a) {
  Matrix t(a.cols, a.rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.cols; ++j) t.at(j, i) = a.at(i, j);
  return t;
}

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix p(a.rows, b.cols);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < b.cols; ++j)
      for (std::int64_t k = 0; k < a.cols; ++k) p.at(i, j) += a.at(i, k) * b.at(k, j);
  return p;
}

Matrix plus_diagonal(Matrix a, const std::function<Real(std::int64_t)>& element) {
  for (std::int64_t i = 0; i < std::min(a.rows, a.cols); ++i) a.at(i, i) += Dual(element(i));
  return a;
}

Matrix cholesky(const Matrix& a) {
  Matrix l(a.rows, a.rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j <= i; ++j) {
      Dual rest = a.at(i, j);
      for (std::int64_t k = 0; k < j; ++k) rest += -(l.at(i, k) * l.at(j, k));
      l.at(i, j) = i == j ? sqrt(rest) : rest / l.at(j, j);
    }
  return l;
}

Matrix substituted(const Matrix& a, Matrix b, bool upper, bool unit) {
  for (std::int64_t j = 0; j < b.cols; ++j)
    for (std::int64_t step = 0; step < b.rows; ++step) {
      const std::int64_t i = upper ? b.rows - 1 - step : step;
      for (std::int64_t done = 0; done < step; ++done) {
        const std::int64_t k = upper ? b.rows - 1 - done : done;
        b.at(i, j) += -(a.at(i, k) * b.at(k, j));
      }
      if (!unit) b.at(i, j) = b.at(i, j) / a.at(i, i);
    }
  return b;
}

// Clears what is below the diagonal of a, and does the same to the rows of b.
static void eliminate(Matrix& a, Matrix& b) {
  for (std::int64_t k = 0; k < a.rows; ++k)
    for (std::int64_t i = k + 1; i < a.rows; ++i) {
      const Dual factor = a.at(i, k) / a.at(k, k);
      for (std::int64_t j = k; j < a.cols; ++j) a.at(i, j) += -(factor * a.at(k, j));
      for (std::int64_t j = 0; j < b.cols; ++j) b.at(i, j) += -(factor * b.at(k, j));
    }
}

Matrix solved(Matrix a, Matrix b) {
  eliminate(a, b);
  return substituted(a, std::move(b), true, false);
}

Dual determinant(Matrix a) {
  Matrix none(a.rows, 0);
  eliminate(a, none);
  Dual p = 1;
  for (std::int64_t i = 0; i < a.rows; ++i) p = p * a.at(i, i);
  return p;
}

// x minus 2 v (v^T x) / (v^T v), where v has its first element at row k.
static void reflect(Matrix& x, const std::vector<Dual>& v, std::int64_t k) {
  Dual square;
  for (const Dual& e : v) square += e * e;
  for (std::int64_t j = 0; j < x.cols; ++j) {
    Dual along;
    for (std::size_t i = 0; i < v.size(); ++i) along += v[i] * x.at(k + static_cast<std::int64_t>(i), j);
    for (std::size_t i = 0; i < v.size(); ++i)
      x.at(k + static_cast<std::int64_t>(i), j) += -(v[i] * along * 2 / square);
  }
}

Qr qr(Matrix a, std::int64_t k) {
  std::vector<std::vector<Dual>> reflections;
  for (std::int64_t c = 0; c < std::min(a.rows - 1, a.cols); ++c) {
    std::vector<Dual> v;
    Dual square;
    for (std::int64_t i = c; i < a.rows; ++i) {
      v.push_back(a.at(i, c));
      square += a.at(i, c) * a.at(i, c);
    }
    v[0] += v[0].v >= 0 ? sqrt(square) : -sqrt(square);
    reflect(a, v, c);
    reflections.push_back(v);
  }
  Qr out{plus_diagonal(Matrix(a.rows, k), [](std::int64_t) { return 1; }), Matrix(k, a.cols)};
  for (std::size_t c = reflections.size(); c-- > 0;) reflect(out.q, reflections[c], static_cast<std::int64_t>(c));
  for (std::int64_t i = 0; i < std::min(k, a.rows); ++i)
    for (std::int64_t j = i; j < a.cols; ++j) out.r.at(i, j) = a.at(i, j);
  return out;
}

Eigen eigen(Matrix a) {
  const std::int64_t n = a.rows;
  Matrix v = plus_diagonal(Matrix(n, n), [](std::int64_t) { return 1; });
  const auto rotate = [n](Matrix& x, std::int64_t p, std::int64_t q, const Dual& c, const Dual& s) {
    for (std::int64_t i = 0; i < n; ++i) {
      const Dual xp = x.at(i, p), xq = x.at(i, q);
      x.at(i, p) = c * xp - s * xq;
      x.at(i, q) = s * xp + c * xq;
    }
  };
  for (int sweep = 0; sweep < 16; ++sweep)
    for (std::int64_t p = 0; p < n; ++p)
      for (std::int64_t q = p + 1; q < n; ++q) {
        const Dual d = a.at(q, q) - a.at(p, p), twice = a.at(p, q) * 2, root = sqrt(d * d + twice * twice);
        const Dual t = twice / (d.v < 0 ? d - root : d + root), c = rsqrt(t * t + 1), s = t * c;
        rotate(a, p, q, c, s);
        a = flipped(a);
        rotate(a, p, q, c, s);
        rotate(v, p, q, c, s);
      }
  Eigen out{{}, v};
  for (std::int64_t j = 0; j < n; ++j) {
    out.values.push_back(a.at(j, j));
    for (std::int64_t i = 0; i < n && v.at(j, j).v < 0; ++i) out.vectors.at(i, j) = -v.at(i, j);
  }
  return out;
}

std::vector<Dual> singular_values(const Matrix& a) {
  const Matrix t = flipped(a);
  std::vector<Dual> s = eigen(a.rows < a.cols ? product(a, t) : product(t, a)).values;
  for (Dual& e : s) e = sqrt(e);
  std::sort(s.begin(), s.end(), [](const Dual& x, const Dual& y) { return x.v > y.v; });
  return s;
}

Array by_matrix(const Arrays& in, const Shape& last, const OfMatrices& f) {
  Shape batch;
  for (const Array& x : in)
    if (x.shape.size() > batch.size() + 2) batch.assign(x.shape.begin(), x.shape.end() - 2);
  Shape whole = batch;
  whole.insert(whole.end(), last.begin(), last.end());
  Array out(whole);
  out.v.clear();
  const auto count_of = static_cast<std::size_t>(count(batch));
  for (std::size_t b = 0; b < count_of; ++b) {
    Matrices all;
    for (const Array& x : in) {
      Matrix m(x.shape[x.shape.size() - 2], x.shape.back());
      const std::size_t from = x.shape.size() > 2 ? b * m.v.size() : 0;
      std::copy_n(x.v.begin() + static_cast<std::ptrdiff_t>(from), m.v.size(), m.v.begin());
      all.push_back(std::move(m));
    }
    const std::vector<Dual> got = f(all);
    out.v.insert(out.v.end(), got.begin(), got.end());
  }
  if (count(whole) != static_cast<std::int64_t>(out.v.size())) throw std::logic_error("reference: by_matrix");
  return out;
}

Accuracy conditioned(double n, double size, const Reference& f) {
  return {n, n, [f, size](Arrays in) {
            Array sum = absolute(f(in));
            for (Array& x : in) {
              Real most = static_cast<Real>(size);
              for (const Dual& e : x.v) most = std::max(most, std::abs(e.v));
              for (Dual& e : x.v) {
                e.a = 1;
                const Array changed = f(in);
                for (std::size_t i = 0; i < sum.size(); ++i) sum.v[i].v += most * std::abs(changed.v[i].a);
                e.a = 0;
              }
            }
            return sum;
          }};
}

}  // namespace tapegrad::test
