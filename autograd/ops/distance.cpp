// cdist, pairwise_distance, normalize, cosine_similarity: made of norms.
#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

Tensor cdist(const Tensor& x1, const Tensor& x2, double p) try {
  if (x1.dim() < 2 || x2.dim() < 2 || x1.size(-1) != x2.size(-1)) {
    throw_shape("cdist", "X1 and X2 must have at least 2 dims and the same number of columns, but got sizes ",
                x1.sizes(), " and ", x2.sizes(), "; give points as rows of one length");
  }
  if (!(p >= 0)) throw_value("cdist", "only supports non-negative p values, but got ", p, "; give 0 or more");
  return x1.unsqueeze(-2).sub(x2.unsqueeze(-3)).norm(p, -1);
} catch (const Error&) {
  throw_as("cdist");
}

Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, double p, double eps, bool keepdim) try {
  return x1.sub(x2).add(eps).norm(p, -1, keepdim);
} catch (const Error&) {
  throw_as("pairwise_distance");
}

Tensor normalize(const Tensor& x, double p, std::int64_t dim, double eps) try {
  return x.div(x.norm(p, dim, true).clamp_min(eps));
} catch (const Error&) {
  throw_as("normalize");
}

Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, std::int64_t dim, double eps) try {
  std::vector<Tensor> x = broadcast_tensors({x1, x2});
  core::TensorImpl* const both[] = {x1.impl(), x2.impl()};
  const Dtype dtype = core::promoted(both, 2);  // that of a 0-dim tensor counts less before it is broadcast
  for (Tensor& t : x) t = t.to(dtype);
  return normalize(x[0], 2, dim, eps).mul(normalize(x[1], 2, dim, eps)).sum(dim);
} catch (const Error&) {
  throw_as("cosine_similarity");
}

}  // namespace tapegrad
