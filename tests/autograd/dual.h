// Dual: a long double that carries two first derivatives and the mixed second one. The reference functions of the
// registry are written with it once and give value, Jacobian and Hessian; they share nothing with the library.
#pragma once

#include <cmath>

namespace tapegrad::test {

using Real = long double;

struct Dual {
  Real v = 0;         // value
  Real a = 0, b = 0;  // derivatives along the directions a and b
  Real ab = 0;        // d2 / da db

  Dual() = default;
  Dual(Real value) : v(value) {}
  Dual(Real value, Real da, Real db, Real dab) : v(value), a(da), b(db), ab(dab) {}
};

// f(x), where f, f1, f2 are f and its derivatives at x.v.
inline Dual chain(const Dual& x, Real f, Real f1, Real f2) {
  return {f, f1 * x.a, f1 * x.b, f1 * x.ab + f2 * x.a * x.b};
}

inline Dual operator-(const Dual& x) { return {-x.v, -x.a, -x.b, -x.ab}; }
inline Dual operator+(const Dual& x, const Dual& y) { return {x.v + y.v, x.a + y.a, x.b + y.b, x.ab + y.ab}; }
inline Dual operator-(const Dual& x, const Dual& y) { return {x.v - y.v, x.a - y.a, x.b - y.b, x.ab - y.ab}; }
inline Dual operator*(const Dual& x, const Dual& y) {
  return {x.v * y.v, x.a * y.v + x.v * y.a, x.b * y.v + x.v * y.b, x.ab * y.v + x.a * y.b + x.b * y.a + x.v * y.ab};
}
inline Dual operator/(const Dual& x, const Dual& y) {
  const Real r = 1 / y.v;
  Dual q = x * chain(y, r, -r * r, 2 * r * r * r);
  q.v = x.v / y.v;
  return q;
}
inline Dual& operator+=(Dual& x, const Dual& y) { return x = x + y; }

inline Dual exp(const Dual& x) {
  const Real e = std::exp(x.v);
  return chain(x, e, e, e);
}
inline Dual expm1(const Dual& x) {
  const Real e = std::exp(x.v);
  return chain(x, std::expm1(x.v), e, e);
}
inline Dual log(const Dual& x) { return chain(x, std::log(x.v), 1 / x.v, -1 / (x.v * x.v)); }
inline Dual log1p(const Dual& x) {
  const Real r = 1 / (1 + x.v);
  return chain(x, std::log1p(x.v), r, -r * r);
}
inline Dual sqrt(const Dual& x) {
  const Real s = std::sqrt(x.v);
  return chain(x, s, 0.5L / s, -0.25L / (s * x.v));
}
inline Dual rsqrt(const Dual& x) {
  const Real r = 1 / std::sqrt(x.v);
  return chain(x, r, -0.5L * r / x.v, 0.75L * r / (x.v * x.v));
}
inline Dual sin(const Dual& x) {
  const Real s = std::sin(x.v);
  return chain(x, s, std::cos(x.v), -s);
}
inline Dual cos(const Dual& x) {
  const Real c = std::cos(x.v);
  return chain(x, c, -std::sin(x.v), -c);
}
inline Dual tan(const Dual& x) {
  const Real t = std::tan(x.v), slope = 1 + t * t;
  return chain(x, t, slope, 2 * t * slope);
}
inline Dual asin(const Dual& x) {
  const Real slope = 1 / std::sqrt((1 - x.v) * (1 + x.v));
  return chain(x, std::asin(x.v), slope, x.v * slope * slope * slope);
}
inline Dual acos(const Dual& x) {
  Dual y = -asin(x);
  y.v = std::acos(x.v);
  return y;
}
inline Dual atan(const Dual& x) {
  const Real slope = 1 / (1 + x.v * x.v);
  return chain(x, std::atan(x.v), slope, -2 * x.v * slope * slope);
}
// x != 0
inline Dual atan2(const Dual& y, const Dual& x) {
  Dual angle = atan(y / x);
  angle.v = std::atan2(y.v, x.v);
  return angle;
}
inline Dual sinh(const Dual& x) {
  const Real s = std::sinh(x.v);
  return chain(x, s, std::cosh(x.v), s);
}
inline Dual cosh(const Dual& x) {
  const Real c = std::cosh(x.v);
  return chain(x, c, std::sinh(x.v), c);
}
inline Dual erf(const Dual& x) {
  const Real slope = 2 / std::sqrt(std::acos(Real{-1})) * std::exp(-x.v * x.v);
  return chain(x, std::erf(x.v), slope, -2 * x.v * slope);
}
inline Dual erfc(const Dual& x) {
  Dual y = -erf(x);
  y.v = std::erfc(x.v);
  return y;
}
// By halving the interval where erf, or beyond 1/2 erfc, crosses |x|.
inline Dual erfinv(const Dual& x) {
  const Real target = std::abs(x.v), rest = 1 - target;
  Real low = 0, high = 8;
  for (int k = 0; k < 80; ++k) {
    const Real middle = (low + high) / 2;
    const bool below = target < 0.5L ? std::erf(middle) < target : std::erfc(middle) > rest;
    (below ? low : high) = middle;
  }
  const Real y = std::copysign(low, x.v), slope = std::sqrt(std::acos(Real{-1})) / 2 * std::exp(y * y);
  return chain(x, y, slope, 2 * y * slope * slope);
}
// The n-th derivative of log gamma, n >= 1: a hundred terms of its series and the asymptotic series of the rest.
inline Real gamma_log_derivative(int n, Real x) {
  const Real a = x + 100, square = 1 / (a * a);
  Real sum = 0, p = 1;  // p = (n - 1)!
  for (int k = 0; k < 100; ++k) sum += std::pow(x + static_cast<Real>(k), -static_cast<Real>(n));
  if (n == 1) {
    const Real series = square * (-1 / 12.0L + square * (1 / 120.0L - square * (1 / 252.0L - square / 240)));
    return std::log(a) - 1 / (2 * a) + series - sum;
  }
  for (int k = 2; k < n; ++k) p *= static_cast<Real>(k);
  const Real s = static_cast<Real>(n), s2 = (s + 1) * (s + 2), s4 = s2 * (s + 3) * (s + 4);
  const Real series = a / (s - 1) + 0.5L + s / (12 * a) * (1 - s2 * square / 60 + s4 * square * square / 2520);
  return (n % 2 == 0 ? p : -p) * (sum + series * std::pow(a, -s));
}
inline Dual lgamma(const Dual& x) {
  return chain(x, std::lgamma(x.v), gamma_log_derivative(1, x.v), gamma_log_derivative(2, x.v));
}
// The n-th derivative of digamma.
inline Dual polygamma(int n, const Dual& x) {
  return chain(x, gamma_log_derivative(n + 1, x.v), gamma_log_derivative(n + 2, x.v), gamma_log_derivative(n + 3, x.v));
}
inline Dual tanh(const Dual& x) {
  const Real t = std::tanh(x.v), c = 1 / std::cosh(x.v);
  return chain(x, t, c * c, -2 * t * c * c);
}
inline Dual sigmoid(const Dual& x) {
  const Real s = 1 / (1 + std::exp(-x.v)), u = 1 / (1 + std::exp(x.v));  // u = 1 - s
  return chain(x, s, s * u, s * u * (u - s));
}
inline Dual softplus(const Dual& x) {
  const Dual s = sigmoid(x.v);
  const Real u = 1 / (1 + std::exp(x.v));
  return chain(x, (x.v > 0 ? x.v : 0) + std::log1p(std::exp(-std::abs(x.v))), s.v, s.v * u);
}
inline Dual abs(const Dual& x) { return x.v < 0 ? -x : x; }
// x > 0, or y a constant whole number
inline Dual pow(const Dual& x, const Dual& y) {
  const Real p = std::pow(x.v, y.v);
  const Real px = y.v * std::pow(x.v, y.v - 1), pxx = y.v * (y.v - 1) * std::pow(x.v, y.v - 2);
  Dual r{p, px * x.a, px * x.b, px * x.ab + pxx * x.a * x.b};
  if (x.v > 0) {
    const Real l = std::log(x.v), py = p * l, pyy = py * l, pxy = std::pow(x.v, y.v - 1) * (1 + y.v * l);
    r.a += py * y.a;
    r.b += py * y.b;
    r.ab += py * y.ab + pyy * y.a * y.b + pxy * (x.a * y.b + x.b * y.a);
  }
  return r;
}

}  // namespace tapegrad::test
