// The independent numerical oracle (Ridders finite differences), the inputs of the registry's cases, and comparisons.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "registry.h"

namespace tapegrad::test {

// --- between Array and Tensor, element by element over strides: no operation of the library is used.
Tensor to_tensor(const Array& x, Dtype dtype, bool requires_grad = false);
Array to_array(const Tensor& x);
Shape shape_of(const Tensor& x);

// --- inputs
// Deterministic numbers: the same on every machine.
class Draw {
 public:
  explicit Draw(const std::string& seed);
  std::uint64_t next();
  double uniform(double low, double high);
  std::int64_t below(std::int64_t n);

 private:
  std::uint64_t state_;
};

// The inputs of a case: floating-point elements are all different and at least 1e-3 from the case's kinks. On the
// grid they are multiples of 2^-20: exact in f32, and x + h is exact in f64 for the steps of ridders().
enum class Grid { Free, Exact };
Arrays draw_inputs(const std::string& name, const Case& c, Grid grid = Grid::Free);
// Elements of both signs, 0.25 <= |w| < 1. Free ones use all bits of an f64, so that a vjp that passes through f32 is
// found out; exact ones are multiples of 2^-10, so that x + h * w is exact on the grid.
Array draw_cotangent(const std::string& seed, const Shape& shape, Grid grid = Grid::Free);

// Tensors of these inputs. floating: kDouble or kFloat. wants[k]: input k requires grad (only differentiable ones can).
Tensors to_tensors(const Case& c, const Arrays& in, Dtype floating, const std::vector<bool>& wants);
Tensors to_tensors(const Case& c, const Arrays& in, Dtype floating);  // all that are differentiable
// The inputs rounded to the dtype, as the reference must see them.
Arrays rounded_to(const Case& c, const Arrays& in, Dtype floating);

// d(out)/d(inputs)^T w for the inputs that require grad; undefined where out does not depend on one.
Tensors vjp(const Tensor& out, const Tensors& inputs, const Tensor& w, bool retain = false, bool create = false);

// --- Ridders
struct Derivative {
  std::vector<Real> value, error;  // error: the table's own estimate
};
// df/dt at t = 0 by Ridders' table from the first step h, and again from 4e-4 where that does not settle.
Derivative ridders(const std::function<std::vector<Real>(double t)>& f, double h);

// --- comparisons
std::vector<std::uint64_t> bits(const Tensor& x);
::testing::AssertionResult same_bits(const Tensor& x, const Tensor& y);
// |got - want| <= tolerance * scale for each element, scale = the largest |want|: no absolute tolerance.
::testing::AssertionResult near(const std::vector<Real>& got, const std::vector<Real>& want, Real tolerance);
Real largest(const std::vector<Real>& v);
std::vector<Real> values(const Array& x);
std::vector<Real> values(const Tensor& x);
// The gradient's elements; zeros of n elements where it is undefined.
std::vector<Real> values_or_zeros(const Tensor& g, std::size_t n);
// One unit in the last place of x in this dtype.
Real ulp(Real x, Dtype d);
Real epsilon(Dtype d);

}  // namespace tapegrad::test
