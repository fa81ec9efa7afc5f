// scaled_dot_product_attention: made of products and softmax.
#include <tapegrad/autograd/ops_attention.h>

#include <cmath>
#include <limits>

#include <tapegrad/autograd/ops_random.h>

#include "autograd/ops/elementwise.h"

namespace tapegrad {

using namespace ops;

Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& attn_mask,
                                    double dropout_p, bool is_causal) try {
  if (q.dim() < 2 || k.dim() < 2 || v.dim() < 2) {
    throw_shape("scaled_dot_product_attention", "Expected query, key, and value to all be at least 2 dimensional, but ",
                "got ", q.dim(), ", ", k.dim(), " and ", v.dim(), " dims; give [n, steps, features]");
  }
  if (is_causal && attn_mask.defined()) {
    throw_value("scaled_dot_product_attention", "Explicit attn_mask should not be set when is_causal=true; ",
                "let the mask hide what comes later");
  }
  if (!(dropout_p >= 0 && dropout_p <= 1)) {
    throw_value("scaled_dot_product_attention", "dropout probability has to be between 0 and 1, but got ", dropout_p,
                "; give a probability");
  }
  Tensor scores = matmul(q.mul(1 / std::sqrt(static_cast<double>(q.size(-1)))), k.transpose(-2, -1));
  const Tensor mask = is_causal ? ones({q.size(-2), k.size(-2)}, kBool).tril() : attn_mask;
  if (mask.defined()) {
    scores = mask.dtype() == kBool ? scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity())
                                   : scores.add(mask);
  }
  Tensor weights = scores.softmax(-1);
  if (dropout_p > 0) {
    const Tensor kept = bernoulli(empty(weights.sizes(), weights.dtype()), 1 - dropout_p);
    weights = weights.mul(dropout_p < 1 ? kept.div(1 - dropout_p) : kept);
  }
  return matmul(weights, v);
} catch (const Error&) {
  throw_as("scaled_dot_product_attention");
}

}  // namespace tapegrad
