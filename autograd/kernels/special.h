// Special functions of one number in double, which loops call a lane at a time (ByLanes), and quotients rounded down.
#pragma once

#include <cmath>

namespace tapegrad::kernels {

double erfinv(double y) noexcept;
double lgamma(double x) noexcept;
double digamma(double x) noexcept;
double polygamma(double n, double x) noexcept;  // n a whole number, at least 1

// a - b floor(a / b), which has the sign of b, as Python's % has.
template <class T>
T floor_remainder(T a, T b) noexcept {
  const T r = std::fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

// floor(a / b) by the exact remainder: a / b alone may be rounded up to a whole number.
template <class T>
T floor_quotient(T a, T b) noexcept {
  if (b == 0) return a / b;
  const T r = std::fmod(a, b);
  const T quotient = (a - r) / b - (r != 0 && (r < 0) != (b < 0) ? 1 : 0);
  return quotient == 0 ? std::copysign(T{0}, a / b) : std::round(quotient);
}

}  // namespace tapegrad::kernels
