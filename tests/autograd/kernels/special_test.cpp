// The special functions that loops call a lane at a time: where the registry's samples do not reach.
#include "autograd/kernels/special.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/autograd/dual.h"
#include "tests/autograd/kernels/vec_reference.h"

namespace tapegrad::kernels {
namespace {

using test::Dual;
using test::Real;

TEST(Erfinv, StaysWithinFourUlpIntoBothTails) {
  for (int k = 1; k < 1000; ++k) {
    const double y = k / 1000.0;
    EXPECT_LE(ulp_distance(erfinv(y), test::erfinv(Dual(y)).v), 4) << y;
  }
  for (int k = 1; k <= 53; ++k) {
    const double near = 1 - std::ldexp(1.0, -k), small = std::ldexp(1.3, -19 * k - 11);
    EXPECT_LE(ulp_distance(erfinv(near), test::erfinv(Dual(near)).v), 4) << "1 - 2^-" << k;
    EXPECT_EQ(erfinv(-near), -erfinv(near));
    EXPECT_LE(ulp_distance(erfinv(small), small * std::sqrt(std::acos(Real{-1})) / 2), 4) << small;
  }
}

TEST(Digamma, GrowsByTheReciprocalFromOneToTheNext) {
  for (const double x : {-20.25, -3.5, -0.75, 0.25, 1.5, 7.0, 100.0}) {
    const double step = digamma(x + 1) - digamma(x);
    EXPECT_NEAR(step, 1 / x, 1e-14 * (std::abs(digamma(x)) + std::abs(1 / x))) << x;
  }
}

TEST(Polygamma, OfAnyOrderIsTheSumOfItsSeries) {
  for (const int n : {1, 2, 3, 7, 20, 60})
    for (const double x : {-7.625, -2.5, -0.375, 0.125, 1.0, 3.75, 30.0, 5000.0}) {
      Real terms = std::tgamma(Real{1} + n) * std::pow(std::abs(x - std::round(std::min(x, 0.0))), -n - Real{1});
      const Real want = test::gamma_log_derivative(n + 1, x);  // below 0 its terms may cancel
      terms = std::max(terms, std::abs(want));
      EXPECT_LE(static_cast<double>(std::abs(polygamma(n, x) - want) / terms), 1e-15 * (n + 2)) << n << " of " << x;
    }
}

TEST(FloorQuotient, IsWholeAndFitsItsRemainder) {
  for (int a = -50; a <= 50; ++a)
    for (int b = -7; b <= 7; ++b) {
      if (b == 0) continue;
      const double x = a * 0.1, y = b * 0.1, q = floor_quotient(x, y), r = floor_remainder(x, y);
      EXPECT_EQ(q, std::floor(q));
      EXPECT_TRUE(r == 0 || (r < 0) == (y < 0)) << x << " % " << y;
      EXPECT_LT(std::abs(r), std::abs(y));
      EXPECT_NEAR(q * y + r, x, 1e-15 * (std::abs(x) + std::abs(y))) << x << " // " << y;
    }
}

}  // namespace
}  // namespace tapegrad::kernels
