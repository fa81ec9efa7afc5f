// linalg::vector_norm, matrix_norm, norm: made of norm, sums, largest elements and singular values.
#include <tapegrad/autograd/linalg.h>

#include <cmath>

#include "autograd/ops/linalg.h"

namespace tapegrad {

using namespace ops;

Tensor linalg::vector_norm(const Tensor& x, const Scalar& ord, IntList dims, bool keepdim) try {
  if (!x.is_floating_point())
    throw_dtype("linalg::vector_norm", "Expected a floating point or complex tensor as input. Got ", x.dtype(),
                "; convert with to(kFloat) first");
  return tapegrad::norm(x, ord.to_double(), dims, keepdim);
} catch (const Error&) {
  throw_as("linalg::vector_norm");
}

// The two dims of a matrix, from the front.
static Dims matrix_dims(const Tensor& x, IntList dims) {
  const char* name = "linalg::matrix_norm";
  require_matrix(name, x);
  if (dims.size() != 2)
    throw_shape(name, "dim must be a 2-tuple. Got ", dims, "; name the dims of the rows and of the columns");
  const std::int64_t first = wrap_dim(name, dims[0], x.dim()), second = wrap_dim(name, dims[1], x.dim());
  if (first == second) throw_shape(name, "dims must be different. Got (", dims[0], ", ", dims[1], "); name two");
  return IntList{first, second};
}
// Of a tensor whose two dims are kept, of size 1.
static Tensor without(const Tensor& kept, IntList dims, bool keepdim) {
  return keepdim ? kept : kept.squeeze(std::max(dims[0], dims[1])).squeeze(std::min(dims[0], dims[1]));
}
// of(the singular values [.., k]), with the two dims kept.
template <class F>
static Tensor of_singular_values(const Tensor& x, IntList dims, const F& of) {
  const Tensor matrices = movedim(x, {dims[0], dims[1]}, {-2, -1});
  return movedim(of(linalg::svdvals(matrices)).unsqueeze(-1).unsqueeze(-1), {-2, -1}, {dims[0], dims[1]});
}

Tensor linalg::matrix_norm(const Tensor& x, const std::string& ord, IntList dims, bool keepdim) try {
  const Dims two = matrix_dims(x, dims);
  if (ord == "fro") return tapegrad::norm(x, 2, two, keepdim);
  if (ord == "nuc") return without(of_singular_values(x, two, [](const Tensor& s) { return s.sum(-1); }), two, keepdim);
  throw_value("linalg::matrix_norm", "Order ", ord, " not supported; name \"fro\" or \"nuc\", or give a number");
} catch (const Error&) {
  throw_as("linalg::matrix_norm");
}
Tensor linalg::matrix_norm(const Tensor& x, const Scalar& ord, IntList dims, bool keepdim) try {
  const Dims two = matrix_dims(x, dims);
  const double p = ord.to_double(), size = std::abs(p);
  if (size != 1 && size != 2 && !std::isinf(size))
    throw_value("linalg::matrix_norm", "Order ", p, " not supported; give 1, 2 or infinity, of either sign");
  const auto extreme = [&](const Tensor& v, std::int64_t dim, bool keep) {
    return p > 0 ? v.amax(dim, keep) : v.amin(dim, keep);
  };
  if (size == 2) {
    const auto of = [&](const Tensor& s) { return extreme(s, -1, false); };
    return without(of_singular_values(x, two, of), two, keepdim);
  }
  const int summed = size == 1 ? 0 : 1;
  return without(extreme(x.abs().sum(two[summed], true), two[1 - summed], true), two, keepdim);
} catch (const Error&) {
  throw_as("linalg::matrix_norm");
}

// What an order is of: two dims, or one.
static bool is_of_matrix(const Tensor& x, IntList dims) {
  if (dims.empty() && x.dim() != 1 && x.dim() != 2)
    throw_shape("linalg::norm", "If dim is not specified but ord is, the input must be 1D or 2D. Got ", x.dim(),
                "D; name the dims");
  if (dims.size() > 2)
    throw_shape("linalg::norm", "If dim is specified, it must be of length 1 or 2. Got ", dims, "; use vector_norm");
  return dims.empty() ? x.dim() == 2 : dims.size() == 2;
}
Tensor linalg::norm(const Tensor& x, const OptScalar& ord, IntList dims, bool keepdim) try {
  if (!ord || !is_of_matrix(x, dims)) return vector_norm(x, ord.value_or(2), dims, keepdim);
  return dims.empty() ? matrix_norm(x, *ord, {-2, -1}, keepdim) : matrix_norm(x, *ord, dims, keepdim);
} catch (const Error&) {
  throw_as("linalg::norm");
}
Tensor linalg::norm(const Tensor& x, const std::string& ord, IntList dims, bool keepdim) try {
  return dims.empty() ? matrix_norm(x, ord, {-2, -1}, keepdim) : matrix_norm(x, ord, dims, keepdim);
} catch (const Error&) {
  throw_as("linalg::norm");
}

}  // namespace tapegrad
