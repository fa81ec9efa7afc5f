#include "autograd/kernels/special.h"

#include <limits>

namespace tapegrad::kernels {

namespace {

constexpr double kPi = 3.141592653589793;
constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// Bernoulli numbers B2, B4 ... B20.
constexpr double kBernoulli[] = {1.0 / 6,       -1.0 / 30, 1.0 / 42,      -1.0 / 30,     5.0 / 66,
                                 -691.0 / 2730, 7.0 / 6,   -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};

// Hurwitz' zeta, the sum of (q + k)^-s over k = 0, 1 ...: the first terms, and the rest by Euler and Maclaurin's
// formula (https://dlmf.nist.gov/25.11.E43). s > 1; q >= 0.
double zeta(double s, double q) noexcept {
  if (q == kInf) return 0;
  double sum = 0;
  for (; q < s + 12; ++q) sum += std::pow(q, -s);
  double rest = q / (s - 1) + 0.5;
  double factor = s / (2 * q);  // s (s + 1) ... (s + 2j) / (2j + 2)! / q^(2j + 1)
  double j = 0;
  for (const double b : kBernoulli) {
    rest += b * factor;
    j += 2;
    factor *= (s + j - 1) * (s + j) / ((j + 1) * (j + 2) * q * q);
  }
  return sum + rest * std::pow(q, -s);
}

}  // namespace

// Three steps of Halley's method from S. Winitzki's approximation ("A handy approximation for the error function and
// its inverse", 2008; 2e-3 off). Where erf is near 1, 1 - |y| is exact and erfc keeps its digits.
double erfinv(double y) noexcept {
  const double a = std::abs(y), rest = 1 - a;
  if (!(a < 1)) return a == 1 ? std::copysign(kInf, y) : kNan;
  if (a < 1e-150) return y * 0.886226925452758;  // sqrt(pi) / 2; y^2 would underflow
  constexpr double kA = 0.147;
  const double log = std::log1p(-y * y), b = 2 / (kPi * kA) + log / 2, c = -log / kA;
  double x = std::sqrt(c / (std::sqrt(b * b + c) + b));
  for (int step = 0; step < 3; ++step) {
    const double off = a < 0.5 ? std::erf(x) - a : rest - std::erfc(x);
    const double u = off / (1.1283791670955126 * std::exp(-x * x));
    x -= u / (1 + x * u);
  }
  return std::copysign(x, y);
}

double lgamma(double x) noexcept {
  int sign = 0;
  return ::lgamma_r(x, &sign);  // std::lgamma writes a global variable
}

// By reflection below 0; then psi(x) = psi(x + n) - 1 / x - 1 / (x + 1) ... to where the asymptotic series holds
// (https://dlmf.nist.gov/5.11.E2).
double digamma(double x) noexcept {
  if (x == 0) return std::copysign(kInf, -x);
  if (x < 0) {
    const double part = x - std::trunc(x);
    return part == 0 || !(x > -kInf) ? kNan : digamma(1 - x) - kPi / std::tan(kPi * part);
  }
  const int steps = x < 12 ? static_cast<int>(12 - x) : 0;
  const double far = x + steps, square = 1 / (far * far);
  double sum = 0, series = 0;
  for (int k = steps; k-- > 0;) sum += 1 / (x + k);  // the smallest first
  for (int k = 8; k-- > 0;) series = (series + kBernoulli[k] / (2 * k + 2)) * square;
  return std::log(far) - (0.5 / far + series) - sum;
}

// (-1)^(n+1) n! zeta(n + 1, x). Below 0 the sum over k = 0, 1 ... is that over all whole numbers, which x's part behind
// the point decides, less the one over k = -1, -2 ...
double polygamma(double n, double x) noexcept {
  const double s = n + 1;
  const bool even = std::fmod(n, 2) == 0;
  double sum = 0;
  if (x == 0) {
    sum = std::pow(x, -s);
  } else if (x < 0) {
    const double part = -x - std::floor(-x);
    if (!(x > -kInf) || (part == 0 && even)) return kNan;
    const double below = zeta(s, part) - zeta(s, 1 - x);
    sum = zeta(s, 1 - part) + (even ? -below : below);
  } else {
    sum = zeta(s, x);
  }
  return (even ? -1 : 1) * std::tgamma(s) * sum;
}

}  // namespace tapegrad::kernels
