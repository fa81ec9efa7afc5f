// References of the gated activations whose tails plain formulas would lose: R is wider than the type under test, and
// what R itself rounds away from the argument of an exponential is added back.
#pragma once

#include <cmath>

namespace tapegrad::test {

// erfc(-x / sqrt(2)) / 2
template <class R>
R normal_cdf(R x) {
  const R t = -x / std::sqrt(R{2});
  const R square = x * x / 2, rest = std::fma(x, x / 2, -square);  // x^2 / 2 = t^2 without rounding
  const R lost = t == 0 || std::isinf(x) ? R{0} : ((square - t * t) - std::fma(t, t, -(t * t)) + rest) / (2 * t);
  return std::erfc(t) / 2 - lost * std::exp(-t * t) / std::sqrt(std::acos(R{-1}));
}

// log(x / (1 - x)), where R is so much wider that 1 - x is exact wherever it matters.
template <class R>
R logit(R x) {
  return x > R{1} / 4 && x < R{3} / 4 ? std::log1p((2 * x - 1) / (1 - x)) : std::log(x / (1 - x));
}

// log(e^x + e^y)
template <class R>
R log_add_exp(R x, R y) {
  if (std::isnan(x) || std::isnan(y)) return x + y;
  return x == y ? x + std::log(R{2}) : std::fmax(x, y) + std::log1p(std::exp(-std::abs(x - y)));
}

// 1 / (1 + e^-(z + z_lo))
template <class R>
R sigmoid(R z, R z_lo) {
  const R e = std::exp(-std::abs(z)), s = (z < 0 ? e : R{1}) / (1 + e);
  return s + s * (1 - s) * z_lo;
}

// x sigmoid(z), z = 2 sqrt(2 / pi) (x + 0.044715 x^3) = x (a + b x^2)
template <class R>
R gelu_tanh(R x) {
  constexpr long double kA = 1.595769121605730711759784239737527473903L, kA_lo = 5.3511777557204783e-20L;
  constexpr long double kB = 0.07135481627260024877633875227986354099559L, kB_lo = -8.7500621440089850e-22L;
  const R a = static_cast<R>(kA), a_lo = static_cast<R>(kA_lo), b = static_cast<R>(kB), b_lo = static_cast<R>(kB_lo);
  if (!(std::abs(x) < 1000)) return x < 0 ? -R{0} : x;
  const R square = x * x, square_lo = std::fma(x, x, -square);
  const R cubic = b * square, cubic_lo = std::fma(b, square, -cubic) + b * square_lo + b_lo * square;
  const R h = a + cubic, part = h - a, h_lo = (a - (h - part)) + (cubic - part) + a_lo + cubic_lo;
  const R z = x * h;
  return x * sigmoid(z, std::fma(x, h, -z) + x * h_lo);
}

}  // namespace tapegrad::test
